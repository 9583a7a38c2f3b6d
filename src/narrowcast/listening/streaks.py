"""Days in a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LEAST_MS = 5 * 60_000
"""A day counts with so much listening."""


@dataclass(frozen=True)
class Streak:
    """Days in a row up to today or yesterday, and the most there ever were."""

    current: int
    longest: int
    today_ms: int
    counts_today: bool


def streak(listened_ms: Mapping[date, int], today: date, least_ms: int = LEAST_MS) -> Streak:
    """The streak as it is today, which does not end it before it is over."""
    good = sorted(day for day, ms in listened_ms.items() if ms >= least_ms)
    longest = run = 0
    before: date | None = None
    for day in good:
        run = run + 1 if before and day - before == timedelta(days=1) else 1
        longest, before = max(longest, run), day
    current = run if before and before >= today - timedelta(days=1) else 0
    done = listened_ms.get(today, 0)
    return Streak(current, longest, done, done >= least_ms)
