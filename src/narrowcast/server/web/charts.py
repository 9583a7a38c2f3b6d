"""Charts as figures that a template draws in SVG, and says in a table: where each mark stands, and its words. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from narrowcast.listening.overview import Summary, Timeframe

HEIGHT = 150
"""Pixels that the highest bar may have."""
STEPS_MIN = (5, 10, 15, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
LEVELS_MIN = (0, 15, 30, 60)
"""Above which minutes a day of the calendar is a shade darker."""
MOST_LABELS = 6


@dataclass(frozen=True)
class Bar:
    """One bar: `x` and `width` in per cent, `y` and `height` in pixels; `label` where it has one below it."""

    x: float
    width: float
    y: float
    height: float
    name: str
    label: str
    now: bool
    of: Summary

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True)
class BarChart:
    """Bars of minutes up to `top`."""

    bars: tuple[Bar, ...]
    top_minutes: int


@dataclass(frozen=True)
class Cell:
    """A day of the calendar: its column and row, and how dark it is, from 0 to 4."""

    column: int
    row: int
    level: int
    name: str
    today: bool


@dataclass(frozen=True)
class Weeks:
    """Some weeks of the calendar, and the names of the months above the columns where they begin."""

    cells: tuple[Cell, ...]
    months: tuple[tuple[int, str], ...]
    columns: int


def bar_chart(values: Sequence[Summary], size: Timeframe) -> BarChart:
    """Minutes by days, weeks or months; the last one is now."""
    top = _top(max((value.listened_ms for value in values), default=0) / 60_000)
    slot = 100 / max(1, len(values))
    every = math.ceil(len(values) / MOST_LABELS)
    bars = []
    for index, value in enumerate(values):
        height = round(HEIGHT * value.listened_ms / 60_000 / top, 1)
        height = max(height, 2.0) if value.listened_ms else 0.0
        told = (len(values) - 1 - index) % every == every // 2
        bars.append(
            Bar(
                x=round(slot * (index + 0.14), 3),
                width=round(slot * 0.72, 3),
                y=HEIGHT - height,
                height=height,
                name=name_of(value.first, size),
                label=_short(value.first, size) if told else "",
                now=index == len(values) - 1,
                of=value,
            )
        )
    return BarChart(tuple(bars), top)


def calendar(days: Mapping[date, int], today: date, weeks: int, parts: int) -> list[Weeks]:
    """The last weeks up to today, Monday on top, in so many parts of equal width. `days` are milliseconds."""
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    out = []
    each = math.ceil(weeks / parts)
    for part in range(parts):
        begins = first + timedelta(weeks=part * each)
        cells = []
        months: list[tuple[int, str]] = []
        for number in range(7 * each):
            day = begins + timedelta(days=number)
            if day > today:
                break
            if day.day == 1 or (number == 0 and day.day <= 15):
                months.append((number // 7, f"{day:%b}"))
            cells.append(Cell(number // 7, number % 7, level(days.get(day, 0)), _minutes(day, days), day == today))
        out.append(Weeks(tuple(cells), tuple(months), each))
    return out


def level(listened_ms: int) -> int:
    """How dark a day is."""
    return sum(listened_ms > limit * 60_000 for limit in LEVELS_MIN)


def name_of(first: date, size: Timeframe) -> str:
    """What a bar is called in full."""
    if size is Timeframe.MONTH:
        return f"{first:%B %Y}"
    day = f"{first.day} {first:%B %Y}"
    return f"Week of {day}" if size is Timeframe.WEEK else f"{first:%A}, {day}"


def _short(first: date, size: Timeframe) -> str:
    return f"{first:%b}" if size is Timeframe.MONTH else f"{first.day} {first:%b}"


def _minutes(day: date, days: Mapping[date, int]) -> str:
    return f"{day.day} {day:%B}: {round(days.get(day, 0) / 60_000)} min"


def _top(minutes: float) -> int:
    known = next((step for step in STEPS_MIN if step >= minutes), 0)
    return known or math.ceil(minutes / 600) * 600
