"""Where a job stands, and when it will be done, in seconds and in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from narrowcast.store.jobs.line import Running

UNKNOWN_S = 120.0
"""What a job takes of which nobody knows more."""


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


def usual_durations(ended: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The median of each kind."""
    by_kind: dict[str, list[float]] = {}
    for kind, seconds in ended:
        by_kind.setdefault(kind, []).append(seconds)
    return {kind: median(durations) for kind, durations in by_kind.items()}


def usual(kind: str, durations: Mapping[str, float]) -> float:
    """What a job of that kind usually takes."""
    return durations.get(kind, UNKNOWN_S)


def remaining(started_at: datetime, estimate_s: float, percentage: float | None, now: datetime) -> float:
    """Seconds that a running job still needs: by its own pace once it is under way, before that by its estimate."""
    spent = max(0.0, (now - started_at).total_seconds())
    if percentage and percentage >= 20:
        return spent * (100 - min(percentage, 100)) / percentage
    # One that takes longer than thought is not done in the next second; how much longer nobody knows.
    return max(estimate_s - spent, estimate_s / 10)


def all_remaining(running: Sequence[Running], durations: Mapping[str, float], now: datetime) -> list[float]:
    """Seconds that each of the running jobs still needs."""
    return [
        remaining(each.started_at, each.estimate_s or usual(each.kind, durations), percentage(each.progress), now)
        for each in running
    ]


def starts_in(before: int, running: Sequence[float], each_s: float, hands: int) -> float:
    """Seconds until hands are free for a job with `before` others before it; `running` are the remaining seconds.

    Hands that are free begin at once; then the work that stands before it is shared by all. Where this process has none
    of its own, others do: those that are busy, or one.
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


def percentage(progress: Mapping[str, object]) -> float | None:
    """How far a job got, where its hands told."""
    value = progress.get("progress_percentage")
    return float(value) if isinstance(value, int | float) else None
