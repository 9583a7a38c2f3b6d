"""The database's driver: how often it goes to its thread, and what a cancelled statement leaves."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from narrowcast.store import driver
from narrowcast.store.database import Database, open_database

NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select i from n"


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    """One with a table."""
    found = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}")
    async with found.write() as connection:
        await connection.execute(text("create table kept (name text primary key)"))
    return found


async def kept(database: Database) -> int:
    """How many rows there are."""
    async with database.read() as connection:
        return await connection.scalar(text("select count(*) from kept")) or 0


async def test_a_statement_with_its_rows_is_one_trip(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = 0
    does = driver._Worker.does

    async def counted(worker: driver._Worker, work: Callable[[], object]) -> object:
        nonlocal trips
        trips += 1
        return await does(worker, work)

    await kept(database)  # opens the connection
    monkeypatch.setattr(driver._Worker, "does", counted)
    assert await kept(database) == 0
    assert trips == 1
    async with database.write() as connection:
        await connection.execute(text("insert into kept values ('a')"))
    assert trips == 1 + 3, "begin, insert, commit"
    await database.aclose()


async def test_a_cancelled_wait_for_the_lock_leaves_no_transaction_behind(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "narrowcast.db", isolation_level=None)
    other.execute("begin immediate")

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(text("insert into kept values ('never')"))

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.2)
    writing.cancel()
    await asyncio.sleep(0)
    other.execute("commit")
    with pytest.raises(asyncio.CancelledError):
        await writing
    other.execute("pragma busy_timeout = 0")
    other.execute("begin immediate")
    other.execute("rollback")
    other.close()
    assert await kept(database) == 0
    await database.aclose()


async def test_a_write_that_fails_half_way_is_taken_back(database: Database) -> None:
    async def twice() -> None:
        async with database.write() as connection:
            await connection.execute(text("insert into kept values ('a')"))
            await connection.execute(text("insert into kept values ('a')"))

    with pytest.raises(IntegrityError):
        await twice()
    assert await kept(database) == 0
    await database.aclose()


@pytest.mark.parametrize("rows", [0, 1, driver.PIECE, 3 * driver.PIECE + 1])
async def test_a_stream_gives_every_row_once(database: Database, rows: int) -> None:
    query = NUMBERS.format(rows) if rows else "select 1 where 0"
    async with database.read() as connection:
        seen = [number async for (number,) in await connection.stream(text(query))]
        assert seen == list(range(1, rows + 1))
        assert list(await connection.scalars(text(query))) == seen
    await database.aclose()
