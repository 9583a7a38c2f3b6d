"""Listeners' days as they were summed when what was heard came in: read, never summed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, func, select

from narrowcast.store.database import Database
from narrowcast.store.listening.records import DayHeard, EpisodeDay, Played
from narrowcast.store.tables import (
    episode,
    listening_day,
    listening_day_episode,
    listening_progress,
    play_interval,
)

_DAY = tuple(listening_day.c[name] for name in DayHeard.__dataclass_fields__)


@dataclass(frozen=True)
class MostListened:
    """An episode, and how much of it was listened to within some days."""

    episode_id: str
    title: str
    listened_ms: int
    plays: int


@dataclass(frozen=True)
class PickedUp:
    """How far a listener is in an episode, for lists."""

    position_ms: int
    share: float
    finished: bool
    played_at_ms: int | None
    plays: int


class ListeningDays:
    """Days of listening. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, owner_id: str, since: date | None = None) -> list[DayHeard]:
        """A listener's days, in order."""
        query = select(*_DAY).where(listening_day.c.owner_id == owner_id).order_by(listening_day.c.day)
        if since is not None:
            query = query.where(listening_day.c.day >= since)
        async with self._database.read() as connection:
            return [DayHeard(*row) for row in await connection.execute(query)]

    async def of_episode(self, owner_id: str, episode_id: str) -> list[EpisodeDay]:
        """The days on which a listener heard one of the episodes, in order."""
        table = listening_day_episode
        query = select(table).where(table.c.owner_id == owner_id, table.c.episode_id == episode_id)
        async with self._database.read() as connection:
            return [_episode_day(row) for row in await connection.execute(query.order_by(table.c.day))]

    async def by_episode(self, owner_id: str) -> list[tuple[str, str, list[EpisodeDay]]]:
        """All days of all episodes, with their ids and titles; those that are gone have none."""
        table = listening_day_episode
        query = (
            select(table, episode.c.title)
            .outerjoin(episode, (episode.c.id == table.c.episode_id) & (episode.c.owner_id == table.c.owner_id))
            .where(table.c.owner_id == owner_id)
            .order_by(table.c.episode_id, table.c.day)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        groups = groupby(rows, key=lambda row: (row.episode_id, row.title or ""))
        return [(identity, title, [_episode_day(row) for row in theirs]) for (identity, title), theirs in groups]

    async def most_listened(self, owner_id: str, since: date, until: date, limit: int) -> list[MostListened]:
        """The episodes that were listened to longest within these days, of those that there still are."""
        table = listening_day_episode
        ms = func.sum(table.c.listened_ms)
        query = (
            select(episode.c.id, episode.c.title, ms, func.sum(table.c.plays))
            .join(episode, episode.c.id == table.c.episode_id)
            .where(table.c.owner_id == owner_id, episode.c.owner_id == owner_id, table.c.day.between(since, until))
            .group_by(episode.c.id, episode.c.title)
            .order_by(ms.desc(), episode.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [
                MostListened(identity, title, int(listened), int(plays))
                for identity, title, listened, plays in await connection.execute(query)
            ]

    async def zone(self, owner_id: str) -> str | None:
        """Where the listener was when they last listened."""
        query = (
            select(play_interval.c.zone)
            .where(play_interval.c.owner_id == owner_id)
            .order_by(play_interval.c.start_ms.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            zone: str | None = await connection.scalar(query)
        return zone

    async def picked_up(self, owner_id: str, episode_ids: Sequence[str]) -> Mapping[str, PickedUp]:
        """How far the listener is in each of these episodes, of those that they heard any of."""
        table = listening_progress
        query = select(table).where(table.c.owner_id == owner_id, table.c.episode_id.in_(episode_ids))
        async with self._database.read() as connection:
            return {row.episode_id: _picked_up(row) for row in await connection.execute(query)}

    async def unfinished(self, owner_id: str, limit: int) -> Sequence[str]:
        """The episodes that the listener began and has not finished, the last played first."""
        table = listening_progress
        query = (
            select(table.c.episode_id)
            .where(table.c.owner_id == owner_id, table.c.played_at_ms.is_not(None), ~table.c.finished)
            .where(table.c.heard_share < 0.95)
            .order_by(table.c.played_at_ms.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return list((await connection.scalars(query)).all())

    async def intervals(self, owner_id: str, after: str, limit: int) -> list[Played]:
        """What was sent, by ids, from behind `after`: a page of it."""
        columns = tuple(play_interval.c[name] for name in Played.__dataclass_fields__)
        query = (
            select(*columns)
            .where(play_interval.c.owner_id == owner_id, play_interval.c.event_id > after)
            .order_by(play_interval.c.event_id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Played(*row) for row in await connection.execute(query)]


def _episode_day(row: Row[Any]) -> EpisodeDay:
    share = min(1.0, row.heard_ms / row.duration_ms) if row.duration_ms else None
    return EpisodeDay(row.day, row.listened_ms, row.speed, row.sessions, share, plays=row.plays, stops=tuple(row.stops))


def _picked_up(row: Row[Any]) -> PickedUp:
    return PickedUp(
        position_ms=row.position_ms,
        share=row.heard_share,
        finished=row.finished,
        played_at_ms=row.played_at_ms,
        plays=row.plays,
    )
