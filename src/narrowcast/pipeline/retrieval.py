"""Retrieving: the passages of each segment, from the stored indexes of the sources and, where asked for, vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import accumulate, repeat

import numpy as np
from numpy.typing import NDArray

from narrowcast.pipeline.order import Parts
from narrowcast.pipeline.vectors import searched, vectors
from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.source import Passage, Source, passage_room
from narrowcast.sources.retrieval.choose import MOST_FOUND, choose
from narrowcast.sources.retrieval.postings import Postings, Shelf, stored_postings
from narrowcast.sources.retrieval.retrieve import Indexed, Retriever
from narrowcast.writers.base import Embedder, Plan

Choose = Callable[[OutlineSegment, int], Awaitable[tuple[Passage, ...]]]


class Retrieval:
    """A model's segment gets the passages that its entry names, and what retrieval finds for it.

    The index of a long book takes seconds: it is built in a thread while the outline is being asked for. Vectors cost
    money: they are asked for when the first segment is, which is not when all segments are there already.
    """

    def __init__(self, plan: Plan, parts: Parts, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._results = parts.store.results
        self._passages = plan.passages()
        self._language = plan.language
        self._sources = plan.sources
        self._postings = asyncio.ensure_future(asyncio.to_thread(_indexed, plan.sources, parts.store.derived))
        self._retriever: asyncio.Task[Retriever] | None = None

    async def choose(self, entry: OutlineSegment, words: int) -> tuple[Passage, ...]:
        """The passages for one segment of so many words, most important first. Raises as `Embedder.embed`."""
        if self._retriever is None:
            self._retriever = asyncio.ensure_future(self._open())
        retriever = await self._retriever
        query = f"{entry.name} {entry.description}"
        near = None
        if self._embedder:
            near = (await vectors([query], self._embedder, self._results, query=True))[0].astype(np.float32)
        found = await asyncio.to_thread(retriever.search, query, MOST_FOUND, near)
        return await asyncio.to_thread(choose, self._passages, entry.passages, found, passage_room(words))

    async def _open(self) -> Retriever:
        near: Iterator[NDArray[np.float16] | None] = repeat(None)
        if self._embedder and self._passages:
            texts = [searched(passage) for passage in self._passages.values()]
            held = await vectors(texts, self._embedder, self._results)
            ends = list(accumulate(len(source.passages) for source in self._sources))
            near = iter(np.split(held, ends[:-1]))
        return Retriever(
            [
                Indexed([passage.number for passage in source.passages], postings, own)
                for source, postings, own in zip(self._sources, await self._postings, near, strict=False)
            ],
            self._language,
        )


class OwnPassages:
    """Without a model a segment holds just what its entry names, in the document's order."""

    def __init__(self, plan: Plan) -> None:
        self._passages = plan.passages()

    async def choose(self, entry: OutlineSegment, _words: int) -> tuple[Passage, ...]:
        """The entry's own passages."""
        return tuple(self._passages[number] for number in entry.passages)


def _indexed(sources: Sequence[Source], shelf: Shelf) -> list[Postings]:
    return [stored_postings(source.passages, source.language, shelf) for source in sources]
