"""Keeping house: what is old is forgotten, and files that nothing needs are removed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from narrowcast.listening.intervals import KEPT
from narrowcast.queue.queue import Queue
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.home import Store
from narrowcast.store.upkeep.collect import Collected

LOCK = "housekeeping.lock"


class Housekeeping:
    """The house of one home folder. Everything raises `OutputError` when the disk or database fails."""

    def __init__(self, store: Store, queue: Queue, home: Path, *, keep_unused_days: int | None = None) -> None:
        self._store = store
        self._queue = queue
        self._home = home
        self._unused = timedelta(days=keep_unused_days) if keep_unused_days else None

    async def forget(self) -> int:
        """Forget jobs, events, answers, sessions, links, messages, deliveries and play intervals past their time.

        How many rows. What processes that died have left is removed too.
        """
        now = datetime.now(UTC)
        await self._store.clean_up()
        rows = await self._queue.prune() + await self._store.sessions.prune(now)
        await self._store.deliveries.prune(now)
        await self._store.messages.prune(now)
        return rows + await self._store.hearing.prune(now - KEPT)

    async def collect(self, *, dry: bool = False) -> Collected:
        """Remove the files that nothing names; see `narrowcast.store.upkeep.collect`."""
        return await self._store.collect(unused=self._unused, dry=dry)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else keeps this house; nobody else does during the block then."""
        path = self._home / LOCK
        with telling_of_disk(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _try_lock(descriptor)
        finally:
            # With the file the lock goes.
            os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
