"""The calls of one run to one provider: slots, pauses, retries. The earliest in playing order goes first."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from narrowcast.errors import ProviderError
from narrowcast.pipeline.gate import Gate, Order
from narrowcast.store.uninterrupted import uninterrupted

T = TypeVar("T")

MAX_ATTEMPTS = 6
LONGEST_WAIT_S = 120.0


class Slots:
    """The calls of one run to one provider, through a gate that other runs may share.

    `gate` as a number: a gate of one's own, with so many places. A 429 pauses everyone at the gate until the provider's
    own time. `on_wait(provider, seconds, reason)` is told of every pause.
    """

    def __init__(
        self,
        provider: str,
        gate: Gate | int,
        on_wait: Callable[[str, float, str], None] = lambda *_: None,
        *,
        base_delay_s: float = 0.5,
    ) -> None:
        self.provider = provider
        self._gate = Gate(gate) if isinstance(gate, int) else gate
        self._waiting: set[asyncio.Future[None]] = set()
        self._on_wait = on_wait
        self._base_delay_s = base_delay_s
        self._closed = asyncio.Event()

    def close(self) -> None:
        """Begin no further calls: whoever waits for a slot or a retry is cancelled; calls in flight go on."""
        self._closed.set()
        for turn in self._waiting:
            turn.cancel()

    @asynccontextmanager
    async def slot(self, order: Order = (0, 0)) -> AsyncIterator[None]:
        """Hold one slot, after any pause."""
        await self._acquire(order)
        try:
            async with self._elsewhere():
                await self._sit_out()
                yield
        finally:
            self._gate.release()

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
            if self._gate.paused_s < wished:
                await self._gate.pause(wished, error.message)
            raise error
        delay = self._base_delay_s * 2 ** (attempt - 1) * random.uniform(1.0, 1.5)  # noqa: S311 - jitter, not a secret
        seconds = max(wished or 0.0, delay)
        self._on_wait(self.provider, seconds, error.message)
        if wished is not None:
            await self._gate.pause(wished, error.message)
        await self._sleep(seconds)

    async def _sit_out(self) -> None:
        """Wait for the end of a pause. Raises `ProviderError` for one that is too long to wait for."""
        while (left := self._gate.paused_s) > 0:
            if left > LONGEST_WAIT_S:
                raise ProviderError(
                    f"{self.provider} takes no calls for another {left:.0f} s.",
                    provider=self.provider,
                    retryable=True,
                    retry_after_s=left,
                )
            await self._sleep(left)

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
        turn = self._gate.ask(order)
        self._waiting.add(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._gate.release()
            raise
        finally:
            self._waiting.discard(turn)

    @asynccontextmanager
    async def _elsewhere(self) -> AsyncIterator[None]:
        """Hold one of the slots that all processes share, where there are such."""
        far = self._gate.elsewhere
        if far is None:
            yield
            return
        taking = asyncio.ensure_future(far.take())
        self._waiting.add(taking)
        try:
            await taking
        except asyncio.CancelledError:
            if taking.done() and not taking.cancelled() and not taking.exception():
                await uninterrupted(far.give())
            raise
        finally:
            self._waiting.discard(taking)
        try:
            yield
        finally:
            await uninterrupted(far.give())
