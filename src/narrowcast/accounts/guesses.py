"""How often somebody may show a token in an address that was never given out."""

from __future__ import annotations

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from narrowcast.accounts.attempts import network
from narrowcast.errors import LimitError

PER_ADDRESS: RateLimitItem = RateLimitItemPerMinute(60, 15, namespace="guesses")
"""More than an app asks in vain that still has a feed which was revoked; what is valid is never counted."""


class Guesses:
    """Counts tokens that open nothing by the address that shows them, in this process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, address: str) -> None:
        """Count one. Raises `LimitError` when there were too many."""
        where = network(address)
        if await self._limiter.hit(PER_ADDRESS, where):
            return
        until = (await self._limiter.get_window_stats(PER_ADDRESS, where)).reset_time
        raise LimitError(
            "Too many addresses that lead nowhere.",
            hint="Take the address anew from the page that gave it.",
            retry_after_s=max(1.0, until - time.time()),
        )
