"""What the store keeps of listening, as frozen records. Times are Unix milliseconds; places milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Spans = tuple[tuple[int, int], ...]
"""Stretches from a place to a later one, in order, none touching another."""


@dataclass(frozen=True)
class Played:
    """A stretch of sound that was played: `from_ms` to `to_ms` of a rendering, between two times; see the table."""

    event_id: str
    episode_id: str
    revision: int
    from_ms: int
    to_ms: int
    rate: float
    start_ms: int
    end_ms: int
    zone: str
    device: str
    day: date
    duration_ms: int | None = None


@dataclass(frozen=True)
class EpisodeHeard:
    """The part of a day that one episode had."""

    episode_id: str
    listened_ms: int
    heard_ms: int
    speed: float
    sessions: int
    plays: int
    duration_ms: int | None
    stops: tuple[int, ...] = ()


@dataclass(frozen=True)
class DayHeard:
    """A listener's day; `completion` is the share of what was played that was heard, none where that is not known."""

    day: date
    listened_ms: int
    speed: float
    sessions: int
    completion: float | None


@dataclass(frozen=True)
class EpisodeDay(DayHeard):
    """A day of one episode."""

    plays: int = 0
    stops: tuple[int, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a listener is in an episode. `heat`: at which places how many more times what follows was ever heard."""

    revision: int
    position_ms: int = 0
    position_at_ms: int = 0
    rate: float = 1.0
    rate_at_ms: int = 0
    heard: Spans = ()
    heat: tuple[tuple[int, int], ...] = ()
    since_ms: int = 0
    finished: bool = False
    plays: int = 0
    played_at_ms: int | None = None
    heard_share: float = 0.0


@dataclass(frozen=True)
class Listened:
    """An episode that can be listened to, as far as listening needs to know it. `durations_ms` are its renderings'."""

    episode_id: str
    title: str
    revision: int
    duration_ms: int | None
    being_made: bool
    durations_ms: Mapping[int, int]
    files: Mapping[int, Mapping[str, str]]
