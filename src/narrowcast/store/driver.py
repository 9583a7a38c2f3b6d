"""SQLite for SQLAlchemy's asyncio: one trip to a connection's thread for a statement with all its rows.

aiosqlite makes four (a cursor, the statement, its rows, the cursor's end), and one for each commit and rollback of
nothing; a trip costs more than most of our statements.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy.connectors.asyncio import AsyncAdapt_terminate
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.util.concurrency import await_

T = TypeVar("T")
PIECE = 100
"""Rows of a stream that are fetched at once."""


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What `create_async_engine` takes as its `module`, for URLs of the kind `sqlite+aiosqlite`."""

    def __init__(self) -> None:
        super().__init__(sqlite3, sqlite3)
        self.has_stop = True

    def connect(self, *args: Any, **options: Any) -> Any:
        """A connection with a thread of its own; for SQLAlchemy, inside its greenlet."""
        worker = _Worker()
        try:
            opened = await_(worker.does(partial(sqlite3.connect, *args, **options | {"check_same_thread": False})))
        except BaseException:
            worker.ends()
            raise
        return _Connection(worker, opened)


class _Worker:
    """A thread that does one thing after the other, and keeps no process alive."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._asked, self._done = 0, 0
        threading.Thread(target=self._run, name="sqlite", daemon=True).start()

    async def does(self, work: Callable[[], T]) -> T:
        """What `work` gives. It is done even when nobody waits for it any more."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._asked += 1
        self._orders.put(partial(self._do, work, loop, answer))
        return await answer

    def ends(self) -> None:
        """Have the thread end after what it was asked for."""
        self._orders.put(None)

    @property
    def idle(self) -> bool:
        """Whether all was done, also what nobody waited for."""
        return self._asked == self._done

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            order()

    def _do(self, work: Callable[[], T], loop: asyncio.AbstractEventLoop, answer: asyncio.Future[T]) -> None:
        tell: Callable[[], None]
        try:
            tell = partial(_tell, answer, work())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it shall hear of it
            tell = partial(_tell_fault, answer, error)
        # Before it is told: whoever hears of it may ask at once whether there is more to come.
        self._done += 1
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(tell)


def _tell(answer: asyncio.Future[T], result: T) -> None:
    if not answer.done():
        answer.set_result(result)


def _tell_fault(answer: asyncio.Future[T], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)


class _Cursor:
    """A cursor as the DBAPI has it, inside SQLAlchemy's greenlet; its rows are there when `execute` returns."""

    def __init__(self, worker: _Worker, connection: sqlite3.Connection, *, streams: bool) -> None:
        self._worker = worker
        self._cursor = connection.cursor()
        self._streams = streams
        self._rows: deque[Any] = deque()
        self.arraysize = 1

    @property
    def description(self) -> Any:
        """The columns; none where there are no rows to be had."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The row that was put in last."""
        return self._cursor.lastrowid

    def execute(self, operation: str, parameters: Any = ()) -> Any:
        """Do one statement."""
        await_(self._worker.does(partial(self._execute, operation, parameters or ())))
        return self

    def executemany(self, operation: str, parameters: Sequence[Any]) -> Any:
        """Do one statement with each of the parameters."""
        await_(self._worker.does(partial(self._cursor.executemany, operation, parameters)))
        return self

    def fetchone(self) -> Any:
        """The next row, or none."""
        if self._streams and not self._rows:
            self._rows.extend(await_(self._worker.does(partial(self._cursor.fetchmany, PIECE))))
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        rows = (self.fetchone() for _ in range(size or self.arraysize))
        return [row for row in rows if row is not None]

    def fetchall(self) -> list[Any]:
        """All further rows."""
        return list(self)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchone, None)

    def close(self) -> None:
        """Drop the rows."""
        self._rows.clear()
        if self._worker.idle:
            # Resets the statement, which takes no time; one that still runs ends with its connection.
            self._cursor.close()

    async def _async_soft_close(self) -> None:
        """Nothing: the rows are here, and what a closed cursor still tells is in memory."""

    def setinputsizes(self, *_sizes: Any) -> None:
        """Nothing: SQLite has no use for it."""

    def _execute(self, operation: str, parameters: Any) -> None:
        self._cursor.execute(operation, parameters)
        self._rows = deque() if self._streams or not self._cursor.description else deque(self._cursor.fetchall())


class _Connection(AsyncAdapt_terminate, AdaptedConnection):
    """A connection as the DBAPI has it, inside SQLAlchemy's greenlet."""

    def __init__(self, worker: _Worker, connection: sqlite3.Connection) -> None:
        self._worker = worker
        self._connection: Any = connection

    def cursor(self, server_side: bool = False) -> _Cursor:  # noqa: FBT001, FBT002 - SQLAlchemy's
        """A new cursor; one that is `server_side` fetches its rows as they are asked for."""
        return _Cursor(self._worker, self._connection, streams=server_side)

    def commit(self) -> None:
        """Commit what was begun."""
        self._end(self._connection.commit)

    def rollback(self) -> None:
        """Take back what was begun."""
        self._end(self._connection.rollback)

    def close(self) -> None:
        """Close it, and end its thread."""
        await_(self._terminate_graceful_close())

    def create_function(self, *args: Any, **options: Any) -> None:
        """As the driver's."""
        await_(self._worker.does(partial(self._connection.create_function, *args, **options)))

    def _end(self, ends: Callable[[], None]) -> None:
        if self._connection.in_transaction or not self._worker.idle:
            await_(self._worker.does(ends))

    async def _terminate_graceful_close(self) -> None:
        closing = self._worker.does(self._connection.close)
        try:
            await closing
        finally:
            self._worker.ends()

    def _terminate_force_close(self) -> None:
        self._worker.ends()
