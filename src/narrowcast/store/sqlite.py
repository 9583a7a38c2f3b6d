"""SQLite: one file, safe against power cuts, written by one transaction at a time."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from narrowcast.errors import NarrowcastError, OutputError
from narrowcast.store.clock import now_in_utc
from narrowcast.store.driver import Driver
from narrowcast.store.faults import DISK_HINT, FULL_HINT, PLACE_HINT, telling_of_disk

DRIVER = "sqlite+aiosqlite"
BUSY_TIMEOUT_S = 30.0
WRITES = "narrowcast_writes"
SCANT_BYTES = 65_536
"""What SQLite needs for its shared memory beside the file (32 KiB) and a little more."""
DAMAGE_HINT = (
    "Restore it from a backup, or move it away to start a new one; what was paid for is only known through it."
)
BUSY_HINT = "Close what has it open (a database browser, a backup), then run the same command again."
PATIENCE_S = 120.0


class Sqlite:
    """One SQLite file."""

    one_writer = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def engine(self) -> AsyncEngine:
        """Connections for reading and for one writer; nothing is opened yet."""
        engine = create_async_engine(
            URL.create(DRIVER, database=str(self.path)),
            module=Driver(),
            # The driver's own transactions are switched off: it would begin them late, and never IMMEDIATE.
            connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S},
            pool_size=2,
            max_overflow=2,
            # Whoever comes when all are taken waits: thousands of clips may be asked for at once.
            pool_timeout=None,
        )
        _listen(engine.sync_engine)
        return engine

    def thread_engine(self, timeout_s: float) -> Engine:
        """One connection for a thread; a lock that is not to be had in `timeout_s` is a fault."""
        engine = create_engine(
            URL.create("sqlite", database=str(self.path)),
            connect_args={"isolation_level": None, "timeout": timeout_s, "check_same_thread": False},
            poolclass=StaticPool,
        )
        _listen(engine)
        return engine

    async def begin(self, connection: AsyncConnection, turn: str | None) -> None:
        """Nothing: whoever writes has the file for himself."""

    async def stand_still(self, connection: AsyncConnection) -> None:
        """From its first read on, the connection sees one moment."""
        await connection.execute(text("begin"))

    def now(self) -> datetime:
        """Now. One machine holds the file, so its clock is everybody's."""
        return now_in_utc()

    async def hear_time(self, connection: AsyncConnection) -> None:
        """Nothing: see `now`."""

    async def schema(self, connection: AsyncConnection) -> str | None:
        """The schema's revision; none where there are no tables, or the file is not in the mode that it is to be in."""
        tables = await connection.execute(text("select name from sqlite_master where name = 'alembic_version'"))
        if not tables.first() or await connection.scalar(text("pragma journal_mode")) != "wal":
            return None
        return str(await connection.scalar(text("select version_num from alembic_version")))

    @asynccontextmanager
    async def upgrading(self, engine: AsyncEngine) -> AsyncIterator[None]:
        """Alone with the file, in the mode that it is to be in. Raises `OutputError`."""
        async with self.alone(engine, "lock", patience_s=PATIENCE_S) as alone:
            if not alone:
                raise OutputError(
                    f"Another process has been upgrading {self} for {PATIENCE_S:.0f} s.",
                    hint="Wait for it, or end it and run the same command again.",
                )
            async with engine.connect() as connection:
                # Kept in the file. SQLite does not wait its turn for this one, hence the lock around it.
                await connection.execute(text("pragma journal_mode = wal"))
            yield

    @asynccontextmanager
    async def alone(self, _engine: AsyncEngine, name: str, patience_s: float = 0.0) -> AsyncIterator[bool]:
        """Whether nobody else is in such a block of that name; a lock beside the file, which ends with its process."""
        path = self.path.with_name(f"{self.path.name}.{name}")
        with telling_of_disk(path):
            # Left where it is: a lock file that is removed lets two in.
            file = path.open("ab")
        with file:
            deadline = asyncio.get_running_loop().time() + patience_s
            while not _locked(file.fileno()):
                if asyncio.get_running_loop().time() >= deadline:
                    yield False
                    return
                await asyncio.sleep(0.02)
            yield True

    async def soundness(self, connection: AsyncConnection) -> str:
        """SQLite's own verdict: `ok` when it is sound."""
        return str(await connection.scalar(text("pragma quick_check")))

    async def size(self, _connection: AsyncConnection) -> int:
        """Bytes that it takes."""
        return await asyncio.to_thread(lambda: self.path.stat().st_size)

    def fault(self, error: BaseException | None) -> NarrowcastError | None:
        """The fault for what SQLite reported; none where the error is the program's own.

        Codes: https://sqlite.org/rescode.html
        """
        # Extended codes hold the primary one in their low byte; errors of the driver itself have none.
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                message, hint = f"The database {self} is damaged.", DAMAGE_HINT
            case sqlite3.SQLITE_FULL:
                message, hint = f"The disk that holds {self} is full.", FULL_HINT
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
                message, hint = f"The database {self} cannot be written.", PLACE_HINT
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                message, hint = f"The database {self} is held by another program.", BUSY_HINT
            case sqlite3.SQLITE_IOERR if _is_full(self.path):
                # SQLite says no more than this when there is no room for its shared memory.
                message, hint = f"The disk that holds {self} is full.", FULL_HINT
            case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_NOLFS | sqlite3.SQLITE_PROTOCOL:
                message, hint = f"The disk failed while {self} was in use ({error}).", DISK_HINT
            case _:
                return None
        return OutputError(message, hint=hint)


def _listen(engine: Engine) -> None:
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediately)


def _set_pragmas(connection: Any, _record: Any) -> None:
    """What every connection goes by."""
    cursor = connection.cursor()
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma foreign_keys = on")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    """Who will write takes the lock first, for a read that turns into a write fails."""
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("begin immediate")


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < SCANT_BYTES
    except OSError:
        return False
