"""A month's money: when a month begins, and what of it is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from narrowcast.errors import InputError


@dataclass(frozen=True)
class Month:
    """A calendar month in UTC."""

    year: int
    number: int

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self.next.begins

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def month_of(at: datetime) -> Month:
    """The month that a moment lies in."""
    at = at.astimezone(UTC)
    return Month(at.year, at.month)


def read_month(text: str) -> Month:
    """The month written as `2026-11`. Raises `InputError`."""
    match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    if not match or not 1 <= int(match[1]) < 9999:
        raise InputError(f"{text[:20]!r} is no month.", hint="Write it as 2026-11.")
    return Month(int(match[1]), int(match[2]))


@dataclass(frozen=True)
class Allowance:
    """What someone may spend in a month: `limit_usd` none, as much as they like. `held_usd` is for calls now open."""

    month: Month
    limit_usd: float | None
    spent_usd: float
    held_usd: float = 0.0

    @property
    def left_usd(self) -> float | None:
        """What is left; none without a limit."""
        return None if self.limit_usd is None else max(0.0, self.limit_usd - self.spent_usd - self.held_usd)

    @property
    def used_up(self) -> bool:
        """Whether nothing is left."""
        return self.left_usd is not None and self.left_usd <= 1e-9


def monthly_limit(own_usd: float | None, tier_usd: float | None) -> float | None:
    """Someone's own monthly budget, else that of their tier; none: no limit."""
    return tier_usd if own_usd is None else own_usd


def month_hint(month: Month) -> str:
    """What to do when a month's money does not suffice."""
    return (
        f"Ask the owner of this server to raise your monthly budget, or wait for {month.next.begins:%-d %B %Y} (UTC); "
        "then retry: what was paid for is kept."
    )
