"""The inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, text, update

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.tables import message

KEPT = timedelta(days=180)
_IS_UNREAD = text("message.read_at is null")  # as in the partial index


@dataclass(frozen=True)
class Message:
    """What somebody was told. `kind` is the event; `read_at` none: not read yet."""

    id: str
    kind: str
    title: str
    body: str
    job_id: str | None
    episode_id: str | None
    created_at: datetime
    read_at: datetime | None


class Messages:
    """The inboxes of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(
        self, owner_id: str, after: Place | None, limit: int, *, unread_only: bool = False
    ) -> list[Message]:
        """The owner's, newest first."""
        query = select(message).where(message.c.owner_id == owner_id)
        if unread_only:
            query = query.where(_IS_UNREAD)
        query = newest_first(query, message.c.created_at, message.c.id, after, limit)
        async with self._database.read() as connection:
            return [_message(row) for row in await connection.execute(query)]

    async def unread(self, owner_id: str) -> int:
        """How many are not read."""
        query = select(func.count()).select_from(message).where(message.c.owner_id == owner_id, _IS_UNREAD)
        async with self._database.read() as connection:
            return int(await connection.scalar(query) or 0)

    async def read(self, owner_id: str, identity: str, now: datetime) -> Message:
        """Mark one as read; it keeps when it was first. Raises `NotFoundError`."""
        marked = (
            update(message)
            .where(message.c.owner_id == owner_id, message.c.id == identity)
            .values(read_at=func.coalesce(message.c.read_at, now))
            .returning(message)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(marked)).first()
        if row is None:
            raise _no_such()
        return _message(row)

    async def read_all(self, owner_id: str, now: datetime) -> int:
        """Mark all as read; how many were not."""
        marked = update(message).where(message.c.owner_id == owner_id, _IS_UNREAD).values(read_at=now)
        async with self._database.write() as connection:
            return (await connection.execute(marked)).rowcount

    async def delete(self, owner_id: str, identity: str) -> None:
        """Remove one. Raises `NotFoundError`."""
        gone = delete(message).where(message.c.owner_id == owner_id, message.c.id == identity).returning(message.c.id)
        async with self._database.write() as connection:
            if (await connection.execute(gone)).first() is None:
                raise _no_such()

    async def prune(self, now: datetime) -> None:
        """Forget what was told long ago."""
        async with self._database.write() as connection:
            await connection.execute(delete(message).where(message.c.created_at < now - KEPT))


def _no_such() -> NotFoundError:
    return NotFoundError("There is no such message.")


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        kind=row.kind,
        title=row.title,
        body=row.body,
        job_id=row.job_id,
        episode_id=row.episode_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )
