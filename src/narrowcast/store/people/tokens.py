"""API tokens."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from narrowcast.errors import ConflictError
from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.people.accounts import User, user_of
from narrowcast.store.recent import Recent
from narrowcast.store.tables import account, token

USED_AGAIN_AFTER = timedelta(minutes=1)
"""How exactly the time of the last use is kept: a write for each request would be too dear."""

AT_MOST = 200
"""Tokens of one user that are not revoked."""


@dataclass(frozen=True)
class Token:
    """An API token, without its secret."""

    id: str
    owner_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """The API tokens of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noting: set[str] = set()
        self._bearers: Recent[tuple[User, Token]] = Recent(database)

    async def add(
        self,
        owner_id: str,
        *,
        name: str,
        secret_hash: str,
        scopes: Collection[str],
        expires_at: datetime | None = None,
    ) -> Token:
        """Keep a token's hash. Raises `ConflictError` where the owner has too many that are not revoked."""
        values = {
            "id": str(uuid.uuid4()),
            "owner_id": owner_id,
            "name": name,
            "secret_hash": secret_hash,
            "scopes": sorted(scopes),
            "created_at": datetime.now(UTC),
            "expires_at": expires_at,
        }
        live = select(func.count()).where(token.c.owner_id == owner_id, token.c.revoked_at.is_(None))
        async with self._database.write() as connection:
            if (await connection.scalar(live) or 0) >= AT_MOST:
                raise ConflictError(f"You have {AT_MOST} tokens already.", hint="Revoke those that are not used.")
            return _token((await connection.execute(insert(token).values(**values).returning(token))).one())

    async def bearer(self, secret_hash: str) -> tuple[User, Token] | None:
        """The active user whose valid token has that hash, and the token; its use is noted, once a minute."""
        return await self._bearers(secret_hash, lambda: self._bearer(secret_hash))

    async def _bearer(self, secret_hash: str) -> tuple[User, Token] | None:
        now = datetime.now(UTC)
        query = (
            select(account, *(column.label(f"token_{column.name}") for column in token.c))
            .join(token, token.c.owner_id == account.c.id)
            .where(
                token.c.secret_hash == secret_hash,
                token.c.revoked_at.is_(None),
                or_(token.c.expires_at.is_(None), token.c.expires_at > now),
                account.c.active,
            )
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        found = _token(row, "token_")
        if found.used_at is None or now - found.used_at >= USED_AGAIN_AFTER:
            await self._note_use(found.id, now)
        return user_of(row), found

    async def _note_use(self, identity: str, now: datetime) -> None:
        if identity in self._noting:
            return  # of a thousand requests at once, one writes
        self._noting.add(identity)
        try:
            async with self._database.write(None) as connection:
                await connection.execute(update(token).where(token.c.id == identity).values(used_at=now))
        finally:
            self._noting.discard(identity)

    async def get(self, owner_id: str, identity: str) -> Token | None:
        """A token of the owner's."""
        query = select(token).where(token.c.owner_id == owner_id, token.c.id == identity)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return _token(row) if row else None

    async def page(self, owner_id: str, after: Place | None, limit: int) -> list[Token]:
        """The owner's tokens, newest first, revoked ones too."""
        query = newest_first(
            select(token).where(token.c.owner_id == owner_id), token.c.created_at, token.c.id, after, limit
        )
        async with self._database.read() as connection:
            return [_token(row) for row in await connection.execute(query)]

    async def rename(self, owner_id: str, identity: str, name: str) -> Token | None:
        """Give a token of the owner's another name."""
        changed = (
            update(token).where(token.c.owner_id == owner_id, token.c.id == identity).values(name=name).returning(token)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(changed)).first()
        return _token(row) if row else None

    async def revoke(self, owner_id: str, identity: str) -> bool:
        """End a token of the owner's; false where there is none. To revoke one twice is no fault."""
        mine = (token.c.owner_id == owner_id) & (token.c.id == identity)
        async with self._database.write() as connection:
            found = await connection.execute(
                update(token).where(mine).values(revoked_at=func.coalesce(token.c.revoked_at, datetime.now(UTC)))
            )
        return bool(found.rowcount)


def _token(row: Row[Any], prefix: str = "") -> Token:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public way to columns by name
    return Token(
        id=values[f"{prefix}id"],
        owner_id=values[f"{prefix}owner_id"],
        name=values[f"{prefix}name"],
        scopes=tuple(values[f"{prefix}scopes"]),
        created_at=values[f"{prefix}created_at"],
        used_at=values[f"{prefix}used_at"],
        expires_at=values[f"{prefix}expires_at"],
        revoked_at=values[f"{prefix}revoked_at"],
    )
