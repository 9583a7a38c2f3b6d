"""Webhooks: the addresses that programs of their owner are told at."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from narrowcast.errors import ConflictError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.tables import webhook
from narrowcast.store.telling.deliveries import abandon

MAX_WEBHOOKS = 20
"""Of one owner."""
BOTH_SIGN = timedelta(hours=24)
"""How long the secret before a change still signs beside the new one."""


@dataclass(frozen=True)
class Webhook:
    """An address that is told of `events`. `failures` counts those in a row; the secret is not here."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    active: bool
    failures: int
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime


class Webhooks:
    """The webhooks of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        owner_id: str,
        *,
        url: str,
        description: str,
        events: Collection[str],
        sealed_secret: bytes,
        now: datetime,
    ) -> Webhook:
        """Add one. Raises `ConflictError` when its owner has as many as may be."""
        values = {
            "id": str(uuid.uuid4()),
            "owner_id": owner_id,
            "url": url,
            "description": description,
            "events": list(events),
            "sealed_secret": sealed_secret,
            "active": True,
            "created_at": now,
            "updated_at": now,
        }
        async with self._database.write() as connection:
            count = await connection.scalar(select(func.count()).where(webhook.c.owner_id == owner_id))
            if (count or 0) >= MAX_WEBHOOKS:
                raise ConflictError(f"There are {MAX_WEBHOOKS} webhooks already.", hint="Delete one that is not used.")
            return _webhook((await connection.execute(insert(webhook).values(**values).returning(webhook))).one())

    async def get(self, owner_id: str, identity: str) -> Webhook:
        """One of the owner's. Raises `NotFoundError`."""
        query = select(webhook).where(webhook.c.owner_id == owner_id, webhook.c.id == identity)
        async with self._database.read() as connection:
            return _found((await connection.execute(query)).first())

    async def newest(self, owner_id: str, after: Place | None, limit: int) -> list[Webhook]:
        """The owner's, newest first."""
        query = newest_first(
            select(webhook).where(webhook.c.owner_id == owner_id), webhook.c.created_at, webhook.c.id, after, limit
        )
        async with self._database.read() as connection:
            return [_webhook(row) for row in await connection.execute(query)]

    async def change(
        self,
        owner_id: str,
        identity: str,
        *,
        now: datetime,
        url: str | None = None,
        description: str | None = None,
        events: Collection[str] | None = None,
        active: bool | None = None,
    ) -> Webhook:
        """Change what is given. Switched on it begins anew; off, what is on its way ends. Raises `NotFoundError`."""
        values: dict[str, Any] = {"updated_at": now}
        values |= {"url": url} if url is not None else {}
        values |= {"description": description} if description is not None else {}
        values |= {"events": list(events)} if events is not None else {}
        if active is not None:
            values |= {"active": active, "failures": 0, "failing_since": None, "disabled_reason": None}
        changed = (
            update(webhook)
            .where(webhook.c.owner_id == owner_id, webhook.c.id == identity)
            .values(**values)
            .returning(webhook)
        )
        async with self._database.write() as connection:
            found = _found((await connection.execute(changed)).first())
            if active is False:
                await abandon(connection, identity, now)
        return found

    async def change_secret(self, owner_id: str, identity: str, sealed_secret: bytes, now: datetime) -> Webhook:
        """Sign with another secret, for `BOTH_SIGN` with the one before too. Raises `NotFoundError`."""
        changed = (
            update(webhook)
            .where(webhook.c.owner_id == owner_id, webhook.c.id == identity)
            .values(
                sealed_previous=webhook.c.sealed_secret,
                sealed_secret=sealed_secret,
                previous_until=now + BOTH_SIGN,
                updated_at=now,
            )
            .returning(webhook)
        )
        async with self._database.write() as connection:
            return _found((await connection.execute(changed)).first())

    async def delete(self, owner_id: str, identity: str) -> None:
        """Remove it and its log. Raises `NotFoundError`."""
        gone = delete(webhook).where(webhook.c.owner_id == owner_id, webhook.c.id == identity).returning(webhook.c.id)
        async with self._database.write() as connection:
            if (await connection.execute(gone)).first() is None:
                raise _no_such()


def _no_such() -> NotFoundError:
    return NotFoundError("There is no such webhook.")


def _found(row: Row[Any] | None) -> Webhook:
    if row is None:
        raise _no_such()
    return _webhook(row)


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        description=row.description,
        events=tuple(row.events),
        active=row.active,
        failures=row.failures,
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
