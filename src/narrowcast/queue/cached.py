"""A figure that is measured now and then, however many ask for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cached(Generic[T]):
    """What `measure` gave, for `kept_s` seconds; those who ask meanwhile wait for one measurement."""

    def __init__(
        self, measure: Callable[[], Awaitable[T]], kept_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._measure = measure
        self._kept_s = kept_s
        self._clock = clock
        self._lock = asyncio.Lock()
        self._found: tuple[float, T] | None = None

    async def __call__(self) -> T:
        """The figure, at most `kept_s` old."""
        async with self._lock:
            if self._found is None or self._clock() - self._found[0] >= self._kept_s:
                self._found = self._clock(), await self._measure()
            return self._found[1]
