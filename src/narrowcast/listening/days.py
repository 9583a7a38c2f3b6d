"""A listener's days, by the clocks of where they listened: what falls on which, and what a day was. Pure.

A day begins at 4:00, so that a late evening is one day. What goes on past that is cut there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from narrowcast.listening.spans import clusters, total, union
from narrowcast.store.listening.records import DayHeard, EpisodeHeard, Played, Spans

BEGINS = time(4)
SILENCE_MS = 30 * 60_000
"""A session ends with so long without any sound."""
PLAY_MS = 60_000
"""A session counts as a play of an episode with so much of it, or with half of it."""
END_MS = 10_000
"""Who stops within this of the end has not stopped early."""


@dataclass(frozen=True)
class Part:
    """What of an interval falls on one day: `start_ms` to `end_ms` is the time that is credited."""

    day: date
    of: Played
    start_ms: int
    end_ms: int
    from_ms: int
    to_ms: int


def day_of(at_ms: int, zone: tzinfo) -> date:
    """The day that a time belongs to by the clocks of `zone`."""
    at = datetime.fromtimestamp(at_ms / 1000, zone)
    return at.date() if at.time() >= BEGINS else at.date() - timedelta(days=1)


def begins_ms(day: date, zone: tzinfo) -> int:
    """When a day begins."""
    return round(datetime.combine(day, BEGINS, zone).timestamp() * 1000)


def parts(played: Played, credited_ms: int) -> Iterator[Part]:
    """The interval day by day; the sound is cut as the time is."""
    if credited_ms <= 0:
        return
    zone = ZoneInfo(played.zone)
    at, until = played.start_ms, played.start_ms + credited_ms
    heard = played.to_ms - played.from_ms
    place = played.from_ms
    while at < until:
        day = day_of(at, zone)
        end = min(until, max(begins_ms(day + timedelta(days=1), zone), at + 1))
        to = played.from_ms + round(heard * (end - played.start_ms) / credited_ms)
        yield Part(day, played, at, end, place, to)
        at, place = end, to


def summed(day: date, given: Iterable[Part]) -> tuple[DayHeard, tuple[EpisodeHeard, ...]] | None:
    """What a day was, in all and episode by episode; none where nothing was heard.

    Somebody who plays on two devices at once listens once: their time is counted by the clock.
    """
    mine = [part for part in given if part.day == day]
    if not mine:
        return None
    times = _times(mine)
    by_episode: dict[str, list[Part]] = {}
    for part in sorted(mine, key=lambda part: (part.start_ms, part.end_ms, part.of.event_id)):
        by_episode.setdefault(part.of.episode_id, []).append(part)
    episodes = tuple(_episode(identity, theirs) for identity, theirs in sorted(by_episode.items()))
    known = [one for one in episodes if one.duration_ms]
    lengths = sum(one.duration_ms or 0 for one in known)
    completion = sum(min(one.heard_ms, one.duration_ms or 0) for one in known) / lengths if lengths else None
    sessions = len(clusters(times, SILENCE_MS))
    return DayHeard(day, total(times), _speed(mine), sessions, completion), episodes


def _episode(identity: str, mine: Sequence[Part]) -> EpisodeHeard:
    times = _times(mine)
    lengths = [part.of.duration_ms for part in mine if part.of.duration_ms]
    length = max(lengths) if lengths else None
    sessions = [
        [part for part in mine if part.start_ms >= group[0][0] and part.start_ms < group[-1][1]]
        for group in clusters(times, SILENCE_MS)
    ]
    stops = []
    plays = 0
    for session in sessions:
        heard = _heard(session)
        plays += total(_times(session)) >= PLAY_MS or bool(length and heard * 2 >= length)
        last = max(session, key=lambda part: (part.end_ms, part.to_ms))
        if last.of.duration_ms and last.to_ms < last.of.duration_ms - END_MS:
            stops.append(last.to_ms)
    return EpisodeHeard(
        episode_id=identity,
        listened_ms=total(times),
        heard_ms=_heard(mine),
        speed=_speed(mine),
        sessions=len(sessions),
        plays=plays,
        duration_ms=length,
        stops=tuple(stops),
    )


def _times(mine: Iterable[Part]) -> Spans:
    return union((part.start_ms, part.end_ms) for part in mine)


def _heard(mine: Sequence[Part]) -> int:
    """How much sound, what was heard twice counting once; of several renderings the one that was heard most."""
    renderings = {part.of.revision for part in mine}
    return max(total(union((p.from_ms, p.to_ms) for p in mine if p.of.revision == number)) for number in renderings)


def _speed(mine: Sequence[Part]) -> float:
    time = sum(part.end_ms - part.start_ms for part in mine)
    return sum(part.of.rate * (part.end_ms - part.start_ms) for part in mine) / time
