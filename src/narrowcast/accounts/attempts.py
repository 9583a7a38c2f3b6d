"""How often somebody may try to sign in."""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from narrowcast.accounts.secrets import secret_hash
from narrowcast.errors import LimitError

PER_ADDRESS: RateLimitItem = RateLimitItemPerMinute(30, 15, namespace="address")
"""Whoever tries, whomever."""
PER_PAIR: RateLimitItem = RateLimitItemPerMinute(10, 15, namespace="pair")
"""One address at one account."""
PER_ACCOUNT: RateLimitItem = RateLimitItemPerHour(100, 1, namespace="account")
"""All addresses at one account: a guesser with many, and yet no easy way to lock somebody out."""


class Attempts:
    """Counts tries by the address that they come from and the account that they are for, in this process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def check(self, address: str, email: str | None = None) -> None:
        """Count a try. Raises `LimitError` when there were too many, also for the right password."""
        here = network(address)
        await self._count(PER_ADDRESS, here)
        if email is not None:
            account = secret_hash(email.strip().lower())
            await self._count(PER_PAIR, here, account)
            await self._count(PER_ACCOUNT, account)

    async def forget(self, address: str, email: str) -> None:
        """Somebody signed in: what they mistyped before does not count any more."""
        await self._limiter.clear(PER_PAIR, network(address), secret_hash(email.strip().lower()))

    async def _count(self, item: RateLimitItem, *whose: str) -> None:
        if await self._limiter.hit(item, *whose):
            return
        until = (await self._limiter.get_window_stats(item, *whose)).reset_time
        raise LimitError(
            "Too many tries to sign in.",
            hint="Wait a while, or ask the server's owner for a sign-in link.",
            retry_after_s=max(1.0, until - time.time()),
        )


def network(address: str) -> str:
    """Whom an address stands for: itself, or for IPv6 its /64, which one household has whole."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)
