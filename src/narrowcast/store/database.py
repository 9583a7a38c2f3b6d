"""The database: a SQLite file, or PostgreSQL; the same statements for both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import SettingError
from narrowcast.store.faults import telling_of_database
from narrowcast.store.postgresql import Postgresql
from narrowcast.store.sqlite import DRIVER, WRITES, Sqlite
from narrowcast.store.tables import SCHEMA
from narrowcast.store.uninterrupted import uninterrupted

EVERYTHING = "everything"
URL_HINT = "It should look like postgresql://USER:PASSWORD@HOST/DATABASE."


class Database:
    """Connections to the database. Faults of it and of the disk come as `OutputError`."""

    def __init__(self, kind: Sqlite | Postgresql) -> None:
        self.kind = kind
        self._engine = kind.engine()
        self._reader = self._engine
        if not kind.one_writer:
            # Without transactions, each statement sees the last commit; with one, nothing is left open when it fails.
            self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = asyncio.Lock()
        self.writes = 0
        """How many transactions this process has ended: as long as it stays, so does what this process wrote."""

    @classmethod
    def at(cls, url: str | URL) -> Self:
        """The database at `url`; nothing is opened yet. Raises `SettingError`."""
        return cls(_kind(url))

    def now(self) -> datetime:
        """Now, by the one clock of what processes compare: leases, schedules, slots, due times."""
        return self.kind.now()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; each statement sees the last commit."""
        with telling_of_database(self.kind):
            async with self._reader.connect() as connection:
                await self.kind.hear_time(connection)
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading that sees the database as it stands now, whatever others write meanwhile.

        Rows can be streamed over it. It may be held for hours: without the bounds of time that others have.
        """
        with telling_of_database(self.kind):
            async with self._engine.connect() as connection:
                await self.kind.stand_still(connection)
                try:
                    yield connection
                finally:
                    await connection.rollback()

    @asynccontextmanager
    async def write(self, turn: str | None = EVERYTHING) -> AsyncIterator[AsyncConnection]:
        """A write transaction: committed, and on the disk, when the block ends; rolled back when it raises.

        SQLite lets one write at a time. PostgreSQL lets all write that name different turns. Without a turn, the block
        is one statement, or locks the rows that it decides by (`with_for_update`). What looks first and then writes
        by what it saw, and is asked for rarely, has everybody's turn: then nobody else with that turn comes between.
        Locks are taken in this order: the turn, rows, `in_order`.
        """
        with telling_of_database(self.kind):
            try:
                # Waiting for one's own process is a queue; waiting for SQLite's lock is polling.
                async with self._queue(), self._engine.connect() as connection:
                    await connection.execution_options(**{WRITES: True})
                    async with connection.begin():
                        await self.kind.begin(connection, turn)
                        await self.kind.hear_time(connection)
                        yield connection
            finally:
                self.writes += 1

    async def in_order(self, connection: AsyncConnection) -> None:
        """From here on to the commit nobody else is here: what is numbered now is seen in the order of its numbers."""
        await self.kind.begin(connection, "in order")

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[bool]:
        """Whether no other process of the whole installation is in such a block of that name."""
        with telling_of_database(self.kind):
            async with self.kind.alone(self._engine, name) as alone:
                yield alone

    def thread_engine(self, timeout_s: float) -> Engine:
        """One connection for a thread, opened when it is used."""
        return self.kind.thread_engine(timeout_s)

    async def is_current(self) -> bool:
        """Whether the tables are those of this version."""
        async with self.read() as connection:
            return await self.kind.schema(connection) == SCHEMA

    @asynccontextmanager
    async def upgrading(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction in which the tables may be changed."""
        with telling_of_database(self.kind):
            async with self.kind.upgrading(self._engine), self.write() as connection:
                yield connection

    async def aclose(self) -> None:
        """Close all connections."""
        await uninterrupted(self._engine.dispose())

    def _queue(self) -> AbstractAsyncContextManager[None]:
        return self._writer if self.kind.one_writer else nullcontext()


async def open_database(url: str | URL) -> Database:
    """The database at `url` with this version's tables; made where there are none.

    `sqlite+aiosqlite:///PATH` or `postgresql://…`. Several processes may do this at once. Raises `OutputError` (place,
    damage, no connection), `SettingError` (a kind of database or a schema that this version does not know).
    """
    database = Database.at(url)
    try:
        if not await database.is_current():
            # Alembic costs as much start-up as all the rest; most starts have no need of it.
            from narrowcast.store.upgrade import upgrade

            await upgrade(database)
    except BaseException:
        await database.aclose()
        raise
    return database


def _kind(url: str | URL) -> Sqlite | Postgresql:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingError("The database's URL cannot be read.", hint=URL_HINT) from error
    if "@" in (parsed.host or ""):
        # What is taken for the host is part of the password: it is not shown.
        raise SettingError(
            "The database's URL cannot be read.", hint="Write @ in a password as %40, : as %3A, / as %2F."
        )
    if parsed.drivername == DRIVER and parsed.database:
        return Sqlite(Path(parsed.database))
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"} and parsed.database:
        return Postgresql(parsed)
    raise SettingError(f"This version cannot use a database of the kind {parsed.drivername}.", hint=URL_HINT)
