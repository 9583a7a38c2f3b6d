"""Providers' keys that were entered on a server, sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from narrowcast.store.database import Database
from narrowcast.store.tables import provider_key


@dataclass(frozen=True)
class ProviderKey:
    """What was entered for a provider. `sealed` holds the key; `ending` are its last characters, `verdict` a word."""

    provider: str
    sealed: bytes = field(repr=False)
    ending: str
    base_url: str | None
    verdict: str
    tested_at: datetime | None
    set_by: str | None = None
    updated_at: datetime | None = None


class ProviderKeys:
    """The entered keys of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[ProviderKey]:
        """Every one, by provider."""
        query = select(provider_key).order_by(provider_key.c.provider)
        async with self._database.read() as connection:
            return [_key(row) for row in (await connection.execute(query)).all()]

    async def put(self, key: ProviderKey) -> None:
        """Keep it, in the place of an earlier one."""
        now = datetime.now(UTC)
        values = {
            "sealed": key.sealed,
            "ending": key.ending,
            "base_url": key.base_url,
            "set_by": key.set_by,
            "verdict": key.verdict,
            "tested_at": key.tested_at,
            "updated_at": now,
        }
        mine = provider_key.c.provider == key.provider
        async with self._database.write() as connection:
            if not (await connection.execute(update(provider_key).where(mine).values(**values))).rowcount:
                await connection.execute(insert(provider_key).values(provider=key.provider, created_at=now, **values))

    async def judge(self, key: ProviderKey, verdict: str, tested_at: datetime) -> None:
        """Note what became of trying `key`; if another one was entered meanwhile, that one is left as it is."""
        same = (provider_key.c.provider == key.provider) & (provider_key.c.sealed == key.sealed)
        async with self._database.write() as connection:
            await connection.execute(update(provider_key).where(same).values(verdict=verdict, tested_at=tested_at))

    async def delete(self, provider: str) -> bool:
        """Forget it; whether there was one."""
        async with self._database.write() as connection:
            done = await connection.execute(delete(provider_key).where(provider_key.c.provider == provider))
        return bool(done.rowcount)


def _key(row: Row[Any]) -> ProviderKey:
    return ProviderKey(
        provider=row.provider,
        sealed=row.sealed,
        ending=row.ending,
        base_url=row.base_url,
        verdict=row.verdict,
        tested_at=row.tested_at,
        set_by=row.set_by,
        updated_at=row.updated_at,
    )
