"""What was read lately and is still so: for questions that each request asks anew, such as whose token that is."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from narrowcast.store.database import Database

T = TypeVar("T")
KEPT_S = 1.0
"""How soon what another process wrote is seen: a token that was revoked in the terminal, say."""
MOST = 1_000


class Recent(Generic[T]):
    """Answers to one kind of question: kept until this process writes anything, and for a second at most."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._writes = 0
        self._found: dict[Hashable, tuple[float, T]] = {}

    async def __call__(self, key: Hashable, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """What `ask` gives; `key` holds all that it depends on, the owner's id above all. None is asked for again."""
        writes, now = self._database.writes, self._clock()
        if writes != self._writes or len(self._found) >= MOST:
            self._found.clear()
            self._writes = writes
        kept = self._found.get(key)
        if kept and now - kept[0] < KEPT_S:
            return kept[1]
        found = await ask()
        # What was read while something was written may be older than that.
        if found is not None and self._database.writes == writes:
            self._found[key] = (now, found)
        return found
