"""Retrieving: the passages of each segment, from the stored indexes of the sources and, where asked for, vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import accumulate, repeat

import numpy as np
from numpy.typing import NDArray

from narrowcast.pipeline.chapters import Chapter, by_rank, chapters, passed_over
from narrowcast.pipeline.order import Parts
from narrowcast.pipeline.vectors import searched, vectors
from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.source import Passage, Source, passage_room
from narrowcast.sources.retrieval.choose import MOST_FOUND, choose
from narrowcast.sources.retrieval.postings import Postings, Shelf, stored_postings
from narrowcast.sources.retrieval.retrieve import Indexed, Retriever
from narrowcast.writers.base import Embedder, Plan

Choose = Callable[[int, Sequence[OutlineSegment], int], Awaitable[tuple[Passage, ...]]]
MOST_BESIDES = 0.5
"""The part of a segment's room that what no entry names may take at most."""


class Retrieval:
    """A model's segment gets the passages that its entry names, and what retrieval finds for it.

    A big chapter that the complete outline names nothing of is not left out: its passages go to a segment, by its
    weight. Waiting for the whole outline would hold up the first segment, which takes none; and where all are written
    side by side, all but the last.

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
        self._segments = plan.num_segments
        self._first_besides = plan.num_segments if plan.parallel else min(2, plan.num_segments)
        self._passed_over: Mapping[int, tuple[Chapter, ...]] | None = None

    async def choose(self, number: int, entries: Sequence[OutlineSegment], words: int) -> tuple[Passage, ...]:
        """The passages for segment `number` of so many words, most important first.

        `entries` are those of the outline so far. Raises as `Embedder.embed`.
        """
        return await self.passages(entries[number - 1], words, await self._missed(number, entries))

    async def passages(self, entry: OutlineSegment, words: int, besides: Sequence[Chapter] = ()) -> tuple[Passage, ...]:
        """The passages for one entry, and of the chapters told `besides`. Raises as `choose`."""
        if self._retriever is None:
            self._retriever = asyncio.ensure_future(self._open())
        retriever = await self._retriever
        query = f"{entry.name} {entry.description}"
        near = None
        if self._embedder:
            near = (await vectors([query], self._embedder, self._results, query=True))[0].astype(np.float32)
        found = await asyncio.to_thread(retriever.search, query, MOST_FOUND, near)
        return await asyncio.to_thread(
            choose,
            self._passages,
            entry.passages,
            found,
            passage_room(words),
            besides=by_rank(besides, found),
            share=min(MOST_BESIDES, self._segments * sum(chapter.weight for chapter in besides)),
        )

    async def _missed(self, number: int, entries: Sequence[OutlineSegment]) -> tuple[Chapter, ...]:
        if self._passed_over is None:
            if len(entries) < self._segments:
                return ()
            known = await asyncio.to_thread(chapters, self._sources)
            self._passed_over = passed_over(known, entries, self._first_besides)
        return self._passed_over.get(number, ())

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

    async def choose(self, number: int, entries: Sequence[OutlineSegment], _words: int) -> tuple[Passage, ...]:
        """The entry's own passages."""
        return tuple(self._passages[named] for named in entries[number - 1].passages)


def _indexed(sources: Sequence[Source], shelf: Shelf) -> list[Postings]:
    return [stored_postings(source.passages, source.language, shelf) for source in sources]
