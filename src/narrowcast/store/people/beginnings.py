"""A home that nobody has begun to use, and who makes it theirs: the first, and nobody after them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Select, and_, delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ConflictError
from narrowcast.store.database import Database
from narrowcast.store.people.accounts import User, user_of
from narrowcast.store.tables import account, episode, job, provider_key, session, sign_in_link, source, token

USED = (session, token, provider_key, source, episode, job)
"""Where any row of these is, somebody has been here."""


class Beginnings:
    """The first owner's coming in. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untouched(self) -> bool:
        """Whether there is one account, the owner's, without a password, and nothing that anybody did."""
        async with self._database.read() as connection:
            return await _untouched_owner(connection) is not None

    async def claim(self, *, email: str, name: str, password_hash: str) -> User:
        """Make the owner of an untouched home who they say they are; links that were made before end.

        Raises `ConflictError` where somebody was first.
        """
        async with self._database.write() as connection:
            identity = await _untouched_owner(connection)
            if identity is None:
                raise ConflictError("This server has an owner already.", hint="Sign in instead.")
            values = {"email": email.lower(), "name": name, "password_hash": password_hash}
            changed = update(account).where(account.c.id == identity).values(**values, updated_at=datetime.now(UTC))
            row = (await connection.execute(changed.returning(account))).one()
            await connection.execute(delete(sign_in_link).where(sign_in_link.c.owner_id == identity))
            return user_of(row)


async def _untouched_owner(connection: AsyncConnection) -> str | None:
    identity: str | None = await connection.scalar(_untouched())
    return identity


def _untouched() -> Select[tuple[str]]:
    nothing = and_(*(~exists(select(literal(1)).select_from(table)) for table in USED))
    alone = select(func.count()).select_from(account).scalar_subquery() == 1
    mine = and_(account.c.role == "owner", account.c.active, account.c.password_hash.is_(None))
    return select(account.c.id).where(mine, alone, nothing)
