"""How often an episode was downloaded by podcast apps: bytes of one app within 24 hours, summed until they count."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, update

from narrowcast.store.database import Database
from narrowcast.store.staying import owner_stays
from narrowcast.store.tables import download, episode

WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class Fetched:
    """Bytes of an episode that one app got. `listeners` are its hashes by today's salt and by yesterday's.

    From `enough` bytes on it is a download.
    """

    owner_id: str
    episode_id: str
    listeners: tuple[str, str]
    app: str
    sent_bytes: int
    enough: int


@dataclass(frozen=True)
class EpisodeDownloads:
    """The downloads of an episode: all, by day (UTC, the first day first), and by app, the most frequent first."""

    total: int
    by_day: Sequence[tuple[date, int]]
    by_app: Sequence[tuple[str, int]]


class Downloads:
    """The downloads of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, fetched: Fetched, now: datetime) -> bool:
        """Add what was sent; whether it became a download by that. Of an episode that is gone nothing is kept."""
        known = (
            select(download)
            .where(download.c.listener.in_(fetched.listeners), download.c.began_at > now - WINDOW)
            .order_by(download.c.began_at.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(known)).first()
        if row and row.counted_at:
            return False
        over = select(download.c.id).where(download.c.listener.is_not(None), download.c.began_at <= now - WINDOW)
        free = over.with_for_update(skip_locked=True)
        async with self._database.write(f"downloads of {fetched.episode_id}") as connection:
            if not await owner_stays(connection, fetched.owner_id):
                return False
            # Who it was is forgotten as soon as it is not needed to tell them apart.
            await connection.execute(update(download).where(download.c.id.in_(free)).values(listener=None))
            row = (await connection.execute(known.with_for_update())).first()
            sent = (row.sent_bytes if row else 0) + fetched.sent_bytes
            counts = sent >= fetched.enough
            if row and row.counted_at:
                return False
            if row:
                values = {"sent_bytes": sent, "counted_at": now if counts else None}
                await connection.execute(update(download).where(download.c.id == row.id).values(**values))
                return counts
            theirs = select(episode.c.id).where(
                episode.c.id == fetched.episode_id, episode.c.owner_id == fetched.owner_id
            )
            if await connection.scalar(theirs.with_for_update(read=True, key_share=True)) is None:
                return False
            await connection.execute(
                insert(download).values(
                    id=str(uuid.uuid4()),
                    owner_id=fetched.owner_id,
                    episode_id=fetched.episode_id,
                    listener=fetched.listeners[0],
                    app=fetched.app,
                    sent_bytes=sent,
                    began_at=now,
                    counted_at=now if counts else None,
                )
            )
            return counts

    async def of_episode(self, owner_id: str, episode_id: str) -> EpisodeDownloads:
        """How often one of the owner's episodes was downloaded; never where it is somebody else's."""
        mine = (download.c.owner_id == owner_id) & (download.c.episode_id == episode_id)
        counted = mine & download.c.counted_at.is_not(None)
        day = func.date(download.c.counted_at)
        days = select(day, func.count()).where(counted).group_by(day).order_by(day)
        app = download.c.app
        apps = select(app, func.count()).where(counted).group_by(app).order_by(func.count().desc(), app)
        async with self._database.read() as connection:
            by_day = [(date.fromisoformat(str(at)), int(count)) for at, count in await connection.execute(days)]
            by_app = [(str(name), int(count)) for name, count in await connection.execute(apps)]
        return EpisodeDownloads(sum(count for _, count in by_day), by_day, by_app)
