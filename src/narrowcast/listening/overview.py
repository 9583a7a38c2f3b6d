"""Days of listening put together: filled where nothing was heard, summed by weeks and months. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from narrowcast.store.listening.records import DayHeard


class Timeframe(StrEnum):
    """How far back: today, seven days, thirty, or a year."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


DAYS = {Timeframe.DAY: 1, Timeframe.WEEK: 7, Timeframe.MONTH: 30, Timeframe.YEAR: 365}


@dataclass(frozen=True)
class Summary:
    """Several days in one. Speed and completion are by how long was listened each day; none where nothing was heard."""

    first: date
    listened_ms: int = 0
    sessions: int = 0
    speed: float | None = None
    completion: float | None = None


def since(timeframe: Timeframe, today: date) -> date:
    """The first day of it."""
    return today - timedelta(days=DAYS[timeframe] - 1)


def filled(days: Iterable[DayHeard], first: date, last: date) -> list[Summary]:
    """Every day from the first to the last."""
    known = {day.day: day for day in days}
    count = (last - first).days + 1
    every = (first + timedelta(days=number) for number in range(count))
    return [summary(day, [known[day]] if day in known else []) for day in every]


def summary(first: date, days: Sequence[DayHeard]) -> Summary:
    """These days in one."""
    listened = sum(day.listened_ms for day in days)
    if not listened:
        return Summary(first)
    known = [day for day in days if day.completion is not None]
    weight = sum(day.listened_ms for day in known)
    return Summary(
        first=first,
        listened_ms=listened,
        sessions=sum(day.sessions for day in days),
        speed=sum(day.speed * day.listened_ms for day in days) / listened,
        completion=sum((day.completion or 0) * day.listened_ms for day in known) / weight if weight else None,
    )


def weeks(days: Iterable[DayHeard], today: date, count: int) -> list[Summary]:
    """The last weeks, by their Mondays; this one is the last."""
    monday = today - timedelta(days=today.weekday())
    firsts = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    return _by(firsts, today, days)


def months(days: Iterable[DayHeard], today: date, count: int) -> list[Summary]:
    """The last months, by their first days; this one is the last."""
    number = today.year * 12 + today.month - 1
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]
    return _by(firsts, today, days)


def _by(firsts: Sequence[date], today: date, days: Iterable[DayHeard]) -> list[Summary]:
    given = list(days)
    ends = [*firsts[1:], today + timedelta(days=1)]
    return [
        summary(first, [day for day in given if first <= day.day < end])
        for first, end in zip(firsts, ends, strict=True)
    ]
