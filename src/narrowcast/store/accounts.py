"""Users and their API tokens."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select

from narrowcast.store.database import Database
from narrowcast.store.tables import account, token


@dataclass(frozen=True)
class User:
    """Someone who may sign in. `monthly_budget_usd` none: that of the tier."""

    id: str
    email: str
    name: str
    role: str
    tier: str
    active: bool
    created_at: datetime
    monthly_budget_usd: float | None = None
    has_password: bool = False


class Accounts:
    """The users of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, email: str, name: str, role: str, tier: str, password_hash: str | None = None) -> User:
        """Add a user; `email` is kept in lower case."""
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "email": email.lower(),
            "name": name,
            "role": role,
            "tier": tier,
            "password_hash": password_hash,
            "active": True,
            "preferences": {},
            "created_at": now,
            "updated_at": now,
        }
        async with self._database.write() as connection:
            row = (await connection.execute(insert(account).values(**values).returning(account))).one()
        return _user(row)

    async def get(self, identity: str) -> User | None:
        """The user with that id."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(account).where(account.c.id == identity))).first()
        return _user(row) if row else None

    async def add_token(
        self, owner_id: str, *, name: str, secret_hash: str, scopes: Collection[str], expires_at: datetime | None = None
    ) -> str:
        """Keep a token's hash; the token's id."""
        identity = str(uuid.uuid4())
        values = {
            "id": identity,
            "owner_id": owner_id,
            "name": name,
            "secret_hash": secret_hash,
            "scopes": list(scopes),
            "created_at": datetime.now(UTC),
            "expires_at": expires_at,
        }
        async with self._database.write() as connection:
            await connection.execute(insert(token).values(**values))
        return identity

    async def by_token(self, secret_hash: str) -> tuple[User, list[str]] | None:
        """The active user whose valid token has that hash, and the token's scopes."""
        query = (
            select(account, token.c.scopes)
            .join(token, token.c.owner_id == account.c.id)
            .where(
                token.c.secret_hash == secret_hash,
                token.c.revoked_at.is_(None),
                or_(token.c.expires_at.is_(None), token.c.expires_at > datetime.now(UTC)),
                account.c.active,
            )
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return (_user(row), row.scopes) if row else None


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        tier=row.tier,
        active=row.active,
        created_at=row.created_at,
        monthly_budget_usd=row.monthly_budget_usd,
        has_password=row.password_hash is not None,
    )
