"""Whether a database can be written over: nobody works on it, and there is nothing in it that would be lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import OutputError
from narrowcast.store.database import Database
from narrowcast.store.sqlite import Sqlite
from narrowcast.store.tables import account, installation, sign_in_link, worker
from narrowcast.store.upkeep.copying import TABLES, count

SEEN = timedelta(seconds=50)
"""Whoever said so lately is there; three times what they say it in (see `store.jobs.on_duty`)."""
PATIENCE_S = 5.0
"""Connections of a process that was killed just now are noticed by then."""
END_THEM = "End narrowcast serve and narrowcast worker on every machine, then try again."
REPLACE = "Choose an empty one; or add --replace, and what is in it is gone."
BEGUN = frozenset({account.name, sign_in_link.name, installation.name})
"""A first start leaves rows in these: an owner without a password, and a link for them."""


async def refuse_in_use(database: Database) -> None:
    """Raises `OutputError` while others work on a PostgreSQL database; a SQLite file's users have marks beside it."""
    if isinstance(database.kind, Sqlite):
        return
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        async with database.read() as connection:
            who = await _who(connection, database)
        if not who:
            return
        if asyncio.get_running_loop().time() >= deadline:
            raise OutputError(f"The database {database.kind} is in use: {who}.", hint=END_THEM)
        await asyncio.sleep(0.5)


async def refuse_used(connection: AsyncConnection, database: Database) -> None:
    """Raises `OutputError` where anybody has kept anything."""
    for table in TABLES:
        if table.name not in BEGUN and await count(connection, table):
            raise OutputError(f"The database {database.kind} is not empty: it holds {table.name}s.", hint=REPLACE)
    known = await connection.scalar(
        select(func.count()).select_from(account).where(account.c.password_hash.is_not(None))
    )
    if known or await count(connection, account) > 1:
        raise OutputError(f"The database {database.kind} is not empty: people are known to it.", hint=REPLACE)


async def _who(connection: AsyncConnection, database: Database) -> str:
    """Who is connected besides this process, and who said of late that he works."""
    others = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid() and application_name = 'narrowcast'"
    )
    connections = int(await connection.scalar(others) or 0)
    if connections:
        return f"{connections} connection{'' if connections == 1 else 's'} of Narrowcast"
    seen = select(worker.c.name).where(worker.c.seen_at > database.now() - SEEN).order_by(worker.c.name)
    names = list(await connection.scalars(seen))
    return f"{', '.join(names)} worked there less than a minute ago" if names else ""
