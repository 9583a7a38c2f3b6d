"""Retrieving: the passages of each segment, from the stored indexes of the sources and, where asked for, vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from narrowcast.pipeline.order import Parts
from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.source import Passage, Source, passage_room
from narrowcast.sources.choose import MOST_FOUND, choose
from narrowcast.sources.postings import Postings, Shelf, stored_postings
from narrowcast.sources.retrieve import Indexed, Retriever
from narrowcast.writers.base import Plan

Choose = Callable[[OutlineSegment, int], Awaitable[tuple[Passage, ...]]]


class Retrieval:
    """A model's segment gets the passages that its entry names, and what retrieval finds for it.

    The index of a long book takes seconds: it is built in a thread while the outline is being asked for.
    """

    def __init__(self, plan: Plan, parts: Parts) -> None:
        self._passages = plan.passages()
        self._language = plan.language
        self._sources = plan.sources
        self._postings = asyncio.ensure_future(asyncio.to_thread(_indexed, plan.sources, parts.store.derived))
        self._retriever: asyncio.Task[Retriever] | None = None

    async def choose(self, entry: OutlineSegment, words: int) -> tuple[Passage, ...]:
        """The passages for one segment of so many words, most important first."""
        if self._retriever is None:
            self._retriever = asyncio.ensure_future(self._open())
        retriever = await self._retriever
        return await asyncio.to_thread(self._choose, retriever, entry, words)

    async def _open(self) -> Retriever:
        indexes = await self._postings
        return Retriever(
            [
                Indexed([passage.number for passage in source.passages], postings)
                for source, postings in zip(self._sources, indexes, strict=True)
            ],
            self._language,
        )

    def _choose(self, retriever: Retriever, entry: OutlineSegment, words: int) -> tuple[Passage, ...]:
        found = retriever.search(f"{entry.name} {entry.description}", MOST_FOUND)
        return choose(self._passages, entry.passages, found, passage_room(words))


class OwnPassages:
    """Without a model a segment holds just what its entry names, in the document's order."""

    def __init__(self, plan: Plan) -> None:
        self._passages = plan.passages()

    async def choose(self, entry: OutlineSegment, _words: int) -> tuple[Passage, ...]:
        """The entry's own passages."""
        return tuple(self._passages[number] for number in entry.passages)


def _indexed(sources: Sequence[Source], shelf: Shelf) -> list[Postings]:
    return [stored_postings(source.passages, source.language, shelf) for source in sources]
