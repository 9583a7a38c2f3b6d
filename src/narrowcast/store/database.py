"""The database: one SQLite file, safe against power cuts, written by one transaction at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from narrowcast.errors import SettingError
from narrowcast.store.driver import Driver
from narrowcast.store.faults import telling_of_database
from narrowcast.store.tables import SCHEMA
from narrowcast.store.uninterrupted import uninterrupted

BUSY_TIMEOUT_S = 30.0
WRITES = "narrowcast_writes"


class Database:
    """Connections to the database. Faults of SQLite and of the disk come as `OutputError`."""

    def __init__(self, engine: AsyncEngine, path: Path) -> None:
        self.path = path
        self._engine = engine
        self._writer = asyncio.Lock()
        self.writes = 0
        """How many transactions this process has ended: as long as it stays, so does what this process wrote."""

    @classmethod
    def at(cls, url: URL) -> Self:
        """The database at `url`; nothing is opened yet."""
        engine = create_async_engine(
            url,
            module=Driver(),
            # The driver's own transactions are switched off: it would begin them late, and never IMMEDIATE.
            connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S},
            pool_size=2,
            max_overflow=2,
            # Whoever comes when all are taken waits: thousands of clips may be asked for at once.
            pool_timeout=None,
        )
        event.listen(engine.sync_engine, "connect", set_pragmas)
        event.listen(engine.sync_engine, "begin", begin_immediately)
        return cls(engine, Path(url.database or ""))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; each statement sees the last commit."""
        with telling_of_database(self.path):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction: committed, and on the disk, when the block ends; rolled back when it raises."""
        # Waiting for one's own process is a queue; waiting for SQLite's lock is polling.
        with telling_of_database(self.path):
            try:
                async with self._writer, self._engine.connect() as connection:
                    await connection.execution_options(**{WRITES: True})
                    async with connection.begin():
                        yield connection
            finally:
                self.writes += 1

    async def aclose(self) -> None:
        """Close all connections."""
        await uninterrupted(self._engine.dispose())


async def open_database(url: str | URL) -> Database:
    """The database at `url` (`sqlite+aiosqlite:///PATH`) with this version's tables; made where there is none.

    Several processes may do this at once. Raises `OutputError` (place, damage), `SettingError` (a kind of database
    or a schema that this version does not know).
    """
    database = Database.at(_checked(url))
    try:
        if await _needs_upgrade(database):
            # Alembic costs as much start-up as all the rest; most starts have no need of it.
            from narrowcast.store.upgrade import upgrade

            await upgrade(database)
    except BaseException:
        await database.aclose()
        raise
    return database


def _checked(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingError(
            "The database's URL cannot be read.", hint="It should look like sqlite+aiosqlite:///PATH."
        ) from error
    if parsed.drivername != "sqlite+aiosqlite" or not parsed.database:
        raise SettingError(
            f"This version cannot use a database of the kind {parsed.drivername}.",
            hint="It should look like sqlite+aiosqlite:///PATH.",
        )
    return parsed


async def _needs_upgrade(database: Database) -> bool:
    async with database.read() as connection:
        tables = await connection.execute(text("select name from sqlite_master where name = 'alembic_version'"))
        if not tables.first():
            return True
        version = await connection.scalar(text("select version_num from alembic_version"))
        mode = await connection.scalar(text("pragma journal_mode"))
    return bool(version != SCHEMA or mode != "wal")


def set_pragmas(connection: Any, _record: Any) -> None:
    """For an engine's `connect` event: what every connection goes by."""
    cursor = connection.cursor()
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma foreign_keys = on")
    cursor.close()


def begin_immediately(connection: Connection) -> None:
    """For an engine's `begin` event: who will write takes the lock first, for a read that turns into a write fails."""
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("begin immediate")
