"""What was heard: intervals taken in, with all that follows of them, in one transaction; and an episode's progress."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.listening.records import DayHeard, EpisodeHeard, Listened, Played, Progress
from narrowcast.store.staying import owner_stays
from narrowcast.store.tables import (
    episode,
    listening_day,
    listening_day_episode,
    listening_progress,
    play_interval,
    revision,
)

BEING_MADE = ("queued", "generating")
_PLAYED = tuple(play_interval.c[name] for name in Played.__dataclass_fields__)
_PROGRESS = tuple(listening_progress.c[name] for name in Progress.__dataclass_fields__)


class Ledger:
    """One transaction on what a listener heard of an episode: nothing of it stands unless all of it does."""

    def __init__(self, connection: AsyncConnection, owner_id: str, episode_id: str) -> None:
        self._connection = connection
        self._owner_id = owner_id
        self._episode_id = episode_id

    async def listened(self) -> Listened:
        """The episode as it is now. Raises `NotFoundError`."""
        return await _listened(self._connection, self._owner_id, self._episode_id, stays=True)

    async def known(self, event_ids: Collection[str]) -> set[str]:
        """Which of these intervals came before, of whatever episode."""
        query = select(play_interval.c.event_id).where(
            play_interval.c.owner_id == self._owner_id, play_interval.c.event_id.in_(event_ids)
        )
        return set((await self._connection.scalars(query)).all())

    async def add(self, played: Sequence[Played], at: datetime) -> None:
        """Write intervals that are not known."""
        rows = [{**asdict(one), "owner_id": self._owner_id, "received_at": at} for one in played]
        if rows:
            await self._connection.execute(insert(play_interval), rows)

    async def progress(self) -> Progress | None:
        """How far the listener is; none before they heard any of it."""
        return await _progress(self._connection, self._owner_id, self._episode_id)

    async def keep(self, progress: Progress) -> None:
        """Write how far they are, and how many plays their days make."""
        mine = listening_progress.c.owner_id == self._owner_id
        this = mine & (listening_progress.c.episode_id == self._episode_id)
        plays = select(func.coalesce(func.sum(listening_day_episode.c.plays), 0)).where(
            listening_day_episode.c.owner_id == self._owner_id,
            listening_day_episode.c.episode_id == self._episode_id,
        )
        values = {**asdict(progress), "plays": int(await self._connection.scalar(plays) or 0)}
        changed = await self._connection.execute(
            update(listening_progress).where(this).values(**values).returning(listening_progress.c.revision)
        )
        if changed.first() is None:
            keys = {"owner_id": self._owner_id, "episode_id": self._episode_id}
            await self._connection.execute(insert(listening_progress).values(**keys, **values))

    async def intervals_of(self, days: Collection[date]) -> list[Played]:
        """Every interval of the listener's, of any episode, that may reach into these days."""
        if not days:
            return []
        wanted = {day - timedelta(days=back) for day in days for back in (0, 1)}
        query = select(*_PLAYED).where(play_interval.c.owner_id == self._owner_id, play_interval.c.day.in_(wanted))
        return [Played(*row) for row in await self._connection.execute(query)]

    async def put_day(self, day: DayHeard, episodes: Sequence[EpisodeHeard]) -> None:
        """Write a day anew."""
        for table in (listening_day, listening_day_episode):
            await self._connection.execute(
                delete(table).where(table.c.owner_id == self._owner_id, table.c.day == day.day)
            )
        await self._connection.execute(insert(listening_day).values(owner_id=self._owner_id, **asdict(day)))
        rows = [
            {**asdict(one), "stops": list(one.stops), "owner_id": self._owner_id, "day": day.day} for one in episodes
        ]
        await self._connection.execute(insert(listening_day_episode), rows)


class Hearing:
    """What listeners heard. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def ledger(self, owner_id: str, episode_id: str) -> AsyncIterator[Ledger]:
        """A transaction on what a listener heard of one of their episodes."""
        async with self._database.write(f"hearing of {owner_id}") as connection:
            await owner_stays(connection, owner_id)
            yield Ledger(connection, owner_id, episode_id)

    async def listened(self, owner_id: str, episode_id: str) -> tuple[Listened, Progress | None]:
        """One of the owner's episodes, and how far they are in it. Raises `NotFoundError`."""
        async with self._database.read() as connection:
            found = await _listened(connection, owner_id, episode_id)
            return found, await _progress(connection, owner_id, episode_id)

    async def prune(self, before: datetime) -> int:
        """Forget intervals from before then; what they made of days and episodes stays. How many there were."""
        row = tuple_(play_interval.c.owner_id, play_interval.c.event_id)
        old_ones = select(play_interval.c.owner_id, play_interval.c.event_id).where(
            play_interval.c.start_ms < int(before.timestamp() * 1000)
        )
        old = delete(play_interval).where(row.in_(old_ones.with_for_update(skip_locked=True)))
        async with self._database.write(None) as connection:
            return int((await connection.execute(old)).rowcount)


async def _listened(connection: AsyncConnection, owner_id: str, episode_id: str, *, stays: bool = False) -> Listened:
    query = (
        select(
            episode.c.title,
            episode.c.status,
            episode.c.revision,
            episode.c.duration_ms,
            revision.c.number,
            revision.c.duration_ms.label("length_ms"),
            revision.c.files,
        )
        .select_from(episode)
        .outerjoin(revision, revision.c.episode_id == episode.c.id)
        .where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
    )
    if stays:
        query = query.with_for_update(read=True, key_share=True, of=episode)
    rows = (await connection.execute(query)).all()
    if not rows:
        raise NotFoundError("There is no such episode.")
    first = rows[0]
    durations: Mapping[int, int] = {row.number: row.length_ms for row in rows if row.number is not None}
    return Listened(
        episode_id=episode_id,
        title=first.title,
        revision=first.revision,
        duration_ms=durations.get(first.revision),
        being_made=first.status in BEING_MADE,
        durations_ms=durations,
        files={row.number: row.files for row in rows if row.number is not None},
    )


async def _progress(connection: AsyncConnection, owner_id: str, episode_id: str) -> Progress | None:
    query = select(*_PROGRESS).where(
        listening_progress.c.owner_id == owner_id, listening_progress.c.episode_id == episode_id
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    fields = {**row._mapping}  # noqa: SLF001 - SQLAlchemy's public name for it
    pairs = {name: tuple((a, b) for a, b in fields[name]) for name in ("heard", "heat")}
    return Progress(**{**fields, **pairs})
