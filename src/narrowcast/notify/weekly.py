"""The weekly report: what a listener is told of their week, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrowcast.notify.words import Words, shortened

EVENT = "listening.weekly"
TITLE_CHARACTERS = 80


@dataclass(frozen=True)
class Week:
    """A week that is over. `most` are the episodes that were listened to longest, with their milliseconds."""

    listened_ms: int
    before_ms: int
    days: int
    sessions: int
    speed: float | None
    streak: int
    most: Sequence[tuple[str, int]]


def words_of(week: Week) -> Words:
    """What to say of it."""
    parts = [
        f"You listened for {_span(week.listened_ms)} on {_count(week.days, 'day')}, in "
        f"{_count(week.sessions, 'session')}{_compared(week)}."
    ]
    if week.speed is not None:
        parts.append(f"Your speed was {week.speed:.2f}× on average.")
    if week.streak > 1:
        parts.append(f"You have listened {week.streak} days in a row.")
    if week.most:
        named = ", ".join(f"“{shortened(title, TITLE_CHARACTERS)}” ({_span(ms)})" for title, ms in week.most)
        parts.append(f"Listened to most: {named}.")
    return Words(f"Your week: {_span(week.listened_ms)} of listening", " ".join(parts))


def _compared(week: Week) -> str:
    more = round(week.listened_ms / 60_000) - round(week.before_ms / 60_000)
    if not week.before_ms:
        return ""
    if not more:
        return ", as much as the week before"
    return f", {_span(abs(more) * 60_000)} {'more' if more > 0 else 'less'} than the week before"


def _span(ms: int) -> str:
    minutes = round(ms / 60_000)
    if not minutes:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
