"""What users prefer, by name; each name's values belong to whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.tables import account


class Preferences:
    """The preferences of one store's users. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner_id: str) -> Mapping[str, Any]:
        """A user's. Raises `NotFoundError`."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(account.c.preferences).where(account.c.id == owner_id))).first()
        if row is None:
            raise NotFoundError("There is no such user.")
        return dict(row.preferences)

    async def set(self, owner_id: str, name: str, value: object, now: datetime) -> None:
        """Set one, and leave the others. Raises `NotFoundError`."""
        query = select(account.c.preferences).where(account.c.id == owner_id).with_for_update()
        async with self._database.write() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                raise NotFoundError("There is no such user.")
            await connection.execute(
                update(account)
                .where(account.c.id == owner_id)
                .values(preferences={**row.preferences, name: value}, updated_at=now)
            )
