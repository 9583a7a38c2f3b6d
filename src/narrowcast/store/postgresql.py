"""PostgreSQL, 15 or newer: many writers, on any number of machines.

Where SQLite has one writer, a transaction here takes an advisory lock of the turn it names: see `Database.write`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from narrowcast.errors import InputError, NarrowcastError, OutputError, SettingError

DRIVER = "postgresql+psycopg"
SETTING = "NARROWCAST_DATABASE_URL"
OLDEST = 150_000
"""`server_version_num` of PostgreSQL 15."""
CONNECTIONS, MORE_CONNECTIONS = 5, 10
"""Of one process: those that stay open, and those for a rush."""
CONNECT_TIMEOUT_S = 5
HEAR_TIME_EVERY_S = 10.0
OPTIONS = {
    "timezone": "UTC",
    # Who waits longer has met something that hangs. One who froze in a transaction holds its locks no longer than this.
    "lock_timeout": "30s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "15s",
}
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
NO_DRIVER = "PostgreSQL needs a driver that is not installed."
DRIVER_HINT = "Install it: pip install 'narrowcast[postgresql]'."
REACH_HINT = f"Check that it runs and takes connections from here, and {SETTING}."
LATER_HINT = "Try again in a moment; what was made so far is kept."

_BUSY = (OutputError, "The database {} is busy.", LATER_HINT)
_FAULTS: Mapping[str, tuple[type[NarrowcastError], str, str]] = {
    "28P01": (SettingError, "The database {} refuses this user or password.", f"Correct {SETTING}."),
    "28000": (SettingError, "The database {} refuses this user.", f"Correct {SETTING}."),
    "3D000": (SettingError, "There is no database {}.", f"Make it with createdb, or correct {SETTING}."),
    "53100": (OutputError, "The disk of the database {} is full.", "Free some space there."),
    "53300": (
        OutputError,
        "The database {} takes no more connections.",
        "Raise its max_connections, or run fewer workers: each holds a few.",
    ),
    "42501": (OutputError, "The database {} cannot be written by this user.", f"Correct {SETTING}."),
    "25006": (OutputError, "The database {} can only be read.", f"Correct {SETTING}."),
    "40001": _BUSY,
    "40P01": _BUSY,
    "55P03": _BUSY,
    "57014": _BUSY,
    "22021": (InputError, "The text holds a character that cannot be kept.", "Remove NUL characters."),
    "22P05": (InputError, "The text holds a character that cannot be kept.", "Remove NUL characters."),
    "22003": (InputError, "A number is too large to be kept.", "Use a smaller one."),
    "22001": (InputError, "A text is too long to be kept.", "Use a shorter one."),
}

_OF_THE_SERVER = {"OperationalError", "InterfaceError", "InternalError"}
"""Classes of errors (PEP 249) that concern the server and the way to it, not what was asked of it."""
_WORDS = {
    "authentication failed": "28P01",
    "no pg_hba.conf entry": "28000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
    "cannot contain NUL": "22021",
    '" does not exist': "3D000",
}

_TURN = text("select pg_advisory_xact_lock(hashtextextended(:turn, 0))")
_TIME = text("select clock_timestamp()")


class Postgresql:
    """One database of a PostgreSQL server."""

    one_writer = False

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername=DRIVER)
        self._ahead = timedelta(0)
        self._heard_at = float("-inf")

    def __str__(self) -> str:
        port = f":{self._url.port}" if self._url.port else ""
        return f"{self._url.database} at {self._url.host or 'this machine'}{port}"

    def engine(self) -> AsyncEngine:
        """Connections for reading and writing; nothing is opened yet. Raises `SettingError` without the driver."""
        try:
            engine = create_async_engine(
                self._url,
                connect_args=self._connecting(),
                pool_size=CONNECTIONS,
                max_overflow=MORE_CONNECTIONS,
                pool_timeout=None,
                # A server that was started anew costs nobody a failed request.
                pool_pre_ping=True,
                use_native_hstore=False,
            )
        except ModuleNotFoundError as error:
            raise SettingError(NO_DRIVER, hint=DRIVER_HINT) from error
        event.listen(engine.sync_engine, "connect", _check_version)
        return engine

    def thread_engine(self, timeout_s: float) -> Engine:
        """One connection for a thread; what is not to be had in `timeout_s` is a fault."""
        milliseconds = f"{round(timeout_s * 1000)}ms"
        return create_engine(
            self._url,
            connect_args=self._connecting(lock_timeout=milliseconds, statement_timeout=milliseconds),
            poolclass=StaticPool,
            pool_pre_ping=True,
            use_native_hstore=False,
        )

    async def begin(self, connection: AsyncConnection, turn: str | None) -> None:
        """Wait for the turn."""
        if turn is not None:
            await connection.execute(_TURN, {"turn": f"narrowcast {turn}"})

    async def stand_still(self, connection: AsyncConnection) -> None:
        """From its first read on, the connection sees one moment, for as long as it likes."""
        await connection.execute(text("set transaction isolation level repeatable read, read only"))
        for bound in ("statement_timeout", "idle_in_transaction_session_timeout"):
            await connection.execute(text(f"set local {bound} = 0"))

    def now(self) -> datetime:
        """Now, by the server's clock as it was heard last: leases of all machines go by one clock."""
        return datetime.fromtimestamp(_ticking(), UTC) + self._ahead

    async def hear_time(self, connection: AsyncConnection) -> None:
        """Hear the server's time, where that was not done lately."""
        before = _ticking()
        if before - self._heard_at >= HEAR_TIME_EVERY_S:
            told: datetime = (await connection.execute(_TIME)).scalar_one()
            after = _ticking()
            self._ahead = told - datetime.fromtimestamp((before + after) / 2, UTC)
            self._heard_at = after

    async def schema(self, connection: AsyncConnection) -> str | None:
        """The schema's revision; none where there are no tables."""
        if await connection.scalar(text("select to_regclass('alembic_version')")) is None:
            return None
        version = await connection.scalar(text("select version_num from alembic_version"))
        return str(version) if version is not None else None

    @asynccontextmanager
    async def upgrading(self, _engine: AsyncEngine) -> AsyncIterator[None]:
        """Nothing: who upgrades has taken everybody's turn."""
        yield

    @asynccontextmanager
    async def alone(self, engine: AsyncEngine, name: str) -> AsyncIterator[bool]:
        """Whether nobody else is in such a block of that name, on any machine; it ends with the connection."""
        key = {"name": f"narrowcast alone {name}"}
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            taken = await connection.scalar(text("select pg_try_advisory_lock(hashtextextended(:name, 0))"), key)
            try:
                yield bool(taken)
            finally:
                if taken:
                    await connection.execute(text("select pg_advisory_unlock(hashtextextended(:name, 0))"), key)

    async def soundness(self, _connection: AsyncConnection) -> str:
        """`ok`: the server checks its pages itself."""
        return "ok"

    async def size(self, connection: AsyncConnection) -> int:
        """Bytes that the database takes."""
        return int(await connection.scalar(text("select pg_database_size(current_database())")) or 0)

    def fault(self, error: BaseException | None) -> NarrowcastError | None:
        """The fault for what the server or the driver reported; none where the error is the program's own.

        Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
        """
        if isinstance(error, NarrowcastError):
            return error
        code = str(getattr(error, "sqlstate", None) or "") or _guessed(str(error))
        if known := _FAULTS.get(code):
            kind, message, hint = known
            return kind(message.format(self), hint=hint)
        # Whatever else is no fault of a statement: a connection that broke, or was not had in time, has no code at all.
        if _OF_THE_SERVER & {each.__name__ for each in type(error).__mro__}:
            return OutputError(f"The database {self} cannot be reached.", hint=REACH_HINT)
        return None

    def _connecting(self, **options: str) -> dict[str, Any]:
        given = " ".join(f"-c {name}={value}" for name, value in {**OPTIONS, **options}.items())
        return {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "narrowcast", "options": given, **KEEPALIVES}


def _guessed(message: str) -> str:
    """The code of what comes without one: refused connections, and what the driver refuses itself."""
    return next((code for words, code in _WORDS.items() if words in message), "")


def _ticking() -> float:
    """Seconds that pass also while the machine sleeps, and that nobody sets."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def _check_version(connection: Any, _record: Any) -> None:
    version = int(connection.driver_connection.info.server_version)
    if version < OLDEST:
        raise SettingError(
            f"PostgreSQL {version // 10_000} is too old: it should be {OLDEST // 10_000} or newer.",
            hint="Upgrade the server.",
        )
