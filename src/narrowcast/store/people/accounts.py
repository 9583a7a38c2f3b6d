"""Users."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ConflictError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.staying import lock_jobs
from narrowcast.store.tables import account, job, session, sign_in_link, token

OWNER = "owner"


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

    async def add(
        self,
        *,
        email: str,
        name: str,
        role: str,
        tier: str,
        password_hash: str | None = None,
        monthly_budget_usd: float | None = None,
    ) -> User:
        """Add a user; `email` is kept in lower case. Raises `ConflictError` where another has it."""
        values = _new(email, name, role, tier, password_hash) | {"monthly_budget_usd": monthly_budget_usd}
        async with self._database.write() as connection:
            await _check_free(connection, email)
            row = (await connection.execute(insert(account).values(**values).returning(account))).one()
        return user_of(row)

    async def ensure_owner(self, *, email: str, name: str, tier: str, password_hash: str | None = None) -> User:
        """The owner who came first, made where there is none. An owner with that very `email` goes before others.

        Any number of processes may ask at once. Raises `ConflictError` where somebody of another role has `email`.
        """
        owners = (
            select(account)
            .where(account.c.role == OWNER)
            .order_by((account.c.email == email.lower()).desc(), account.c.active.desc(), account.c.created_at)
        )
        async with self._database.write() as connection:
            if row := (await connection.execute(owners)).first():
                return user_of(row)
            await _check_free(connection, email)
            values = _new(email, name, OWNER, tier, password_hash)
            return user_of((await connection.execute(insert(account).values(**values).returning(account))).one())

    async def get(self, identity: str) -> User | None:
        """The user with that id."""
        return await self._one(account.c.id == identity)

    async def by_email(self, email: str) -> User | None:
        """The user with that address, in whatever case."""
        return await self._one(account.c.email == email.lower())

    async def to_sign_in(self, email: str) -> tuple[User, str | None] | None:
        """The active user with that address, and the hash of their password."""
        query = select(account).where(account.c.email == email.lower(), account.c.active)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return (user_of(row), row.password_hash) if row else None

    async def password_hash(self, identity: str) -> str | None:
        """The hash of a user's password."""
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(select(account.c.password_hash).where(account.c.id == identity))
        return found

    async def page(self, after: Place | None, limit: int) -> list[User]:
        """Users, newest first."""
        query = newest_first(select(account), account.c.created_at, account.c.id, after, limit)
        async with self._database.read() as connection:
            return [user_of(row) for row in await connection.execute(query)]

    async def change(self, identity: str, changes: Mapping[str, Any]) -> User:
        """Change a user's `email, name, role, tier, active, monthly_budget_usd`; deactivated, they are signed out too.

        Raises `NotFoundError`, and `ConflictError` for an `email` that is taken or for the last active owner's end.
        """
        async with self._database.write() as connection:
            if changes.get("role", OWNER) != OWNER or changes.get("active") is False:
                await _check_other_owner(connection, identity)
            if "email" in changes:
                await _check_free(connection, changes["email"], besides=identity)
            changed = update(account).where(account.c.id == identity).values(**changes, updated_at=datetime.now(UTC))
            row = (await connection.execute(changed.returning(account))).first()
            if row is None:
                raise no_such_user()
            if changes.get("active") is False:
                await _sign_out(connection, identity)
        return user_of(row)

    async def set_password(self, identity: str, password_hash: str, *, keep_session: str | None = None) -> bool:
        """Keep a new password's hash, and sign the user out everywhere but in one session; links end too."""
        values = {"password_hash": password_hash, "updated_at": datetime.now(UTC)}
        async with self._database.write() as connection:
            found = await connection.execute(update(account).where(account.c.id == identity).values(**values))
            await _sign_out(connection, identity, keep_session)
        return bool(found.rowcount)

    async def rehash(self, identity: str, earlier: str, password_hash: str) -> None:
        """Keep the same password's hash by newer parameters, unless it was changed meanwhile."""
        unchanged = (account.c.id == identity) & (account.c.password_hash == earlier)
        async with self._database.write() as connection:
            await connection.execute(update(account).where(unchanged).values(password_hash=password_hash))

    async def check_other_owner(self, identity: str) -> None:
        """Raises `ConflictError` where that user is the last active owner."""
        async with self._database.read() as connection:
            await _check_other_owner(connection, identity)

    async def remove(self, identity: str) -> None:
        """Remove a user, and with them every row of theirs. Raises `NotFoundError`, `ConflictError` (last owner)."""
        async with self._database.write() as connection:
            await _check_other_owner(connection, identity)
            await connection.execute(select(account.c.id).where(account.c.id == identity).with_for_update())
            await lock_jobs(connection, job.c.owner_id == identity)
            if not (await connection.execute(delete(account).where(account.c.id == identity))).rowcount:
                raise no_such_user()

    async def let_in(self, credentials: Collection[str]) -> frozenset[str]:
        """Of these ids of sessions and tokens, those that let an active user in still."""
        now = datetime.now(UTC)
        lasting = token.c.expires_at.is_(None) | (token.c.expires_at > now)
        conditions = (
            (session, session.c.expires_at > now),
            (token, token.c.revoked_at.is_(None) & lasting),
        )
        found: set[str] = set()
        async with self._database.read() as connection:
            for table, valid in conditions:
                query = select(table.c.id).join(account, account.c.id == table.c.owner_id)
                found |= set(
                    await connection.scalars(query.where(table.c.id.in_(credentials), valid, account.c.active))
                )
        return frozenset(found)

    async def owner_can_sign_in(self) -> bool:
        """Whether an active owner has a password, or an API token that is valid."""
        now = datetime.now(UTC)
        valid = token.c.revoked_at.is_(None) & (token.c.expires_at.is_(None) | (token.c.expires_at > now))
        has_token = exists().where(token.c.owner_id == account.c.id, valid)
        query = (
            select(account.c.id)
            .where(account.c.role == OWNER, account.c.active, account.c.password_hash.is_not(None) | has_token)
            .limit(1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) is not None

    async def _one(self, condition: ColumnElement[bool]) -> User | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(account).where(condition))).first()
        return user_of(row) if row else None


def _new(email: str, name: str, role: str, tier: str, password_hash: str | None) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
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


async def _check_free(connection: AsyncConnection, email: str, besides: str = "") -> None:
    query = select(account.c.id).where(account.c.email == email.lower(), account.c.id != besides)
    if await connection.scalar(query) is not None:
        raise ConflictError("There is a user with this e-mail address already.")


async def _check_other_owner(connection: AsyncConnection, identity: str) -> None:
    owners = set(await connection.scalars(select(account.c.id).where(account.c.role == OWNER, account.c.active)))
    if owners == {identity}:
        raise ConflictError("This is the only owner that is left.", hint="Make another user an owner first.")


async def _sign_out(connection: AsyncConnection, identity: str, keep_session: str | None = None) -> None:
    ended = delete(session).where(session.c.owner_id == identity)
    await connection.execute(ended.where(session.c.id != keep_session) if keep_session else ended)
    await connection.execute(delete(sign_in_link).where(sign_in_link.c.owner_id == identity))


def no_such_user() -> NotFoundError:
    """What is said where there is no such user."""
    return NotFoundError("There is no such user.")


def user_of(row: Row[Any]) -> User:
    """The user in a row of `account`, whatever else is in it."""
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
