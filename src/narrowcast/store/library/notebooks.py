"""Notebooks: sets of sources."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.tables import episode, notebook, notebook_source, source


@dataclass(frozen=True)
class Notebook:
    """A set of sources: how many it holds, and how many episodes were made from it."""

    id: str
    name: str
    description: str
    sources: int
    episodes: int
    created_at: datetime
    updated_at: datetime


class Notebooks:
    """The notebooks of one store's users. Every method raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(
        self, owner_id: str, after: Place | None, limit: int, *, source_id: str | None = None
    ) -> Sequence[Notebook]:
        """The owner's, newest first; or those that hold one source."""
        wanted = _of(owner_id)
        if source_id is not None:
            holding = select(notebook_source.c.notebook_id).where(notebook_source.c.source_id == source_id)
            wanted = wanted.where(notebook.c.id.in_(holding))
        query = newest_first(wanted, notebook.c.created_at, notebook.c.id, after, limit)
        async with self._database.read() as connection:
            return [_record(row) for row in await connection.execute(query)]

    async def add(self, owner_id: str, name: str, description: str) -> Notebook:
        """A new one, empty."""
        identity, now = str(uuid.uuid4()), datetime.now(UTC)
        values = {"id": identity, "owner_id": owner_id, "name": name, "description": description}
        async with self._database.write() as connection:
            await connection.execute(insert(notebook).values(**values, created_at=now, updated_at=now))
            return await _one(connection, owner_id, identity)

    async def get(self, owner_id: str, identity: str) -> Notebook:
        """That notebook. Raises `NotFoundError`."""
        async with self._database.read() as connection:
            return await _one(connection, owner_id, identity)

    async def find(self, owner_id: str, identity: str) -> Notebook | None:
        """That notebook, if it is one of the owner's."""
        async with self._database.read() as connection:
            row = (await connection.execute(_of(owner_id).where(notebook.c.id == identity))).first()
        return _record(row) if row else None

    async def change(self, owner_id: str, identity: str, name: str | None, description: str | None) -> Notebook:
        """Change what is not none. Raises `NotFoundError`."""
        values = {"name": name, "description": description}
        statement = (
            update(notebook)
            .where(_mine(owner_id, identity))
            .values(
                **{column: value for column, value in values.items() if value is not None}, updated_at=datetime.now(UTC)
            )
        )
        async with self._database.write() as connection:
            await connection.execute(statement)
            return await _one(connection, owner_id, identity)

    async def delete(self, owner_id: str, identity: str) -> None:
        """Remove it; its sources stay. Raises `NotFoundError`."""
        async with self._database.write() as connection:
            await check_notebook(connection, owner_id, identity)
            await connection.execute(delete(notebook).where(_mine(owner_id, identity)))

    async def put_in(self, owner_id: str, identity: str, source_id: str) -> None:
        """Add a source; it may be in there. Raises `NotFoundError`."""
        async with self._database.write() as connection:
            mine = select(source.c.id).where(source.c.owner_id == owner_id, source.c.id == source_id)
            if await connection.scalar(mine) is None:
                raise NotFoundError("There is no such source.")
            await put_in(connection, owner_id, identity, source_id)

    async def take_out(self, owner_id: str, identity: str, source_id: str) -> None:
        """Take a source out of it; the source stays. Raises `NotFoundError` where it is not in there."""
        async with self._database.write() as connection:
            await check_notebook(connection, owner_id, identity)
            statement = delete(notebook_source).where(
                notebook_source.c.notebook_id == identity, notebook_source.c.source_id == source_id
            )
            if (await connection.execute(statement)).rowcount == 0:
                raise NotFoundError("There is no such source in this notebook.")
            await _touch(connection, identity)


async def put_in(connection: AsyncConnection, owner_id: str, identity: str, source_id: str) -> None:
    """As `Notebooks.put_in`, of a source that is the owner's, in a transaction that does more."""
    await check_notebook(connection, owner_id, identity)
    inside = select(notebook_source.c.source_id).where(
        notebook_source.c.notebook_id == identity, notebook_source.c.source_id == source_id
    )
    if await connection.scalar(inside) is None:
        values = {"notebook_id": identity, "source_id": source_id, "added_at": datetime.now(UTC)}
        await connection.execute(insert(notebook_source).values(**values))
        await _touch(connection, identity)


async def check_notebook(connection: AsyncConnection, owner_id: str, identity: str) -> None:
    """Raise `NotFoundError` unless it is one of the owner's."""
    if await connection.scalar(select(notebook.c.id).where(_mine(owner_id, identity))) is None:
        raise NotFoundError("There is no such notebook.")


async def _touch(connection: AsyncConnection, identity: str) -> None:
    await connection.execute(update(notebook).where(notebook.c.id == identity).values(updated_at=datetime.now(UTC)))


async def _one(connection: AsyncConnection, owner_id: str, identity: str) -> Notebook:
    row = (await connection.execute(_of(owner_id).where(notebook.c.id == identity))).first()
    if row is None:
        raise NotFoundError("There is no such notebook.")
    return _record(row)


def _mine(owner_id: str, identity: str) -> ColumnElement[bool]:
    return (notebook.c.owner_id == owner_id) & (notebook.c.id == identity)


def _of(owner_id: str) -> Select[Any]:
    held = select(func.count()).where(notebook_source.c.notebook_id == notebook.c.id).scalar_subquery()
    made = select(func.count()).where(episode.c.notebook_id == notebook.c.id).scalar_subquery()
    return select(notebook, held.label("held"), made.label("made")).where(notebook.c.owner_id == owner_id)


def _record(row: Row[Any]) -> Notebook:
    return Notebook(
        id=row.id,
        name=row.name,
        description=row.description,
        sources=int(row.held),
        episodes=int(row.made),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
