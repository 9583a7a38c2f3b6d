"""People's own episode and speaker profiles."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ChangedError, ConflictError, LimitError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.tables import profile

MOST = 1_000
"""Profiles of one kind that a person may have."""


@dataclass(frozen=True)
class Profile:
    """A person's own profile: `body` is as it was given, and may be one that this version cannot use.

    `version` grows with every change.
    """

    id: str
    kind: str
    name: str
    body: Mapping[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


class Profiles:
    """The own profiles of one store's users, by kind (`episode`, `speaker`). Raises `OutputError` when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, owner_id: str, kind: str) -> Sequence[Profile]:
        """The owner's, in the order of their names."""
        query = select(profile).where(_of(owner_id, kind)).order_by(profile.c.name)
        async with self._database.read() as connection:
            return [_record(row) for row in await connection.execute(query)]

    async def find(self, owner_id: str, kind: str, name_or_id: str) -> Profile | None:
        """The owner's profile with that id, else the one of that name."""
        async with self._database.read() as connection:
            return await _find(connection, owner_id, kind, name_or_id)

    async def add(self, owner_id: str, kind: str, name: str, body: Mapping[str, Any]) -> Profile:
        """Keep a new one. Raises `ConflictError` where there is one of that name, `LimitError` for too many."""
        async with self._database.write() as connection:
            await _check_name(connection, owner_id, kind, name)
            if int(await connection.scalar(select(func.count()).where(_of(owner_id, kind))) or 0) >= MOST:
                raise LimitError(f"You have {MOST:,} {kind} profiles, the most there may be.", hint="Delete some.")
            now = datetime.now(UTC)
            values = {
                "id": str(uuid.uuid4()),
                "owner_id": owner_id,
                "kind": kind,
                "name": name,
                "body": dict(body),
                "created_at": now,
                "updated_at": now,
            }
            return _record((await connection.execute(insert(profile).values(**values).returning(profile))).one())

    async def change(
        self, owner_id: str, kind: str, identity: str, name: str, body: Mapping[str, Any], *, version: int | None
    ) -> Profile:
        """Put another body and name in its place; `version` is the one that it was thought to have, if any.

        Raises `NotFoundError`, `ChangedError` for another version, `ConflictError` for a name that is taken.
        """
        async with self._database.write() as connection:
            await _check_version(connection, owner_id, kind, identity, version)
            await _check_name(connection, owner_id, kind, name, but=identity)
            statement = (
                update(profile)
                .where(_of(owner_id, kind), profile.c.id == identity)
                .values(name=name, body=dict(body), version=profile.c.version + 1, updated_at=datetime.now(UTC))
                .returning(profile)
            )
            return _record((await connection.execute(statement)).one())

    async def delete(self, owner_id: str, kind: str, identity: str, *, version: int | None) -> None:
        """Remove it. Raises `NotFoundError`, `ChangedError` for another version."""
        async with self._database.write() as connection:
            await _check_version(connection, owner_id, kind, identity, version)
            await connection.execute(delete(profile).where(_of(owner_id, kind), profile.c.id == identity))


async def _find(connection: AsyncConnection, owner_id: str, kind: str, name_or_id: str) -> Profile | None:
    either = or_(profile.c.id == name_or_id, profile.c.name == name_or_id)
    rows = (await connection.execute(select(profile).where(_of(owner_id, kind), either))).all()
    # A person may have called another profile by this one's id.
    found = sorted((_record(row) for row in rows), key=lambda record: record.id != name_or_id)
    return found[0] if found else None


async def _check_name(
    connection: AsyncConnection, owner_id: str, kind: str, name: str, *, but: str | None = None
) -> None:
    query = select(profile.c.id).where(_of(owner_id, kind), profile.c.name == name)
    if await connection.scalar(query) not in {None, but}:
        raise ConflictError(f"You have a profile {name!r} already.", hint="Change that one, or choose another name.")


async def _check_version(
    connection: AsyncConnection, owner_id: str, kind: str, identity: str, version: int | None
) -> None:
    query = select(profile.c.version).where(_of(owner_id, kind), profile.c.id == identity)
    found = await connection.scalar(query)
    if found is None:
        raise NotFoundError(f"There is no such {kind} profile.")
    if version not in {None, found}:
        raise ChangedError("The profile was changed meanwhile.", hint="Read it again, then make your change.")


def _of(owner_id: str, kind: str) -> ColumnElement[bool]:
    return (profile.c.owner_id == owner_id) & (profile.c.kind == kind)


def _record(row: Row[Any]) -> Profile:
    return Profile(
        id=row.id,
        kind=row.kind,
        name=row.name,
        body=row.body,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
