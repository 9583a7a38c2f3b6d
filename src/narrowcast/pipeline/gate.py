"""What all who ask one provider with one key share: how many calls are open at once, and pauses."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from typing import Protocol

Order = tuple[int, int]
"""Place in playing order: segment, turn."""


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

    `elsewhere`, where given, is asked besides.
    """

    def __init__(self, concurrency: int, elsewhere: Elsewhere | None = None) -> None:
        self.concurrency = concurrency
        self.elsewhere = elsewhere
        self._free = concurrency
        self._queue: list[tuple[Order, int, asyncio.Future[None]]] = []
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
        if self._free > 0 and not self._queue:
            self._free -= 1
            turn.set_result(None)
        else:
            heapq.heappush(self._queue, (order, next(self._numbers), turn))
        return turn

    def release(self) -> None:
        """Give a place on."""
        while self._queue:
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def pause(self, seconds: float, reason: str) -> None:
        """Nobody asks for so long."""
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)
        if self.elsewhere:
            await self.elsewhere.pause(seconds, reason)
