"""A listener's figures: which day it is for them, what they heard, and of one episode where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from narrowcast.errors import InputError
from narrowcast.listening.days import day_of
from narrowcast.listening.heat import Buckets, MostReplayed, buckets, most_replayed, skipped
from narrowcast.listening.streaks import Streak, streak
from narrowcast.store.home import Store
from narrowcast.store.listening.records import DayHeard, EpisodeDay, Spans
from narrowcast.studio.hearing import Hearing, HowFar


@dataclass(frozen=True)
class ListenerFigures:
    """All days on which somebody listened, in order, and their streak; `zone` is where they are now."""

    zone: str
    today: date
    days: tuple[DayHeard, ...]
    streak: Streak


@dataclass(frozen=True)
class EpisodeFigures:
    """What was heard of an episode, when, and where of it; places in milliseconds of its newest rendering."""

    far: HowFar
    today: date
    days: tuple[EpisodeDay, ...]
    heat: Buckets
    skipped: Spans
    most_replayed: MostReplayed | None
    downloads: int


async def listener_figures(store: Store, owner_id: str, now: datetime, zone: str | None = None) -> ListenerFigures:
    """A listener's days. Raises `InputError` for a zone that there is not, `OutputError`."""
    zone, today = await today_of(store, owner_id, now, zone)
    days = tuple(await store.listening_days.all(owner_id))
    return ListenerFigures(zone, today, days, streak({day.day: day.listened_ms for day in days}, today))


async def episode_figures(store: Store, owner_id: str, episode_id: str, now: datetime) -> EpisodeFigures:
    """What was heard of one of the owner's episodes. Raises `NotFoundError`, `OutputError`."""
    far = await Hearing(store).how_far(owner_id, episode_id, now)
    _, today = await today_of(store, owner_id, now)
    heat = far.progress.heat
    return EpisodeFigures(
        far=far,
        today=today,
        days=tuple(await store.listening_days.of_episode(owner_id, episode_id)),
        heat=buckets(heat, far.listened.duration_ms or 0),
        skipped=skipped(heat),
        most_replayed=most_replayed(heat),
        downloads=(await store.downloads.of_episode(owner_id, episode_id)).total,
    )


async def today_of(store: Store, owner_id: str, now: datetime, zone: str | None = None) -> tuple[str, date]:
    """The listener's zone (where they last listened, where none is given) and the day that it is there."""
    zone = zone or await store.listening_days.zone(owner_id) or "UTC"
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"There is no time zone {zone[:64]!r}.", hint="It looks like Europe/Berlin.") from error
    return zone, day_of(round(now.timestamp() * 1000), clock)
