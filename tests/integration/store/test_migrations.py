"""Migrations with data in them, step by step, on both databases; and what is the same on both afterwards."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, MetaData, String, insert, text
from sqlalchemy import Column as AnyColumn
from sqlalchemy.types import JSON

from narrowcast.errors import SettingError
from narrowcast.store.database import Database, open_database
from narrowcast.store.tables import SCHEMA, episode, metadata
from narrowcast.store.upgrade import upgrade
from servers import Postgres

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STEPS = ["0001", "0002", "0003", SCHEMA]
ALLOWED = {("account", "role"): "owner", ("job", "status"): "queued", ("result", "status"): "pending"}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        # Another language's order than that of the bytes, as most servers have it.
        server.run("create database spoken template template0 locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'")
        yield server.url("spoken")
        server.run("drop database spoken with (force)")
    else:
        yield f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database.at(url)
    yield opened
    await opened.aclose()


async def test_every_table_keeps_its_rows_over_every_step(database: Database) -> None:
    known: dict[str, Mapping[str, Any]] = {}
    for step in STEPS:
        await upgrade(database, step)
        async with database.write() as connection:
            known |= await connection.run_sync(_fill, known)
    assert set(known) == set(metadata.tables)
    async with database.read() as connection:
        there = await connection.run_sync(_rows)
        assert await connection.run_sync(_differences) == []
    for table, row in known.items():
        assert [{name: each[name] for name in row} for each in there[table]] == [row], table
    assert await database.is_current()


async def test_titles_are_in_the_same_order_everywhere(url: str) -> None:
    database = await open_database(url)
    titles = ["zoo", "Zoo", "äpfel", "a b", "ab", "B", "_", "日本"]
    values = {"language": "en", "status": "completed", "figures": {}, "created_at": AT, "updated_at": AT}
    async with database.write() as connection:
        rows = [{"id": str(number), "title": title, **values} for number, title in enumerate(titles)]
        await connection.execute(insert(episode), rows)
    async with database.read() as connection:
        assert list(
            await connection.scalars(episode.select().with_only_columns(episode.c.title).order_by("title"))
        ) == (sorted(titles, key=str.encode))
    await database.aclose()


def test_two_processes_that_upgrade_at_once_do_it_once(url: str, tmp_path: Path) -> None:
    async def begin() -> None:
        database = Database.at(url)
        await upgrade(database, "0001")
        await database.aclose()

    asyncio.run(begin())
    code = "import asyncio, sys\nfrom narrowcast.store.database import open_database\n"
    code += "async def go():\n    await (await open_database(sys.argv[1])).aclose()\nasyncio.run(go())"
    both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]


async def test_a_newer_schema_is_refused(url: str) -> None:
    database = await open_database(url)
    async with database.write() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    await database.aclose()
    with pytest.raises(SettingError, match="newer version of Narrowcast") as caught:
        await open_database(url)
    assert "NARROWCAST_DATABASE_URL" in caught.value.hint


def _fill(connection: Connection, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """A row in each table that has none yet; all of them."""
    there = MetaData()
    there.reflect(connection)
    filled: dict[str, Mapping[str, Any]] = {}
    for table in there.sorted_tables:
        if table.name in known or table.name == "alembic_version":
            continue
        row: dict[str, Any] = {}
        for column in table.c:
            parents = [key.column for key in column.foreign_keys]
            if parents:
                row[column.name] = {**known, **filled}[parents[0].table.name][parents[0].name]
            else:
                row[column.name] = ALLOWED.get((table.name, column.name), _value(column))
        connection.execute(table.insert().values(row))
        filled[table.name] = _as_read(connection, there, table.name)[0]
    return filled


def _value(column: AnyColumn[Any]) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return {"b": [1, "ü"], "a": None}
    if isinstance(kind, DateTime):
        return AT
    for known, value in (
        (Boolean, True),
        (Date, date(2026, 1, 2)),
        (Float, 1.5),
        (Integer, 7),
        (LargeBinary, b"\0\xff"),
    ):
        if isinstance(kind, known):
            return value
    length = kind.length if isinstance(kind, String) else None
    return f"{column.table.name} {column.name} ü"[:length]


def _rows(connection: Connection) -> dict[str, Sequence[Mapping[str, Any]]]:
    there = MetaData()
    there.reflect(connection)
    return {table.name: _as_read(connection, there, table.name) for table in there.sorted_tables}


def _as_read(connection: Connection, there: MetaData, name: str) -> list[Mapping[str, Any]]:
    return [dict(row) for row in connection.execute(there.tables[name].select()).mappings()]


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))
