"""What all who ask one provider with one key share: how many calls are open at once, and pauses."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from typing import Protocol

Order = tuple[int, int]
"""Place in playing order: segment, turn."""
PATIENCE_S = 30.0
"""Who waited so long goes before all that are earlier: the end of an episode must not wait for others' beginnings."""


class Elsewhere(Protocol):
    """What is shared with other processes too."""

    async def take(self) -> None:
        """Wait for one of the slots that all processes share, and for the end of a pause that any of them made."""
        ...

    async def give(self) -> None:
        """Give it back."""
        ...

    async def pause(self, seconds: float, reason: str) -> None:
        """Nobody anywhere asks for so long."""
        ...


class Gate:
    """At most `concurrency` calls are let through at once; a freed place goes to the earliest in playing order.

    Who waited `patience_s` goes before them, the longest first. `elsewhere`, where given, is asked besides.
    """

    def __init__(self, concurrency: int, elsewhere: Elsewhere | None = None, *, patience_s: float = PATIENCE_S) -> None:
        self.concurrency = concurrency
        self.elsewhere = elsewhere
        self._patience_s = patience_s
        self._free = concurrency
        self._earliest: list[tuple[Order, int, asyncio.Future[None]]] = []
        self._longest: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._numbers = itertools.count()
        self._paused_until = 0.0

    @property
    def busy(self) -> int:
        """How many places are taken."""
        return self.concurrency - self._free

    @property
    def paused_s(self) -> float:
        """How long nobody may ask yet."""
        return max(0.0, self._paused_until - asyncio.get_running_loop().time())

    def ask(self, order: Order) -> asyncio.Future[None]:
        """A future that is done when there is a place, which is `release`d later; cancelled, it takes none."""
        turn = asyncio.get_running_loop().create_future()
        if self._free > 0 and not self._earliest:
            self._free -= 1
            turn.set_result(None)
        else:
            heapq.heappush(self._earliest, (order, next(self._numbers), turn))
            self._longest.append((asyncio.get_running_loop().time(), turn))
        return turn

    def release(self) -> None:
        """Give a place on."""
        if turn := self._next():
            turn.set_result(None)
        else:
            self._free += 1

    def _next(self) -> asyncio.Future[None] | None:
        """Who of those that still wait gets the next place."""
        while self._longest and self._longest[0][1].done():
            self._longest.popleft()
        if self._longest and asyncio.get_running_loop().time() - self._longest[0][0] >= self._patience_s:
            return self._longest.popleft()[1]
        while self._earliest:
            _, _, turn = heapq.heappop(self._earliest)
            if not turn.done():
                return turn
        return None

    async def pause(self, seconds: float, reason: str) -> None:
        """Nobody asks for so long."""
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)
        if self.elsewhere:
            await self.elsewhere.pause(seconds, reason)
