"""Bookmarks: moments of episodes that their owners want to find again, with a note."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NotFoundError, TooLargeError
from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.tables import bookmark, episode

MOST = 10_000
"""Of one owner."""
MOST_OF_EPISODE = 500


@dataclass(frozen=True)
class Mark:
    """A moment: `offset_ms` into the turn `turn_id` where that is known, and where it was when it was marked."""

    turn_id: str | None
    offset_ms: int
    position_ms: int


@dataclass(frozen=True)
class Bookmark(Mark):
    """A mark that is kept."""

    id: str
    episode_id: str
    note: str
    created_at: datetime
    updated_at: datetime


class Bookmarks:
    """The bookmarks of one store's users; others' are not there. Raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_episode(self, owner_id: str, episode_id: str) -> Sequence[Bookmark]:
        """All of one of the owner's episodes, the oldest first. Raises `NotFoundError` where it is not theirs."""
        query = select(bookmark).where(bookmark.c.owner_id == owner_id, bookmark.c.episode_id == episode_id)
        async with self._database.read() as connection:
            await _check(connection, owner_id, episode_id)
            rows = await connection.execute(query.order_by(bookmark.c.created_at, bookmark.c.id))
            return [_record(row) for row in rows]

    async def all(self, owner_id: str, after: Place | None, limit: int) -> Sequence[tuple[Bookmark, str]]:
        """All of the owner's, newest first, each with its episode's title."""
        query = (
            select(bookmark, episode.c.title)
            .join(episode, episode.c.id == bookmark.c.episode_id)
            .where(bookmark.c.owner_id == owner_id, episode.c.owner_id == owner_id)
        )
        query = newest_first(query, bookmark.c.created_at, bookmark.c.id, after, limit)
        async with self._database.read() as connection:
            return [(_record(row), row.title) for row in await connection.execute(query)]

    async def add(self, owner_id: str, episode_id: str, mark: Mark, note: str) -> Bookmark:
        """A new one. Raises `NotFoundError`, and `TooLargeError` where there are too many."""
        now = datetime.now(UTC)
        values = {
            "id": str(uuid.uuid4()),
            "owner_id": owner_id,
            "episode_id": episode_id,
            "note": note,
            "created_at": now,
            "updated_at": now,
            **_of(mark),
        }
        async with self._database.write() as connection:
            await _check(connection, owner_id, episode_id)
            mine = select(func.count()).select_from(bookmark).where(bookmark.c.owner_id == owner_id)
            if int(await connection.scalar(mine.where(bookmark.c.episode_id == episode_id)) or 0) >= MOST_OF_EPISODE:
                raise TooLargeError(
                    f"This episode has {MOST_OF_EPISODE} bookmarks.", hint="Delete some that you need no more."
                )
            if int(await connection.scalar(mine) or 0) >= MOST:
                raise TooLargeError(f"You have {MOST} bookmarks.", hint="Delete some that you need no more.")
            row = (await connection.execute(insert(bookmark).values(**values).returning(bookmark))).one()
        return _record(row)

    async def change(
        self, owner_id: str, episode_id: str, identity: str, *, note: str | None = None, mark: Mark | None = None
    ) -> Bookmark:
        """Change what is given. Raises `NotFoundError`."""
        values: dict[str, Any] = {"updated_at": datetime.now(UTC)}
        values |= {"note": note} if note is not None else {}
        values |= _of(mark) if mark else {}
        statement = update(bookmark).where(*_mine(owner_id, episode_id, identity)).values(**values).returning(bookmark)
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).first()
        if row is None:
            raise _none()
        return _record(row)

    async def delete(self, owner_id: str, episode_id: str, identity: str) -> None:
        """Remove one. Raises `NotFoundError`."""
        async with self._database.write() as connection:
            statement = delete(bookmark).where(*_mine(owner_id, episode_id, identity))
            if (await connection.execute(statement)).rowcount == 0:
                raise _none()


def _mine(owner_id: str, episode_id: str, identity: str) -> tuple[Any, ...]:
    return (bookmark.c.owner_id == owner_id, bookmark.c.episode_id == episode_id, bookmark.c.id == identity)


async def _check(connection: AsyncConnection, owner_id: str, episode_id: str) -> None:
    query = select(episode.c.id).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
    if await connection.scalar(query) is None:
        raise NotFoundError("There is no such episode.")


def _none() -> NotFoundError:
    return NotFoundError("There is no such bookmark.")


def _of(mark: Mark) -> dict[str, Any]:
    return {"turn_id": mark.turn_id, "offset_ms": mark.offset_ms, "position_ms": mark.position_ms}


def _record(row: Row[Any]) -> Bookmark:
    return Bookmark(
        turn_id=row.turn_id,
        offset_ms=row.offset_ms,
        position_ms=row.position_ms,
        id=row.id,
        episode_id=row.episode_id,
        note=row.note,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
