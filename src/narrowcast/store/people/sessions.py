"""Browsers that are signed in, and links that sign in once. Of every secret only its hash is kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.people.accounts import User, user_of
from narrowcast.store.recent import Recent
from narrowcast.store.tables import account, session, sign_in_link

SEEN_AGAIN_AFTER = timedelta(hours=1)
"""How exactly it is kept when a session was last used."""


@dataclass(frozen=True)
class Session:
    """A browser that is signed in. `renewed` tells that its time was just prolonged."""

    id: str
    owner_id: str
    user_agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    renewed: bool = False


class Sessions:
    """The sessions of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: Recent[tuple[User, Session]] = Recent(database)

    async def open(
        self, owner_id: str, secret_hash: str, *, user_agent: str, lasting: timedelta, instead_of: str | None = None
    ) -> Session:
        """A new session, in place of the one whose secret's hash is `instead_of`. Those that ended are forgotten."""
        now = datetime.now(UTC)
        values = {
            "id": str(uuid.uuid4()),
            "owner_id": owner_id,
            "secret_hash": secret_hash,
            "user_agent": user_agent,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + lasting,
        }
        ended = session.c.expires_at <= now
        async with self._database.write() as connection:
            await connection.execute(
                delete(session).where(ended | (session.c.secret_hash == instead_of) if instead_of else ended)
            )
            row = (await connection.execute(insert(session).values(**values).returning(session))).one()
        return _session(row)

    async def find(self, secret_hash: str, *, lasting: timedelta) -> tuple[User, Session] | None:
        """The active user whose session that is; once an hour it is prolonged, to `lasting` from now."""
        return await self._found((secret_hash, lasting), lambda: self._find(secret_hash, lasting))

    async def _find(self, secret_hash: str, lasting: timedelta) -> tuple[User, Session] | None:
        now = datetime.now(UTC)
        query = (
            select(account, *(column.label(f"session_{column.name}") for column in session.c))
            .join(session, session.c.owner_id == account.c.id)
            .where(session.c.secret_hash == secret_hash, session.c.expires_at > now, account.c.active)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        found = _session(row, "session_")
        if now - found.seen_at < SEEN_AGAIN_AFTER:
            return user_of(row), found
        prolonged = (
            update(session)
            .where(session.c.id == found.id)
            .values(seen_at=now, expires_at=now + lasting)
            .returning(session)
        )
        async with self._database.write(None) as connection:
            again = (await connection.execute(prolonged)).first()
        return (user_of(row), _session(again, renewed=True)) if again else None

    async def page(self, owner_id: str, after: Place | None, limit: int) -> list[Session]:
        """The owner's sessions that last, newest first."""
        query = select(session).where(session.c.owner_id == owner_id, session.c.expires_at > datetime.now(UTC))
        async with self._database.read() as connection:
            rows = await connection.execute(newest_first(query, session.c.created_at, session.c.id, after, limit))
            return [_session(row) for row in rows]

    async def end(self, owner_id: str, identity: str) -> bool:
        """Sign a session of the owner's out; false where there is none."""
        mine = (session.c.owner_id == owner_id) & (session.c.id == identity)
        async with self._database.write() as connection:
            return bool((await connection.execute(delete(session).where(mine))).rowcount)

    async def add_link(self, owner_id: str, secret_hash: str, *, lasting: timedelta) -> datetime:
        """Keep the hash of a link that signs in once; when it ends. Links that ended are forgotten."""
        now = datetime.now(UTC)
        values = {
            "secret_hash": secret_hash,
            "owner_id": owner_id,
            "created_at": now,
            "expires_at": now + lasting,
        }
        async with self._database.write() as connection:
            await connection.execute(delete(sign_in_link).where(sign_in_link.c.expires_at <= now))
            await connection.execute(insert(sign_in_link).values(**values))
        return now + lasting

    async def prune(self, now: datetime) -> int:
        """Forget the sessions and links that ended; how many."""
        async with self._database.write() as connection:
            ended = await connection.execute(delete(session).where(session.c.expires_at <= now))
            links = await connection.execute(delete(sign_in_link).where(sign_in_link.c.expires_at <= now))
            return ended.rowcount + links.rowcount

    async def link_works(self, secret_hash: str) -> bool:
        """Whether a link would sign somebody in. It stays unused."""
        query = (
            select(sign_in_link.c.owner_id)
            .join(account, account.c.id == sign_in_link.c.owner_id)
            .where(*_usable(secret_hash), account.c.active)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) is not None

    async def use_link(self, secret_hash: str) -> User | None:
        """Use a link up: the active user that it signs in. Of any number at once, one gets it."""
        now = datetime.now(UTC)
        used = update(sign_in_link).where(*_usable(secret_hash)).values(used_at=now).returning(sign_in_link.c.owner_id)
        async with self._database.write() as connection:
            owner_id = await connection.scalar(used)
            query = select(account).where(account.c.id == owner_id, account.c.active)
            row = (await connection.execute(query)).first() if owner_id else None
        return user_of(row) if row else None


def _usable(secret_hash: str) -> tuple[Any, ...]:
    return (
        sign_in_link.c.secret_hash == secret_hash,
        sign_in_link.c.used_at.is_(None),
        sign_in_link.c.expires_at > datetime.now(UTC),
    )


def _session(row: Row[Any], prefix: str = "", *, renewed: bool = False) -> Session:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public way to columns by name
    return Session(
        id=values[f"{prefix}id"],
        owner_id=values[f"{prefix}owner_id"],
        user_agent=values[f"{prefix}user_agent"],
        created_at=values[f"{prefix}created_at"],
        seen_at=values[f"{prefix}seen_at"],
        expires_at=values[f"{prefix}expires_at"],
        renewed=renewed,
    )
