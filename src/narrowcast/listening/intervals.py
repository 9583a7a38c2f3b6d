"""Play intervals as devices tell them: which are taken, and why the others are not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from narrowcast.listening.days import day_of
from narrowcast.store.listening.records import Played

SLOWEST, FASTEST = 0.25, 4.0
LONGEST = timedelta(hours=12)
OLDEST = timedelta(days=60)
"""What comes later than this is not taken: until then a device may be without a network."""
KEPT = timedelta(days=90)
"""How long intervals are kept. Longer than `OLDEST`, so that what came before is known, and days can be made anew."""
AHEAD = timedelta(minutes=2)
"""How far a device's clock may be ahead."""
SLACK_MS = 2_000
SLACK_SHARE = 1.1
"""Players report places and times by clocks that are not quite the same."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Offered:
    """An interval as it was sent: places and times in milliseconds, as in `Played`."""

    event_id: str
    revision: int
    from_ms: int
    to_ms: int
    rate: float
    start_ms: int
    end_ms: int
    zone: str
    device: str


@dataclass(frozen=True)
class Renderings:
    """What can be heard of an episode: how long each of its renderings is; `newest` is 0 before the first."""

    episode_id: str
    newest: int
    durations_ms: Mapping[int, int]


def judged(offered: Offered, renderings: Renderings, now_ms: int) -> Played | str:
    """The interval as it counts, or why it does not."""
    if reason := _fault(offered, now_ms):
        return reason
    revision = offered.revision
    if revision and revision not in renderings.durations_ms:
        return "There is no such rendering of this episode."
    # What was heard while it was made is what the rendering says that came of it.
    revision = revision or renderings.newest
    length = renderings.durations_ms.get(revision)
    longest = length if length is not None else int(DAY / timedelta(milliseconds=1))
    end = min(offered.to_ms, longest)
    if end <= offered.from_ms:
        return "It lies behind the end of the episode."
    return Played(
        event_id=offered.event_id,
        episode_id=renderings.episode_id,
        revision=revision,
        from_ms=offered.from_ms,
        to_ms=end,
        rate=offered.rate,
        start_ms=offered.start_ms,
        end_ms=offered.end_ms,
        zone=offered.zone,
        device=offered.device,
        day=day_of(offered.start_ms, ZoneInfo(offered.zone)),
        duration_ms=length,
    )


def by_our_clock(offered: Offered, sent_at_ms: int | None, now_ms: int) -> Offered:
    """The interval with its times set right, where the device's clock was off by more than `AHEAD` when it was sent."""
    off = 0 if sent_at_ms is None else now_ms - sent_at_ms
    if abs(off) <= AHEAD / timedelta(milliseconds=1):
        return offered
    return replace(offered, start_ms=offered.start_ms + off, end_ms=offered.end_ms + off)


def credited_ms(played: Played) -> int:
    """How long somebody listened: what the sound takes at its rate, and never more than passed on the clock."""
    return min(played.end_ms - played.start_ms, round((played.to_ms - played.from_ms) / played.rate))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _fault(offered: Offered, now_ms: int) -> str:
    took = offered.end_ms - offered.start_ms
    heard = offered.to_ms - offered.from_ms
    if not SLOWEST <= offered.rate <= FASTEST:
        return f"The rate is not between {SLOWEST:g} and {FASTEST:g}."
    if offered.from_ms < 0 or heard <= 0 or took <= 0:
        return "It does not run forward."
    if took > LONGEST / timedelta(milliseconds=1):
        return "It is longer than twelve hours."
    if heard > took * offered.rate * SLACK_SHARE + SLACK_MS:
        return "That much cannot be heard in that time."
    if offered.end_ms > now_ms + AHEAD / timedelta(milliseconds=1):
        return "It lies in the future."
    if offered.start_ms < now_ms - OLDEST / timedelta(milliseconds=1):
        return "It is older than sixty days."
    if offered.zone not in _zones():
        return "There is no such time zone."
    return ""
