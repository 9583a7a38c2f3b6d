"""Where a job stands, and when it will be done, in seconds and in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Protocol

from narrowcast.store.jobs.line import Queued, Took

UNKNOWN_S = 120.0
"""What a job takes of which nobody knows more."""


class Running(Protocol):
    """Of a job that runs: since when, when its hands told of it last, and what."""

    @property
    def started_at(self) -> datetime | None: ...
    @property
    def moved_at(self) -> datetime | None: ...
    @property
    def progress(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Standing:
    """`position`: jobs of anyone that stand before it, plus one; none for one that does not wait in the line.

    `starts_in_s` is until it begins, `seconds` until it is done, both 0 for one that ended.
    """

    position: int | None
    starts_in_s: float
    seconds: float

    @property
    def human(self) -> str:
        """`seconds` in words."""
        return in_words(self.seconds)


@dataclass(frozen=True)
class Usual:
    """What the latest jobs of a kind took: `seconds`, and how many `times` what each was thought to take."""

    seconds: float = UNKNOWN_S
    times: float = 1.0

    def of(self, estimate_s: float | None) -> float:
        """What a job takes that was thought to take so long; none: nobody thought about it."""
        return estimate_s * self.times if estimate_s else self.seconds


def usual(ended: Iterable[Took]) -> dict[str, Usual]:
    """The medians of each kind."""
    by_kind: dict[str, list[Took]] = {}
    for took in ended:
        by_kind.setdefault(took.kind, []).append(took)
    return {kind: _usual(jobs) for kind, jobs in by_kind.items()}


def _usual(jobs: Sequence[Took]) -> Usual:
    times = [took.seconds / took.estimate_s for took in jobs if took.estimate_s]
    return Usual(median(took.seconds for took in jobs), median(times) if times else 1.0)


def remaining(running: Running, expected_s: float, now: datetime) -> float:
    """Seconds that a running job still needs: as its hands told last, before that by what it is expected to take."""
    told = running.progress.get("estimated_time_remaining")
    if isinstance(told, int | float) and running.moved_at:
        whole, since = float(told), running.moved_at
    else:
        whole, since = expected_s, running.started_at or now
    # One that takes longer than thought is not done in the next second; how much longer nobody knows.
    return max(whole - max(0.0, (now - since).total_seconds()), whole / 10)


def starts_in(before: int, running: Sequence[float], each_s: float, hands: int) -> float:
    """Seconds until hands are free for a job with `before` others before it; `running` are the remaining seconds.

    Hands that are free begin at once; then the work that stands before it is shared by all. Where nobody said that he
    has hands, those that are busy are there, or one.
    """
    hands = max(hands, len(running), 1)
    free = hands - len(running)
    if before < free:
        return 0.0
    if free > 0:
        return (before - free + 1) * each_s / hands
    soonest = sorted(running)
    # With nobody before it, it waits for the first hand; with `hands` before it, for a whole round more.
    rounds, place = divmod(before, hands)
    return soonest[min(place, len(soonest) - 1)] + rounds * each_s


def work(queued: Iterable[Queued], usual: Mapping[str, Usual]) -> float:
    """Seconds that it takes one pair of hands to do all that is queued."""
    total_s = 0.0
    for each in queued:
        known = usual.get(each.kind, Usual())
        total_s += known.times * each.estimate_s + known.seconds * (each.jobs - each.estimated)
    return total_s


def until(run_at: datetime | None, now: datetime, own_s: float) -> Standing:
    """Of a job that does not begin before then, and takes so long."""
    starts_in_s = max(0.0, (run_at - now).total_seconds()) if run_at else 0.0
    return Standing(None, starts_in_s, starts_in_s + own_s)


def in_words(seconds: float) -> str:
    """`about 2 minutes`, rounded as a person would, up rather than down."""
    if seconds <= 0:
        return "now"
    if seconds <= 45:
        return "less than a minute"
    minutes = math.ceil(seconds / 60 - 0.25)
    if minutes <= 1:
        return "about a minute"
    if minutes <= 55:
        return f"about {minutes if minutes <= 10 else math.ceil(minutes / 5) * 5} minutes"
    hours = round(minutes / 60)
    return (
        "about an hour" if hours == 1 else f"about {hours} hours" if hours < 48 else f"about {round(hours / 24)} days"
    )
