"""Browsers that are told by Web Push."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from narrowcast.errors import ConflictError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.tables import push_subscription

MAX_BROWSERS = 20
"""Of one owner; the one that was added first gives way."""


@dataclass(frozen=True)
class PushedBrowser:
    """A browser that is told; `used_at` is when something last reached it. Its keys are not here."""

    id: str
    user_agent: str
    created_at: datetime
    used_at: datetime | None


class Browsers:
    """The subscriptions of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, owner_id: str, *, endpoint: str, public_key: bytes, auth_secret: bytes, user_agent: str, now: datetime
    ) -> PushedBrowser:
        """Add one, or take down its keys anew. Whoever signed in at it last is told, and nobody else.

        Raises `ConflictError` where the address is another owner's and the secret is not the browser's.
        """
        keys = {"public_key": public_key, "auth_secret": auth_secret, "user_agent": user_agent}
        table = push_subscription
        async with self._database.write() as connection:
            found = (await connection.execute(select(table).where(table.c.endpoint == endpoint))).first()
            if found and found.owner_id != owner_id:
                if found.auth_secret != auth_secret:
                    raise ConflictError("This browser is subscribed already.", hint="Subscribe it anew.")
                await connection.execute(delete(table).where(table.c.id == found.id))
                found = None
            if found:
                changed = update(table).where(table.c.id == found.id).values(**keys).returning(table)
                return _browser((await connection.execute(changed)).one())
            values = {**keys, "id": str(uuid.uuid4()), "owner_id": owner_id, "endpoint": endpoint, "created_at": now}
            old = (
                select(table.c.id)
                .where(table.c.owner_id == owner_id)
                .order_by(table.c.created_at.desc(), table.c.id)
                .offset(MAX_BROWSERS - 1)
            )
            for identity in (await connection.scalars(old)).all():
                await connection.execute(delete(table).where(table.c.id == identity))
            return _browser((await connection.execute(insert(table).values(**values).returning(table))).one())

    async def all(self, owner_id: str) -> list[PushedBrowser]:
        """The owner's, newest first."""
        table = push_subscription
        query = select(table).where(table.c.owner_id == owner_id).order_by(table.c.created_at.desc(), table.c.id)
        async with self._database.read() as connection:
            return [_browser(row) for row in await connection.execute(query)]

    async def get(self, owner_id: str, identity: str) -> PushedBrowser:
        """One of the owner's. Raises `NotFoundError`."""
        table = push_subscription
        query = select(table).where(table.c.owner_id == owner_id, table.c.id == identity)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise _no_such()
        return _browser(row)

    async def delete(self, owner_id: str, identity: str) -> None:
        """Tell it nothing any more. Raises `NotFoundError`."""
        table = push_subscription
        gone = delete(table).where(table.c.owner_id == owner_id, table.c.id == identity).returning(table.c.id)
        async with self._database.write() as connection:
            if (await connection.execute(gone)).first() is None:
                raise _no_such()


def _no_such() -> NotFoundError:
    return NotFoundError("There is no such browser.")


def _browser(row: Row[Any]) -> PushedBrowser:
    return PushedBrowser(id=row.id, user_agent=row.user_agent, created_at=row.created_at, used_at=row.used_at)
