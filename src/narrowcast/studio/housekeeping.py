"""Keeping house: what is old is forgotten, and files that nothing needs are removed."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from narrowcast.listening.intervals import KEPT
from narrowcast.queue.queue import Queue
from narrowcast.store.home import Store
from narrowcast.store.upkeep.collect import Collected


class Housekeeping:
    """The house of a store. Everything raises `OutputError` when the disk or database fails."""

    def __init__(self, store: Store, queue: Queue, *, keep_unused_days: int | None = None) -> None:
        self._store = store
        self._queue = queue
        self._unused = timedelta(days=keep_unused_days) if keep_unused_days else None

    async def forget(self) -> int:
        """Forget jobs, events, answers, sessions, links, messages, deliveries and play intervals past their time.

        How many rows.
        """
        now = self._store.now()
        rows = await self._queue.prune() + await self._store.sessions.prune(now)
        await self._store.deliveries.prune(now)
        await self._store.messages.prune(now)
        return rows + await self._store.hearing.prune(now - KEPT)

    async def collect(self, *, dry: bool = False) -> Collected:
        """Remove the files that nothing names; see `narrowcast.store.upkeep.collect`."""
        return await self._store.collect(unused=self._unused, dry=dry)

    async def clean_up(self) -> None:
        """Remove what processes of this home that died have left."""
        await self._store.clean_up()

    def alone(self) -> AbstractAsyncContextManager[bool]:
        """Whether nobody else keeps house, on any machine; nobody else does during the block then."""
        return self._store.alone("housekeeping")
