"""Shared limits of one provider: calls at once, pauses, retries. The earliest in playing order goes first."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from narrowcast.errors import ProviderError

T = TypeVar("T")
Order = tuple[int, int]
"""Place in playing order: segment, turn."""

MAX_ATTEMPTS = 6
LONGEST_WAIT_S = 120.0


class Slots:
    """The calls of one provider and key.

    At most `concurrency` calls are open at once; a freed slot goes to the earliest in playing order. A 429 pauses
    everyone until the provider's own time. `on_wait(provider, seconds, reason)` is told of every pause.
    """

    def __init__(
        self,
        provider: str,
        concurrency: int,
        on_wait: Callable[[str, float, str], None] = lambda *_: None,
        *,
        base_delay_s: float = 0.5,
    ) -> None:
        self.provider = provider
        self._free = concurrency
        self._queue: list[tuple[Order, int, asyncio.Future[None]]] = []
        self._count = 0
        self._paused_until = 0.0
        self._on_wait = on_wait
        self._base_delay_s = base_delay_s
        self._closed = asyncio.Event()

    def close(self) -> None:
        """Begin no further calls: whoever waits for a slot or a retry is cancelled; calls in flight go on."""
        self._closed.set()
        while self._queue:
            self._queue.pop()[2].cancel()

    @asynccontextmanager
    async def slot(self, order: Order = (0, 0)) -> AsyncIterator[None]:
        """Hold one slot, after any pause."""
        await self._acquire(order)
        try:
            while (left := self._paused_until - asyncio.get_running_loop().time()) > 0:
                await self._sleep(left)
            yield
        finally:
            self._release()

    async def call(self, order: Order, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask through a slot, again after faults that may pass. Raises the last `ProviderError`."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                async with self.slot(order):
                    return await ask()
            except ProviderError as error:
                await self.before_retry(error, attempt)
        raise AssertionError("before_retry raises at the last attempt")

    async def before_retry(self, error: ProviderError, attempt: int) -> None:
        """Wait before attempt `attempt` + 1, or raise `error` when it is permanent or was tried often enough.

        Delays double from `base_delay_s` with up to a half of jitter; a provider's own wish is obeyed up to 120 s.
        """
        if not error.retryable or attempt >= MAX_ATTEMPTS or self._closed.is_set():
            raise error
        wished = error.retry_after_s
        if wished is not None and wished > LONGEST_WAIT_S:
            error.hint = (
                f"{self.provider} asks to wait {wished:.0f} s. Run the same command then: it goes on from here."
            )
            raise error
        delay = self._base_delay_s * 2 ** (attempt - 1) * random.uniform(1.0, 1.5)  # noqa: S311 - jitter, not a secret
        seconds = max(wished or 0.0, delay)
        self._on_wait(self.provider, seconds, error.message)
        if wished is not None:
            loop = asyncio.get_running_loop()
            self._paused_until = max(self._paused_until, loop.time() + wished)
        await self._sleep(seconds)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, unless these slots are or become closed: then no further call may begin."""
        try:
            await asyncio.wait_for(self._closed.wait(), seconds)
        except TimeoutError:
            return
        raise asyncio.CancelledError

    async def _acquire(self, order: Order) -> None:
        if self._closed.is_set():
            raise asyncio.CancelledError
        if self._free > 0 and not self._queue:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._queue, (order, self._count, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        while self._queue:
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
