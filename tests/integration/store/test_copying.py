"""Everything from a database of one kind into one of the other, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update
from tests.integration.store.furnishing import NOW, all_rows, furnish

from narrowcast.errors import OutputError
from narrowcast.store.database import Database, open_database
from narrowcast.store.tables import account, episode, job_event, profile
from narrowcast.store.upkeep.copying import MOMENTARY, TABLES, copy_rows, count


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite+aiosqlite:///{tmp_path}/one.db")
    yield opened
    await opened.aclose()


@pytest.fixture
async def postgresql(postgresql_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgresql_url)
    yield opened
    await opened.aclose()


async def copy(source: Database, target: Database) -> int:
    async with source.snapshot() as there, target.write() as here:
        return await copy_rows(there, here)


async def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.snapshot() as connection:
        return {name: rows for name, rows in (await all_rows(connection)).items() if name not in MOMENTARY}


async def new_event(database: Database) -> int:
    async with database.write() as connection:
        values = {"job_id": "job-0", "kind": "x", "data": {}, "at": NOW}
        return int((await connection.execute(insert(job_event).values(values).returning(job_event.c.id))).scalar_one())


async def test_every_row_is_the_same_there_and_back(sqlite: Database, postgresql: Database, tmp_path: Path) -> None:
    await furnish(sqlite)
    before = await contents(sqlite)
    assert all(before[table.name] for table in TABLES)
    assert await copy(sqlite, postgresql) == sum(map(len, before.values()))
    back = await open_database(f"sqlite+aiosqlite:///{tmp_path}/back.db")
    assert await copy(postgresql, back) == sum(map(len, before.values()))
    assert await contents(postgresql) == before
    assert await contents(back) == before
    # Their counters go on behind the highest number that was ever given, which no row has any more.
    assert await new_event(sqlite) == await new_event(postgresql) == await new_event(back) == 5
    # A second time, over what is there.
    assert await copy(sqlite, postgresql) == sum(map(len, before.values())) + 1
    assert await contents(postgresql) == await contents(sqlite)
    await back.aclose()


async def test_what_postgresql_has_no_place_for(sqlite: Database, postgresql: Database) -> None:
    await furnish(sqlite)
    async with sqlite.write() as connection:
        values = {"title": "a\0b", "snapshot": {"a\0": "\ud800", "b": float("nan")}}
        await connection.execute(update(episode).where(episode.c.id == "episode-0").values(values))
    await copy(sqlite, postgresql)
    async with postgresql.read() as connection:
        row = (await connection.execute(episode.select().where(episode.c.id == "episode-0"))).one()
    assert (row.title, row.snapshot) == ("a�b", {"a�": "�", "b": None})
    async with sqlite.write() as connection:
        await connection.execute(update(profile).where(profile.c.id == "profile-0").values(name="x" * 101))
    kept = await contents(postgresql)
    with pytest.raises(OutputError, match="profile's name is longer than the 100 characters"):
        await copy(sqlite, postgresql)
    assert await contents(postgresql) == kept


async def test_a_snapshot_sees_one_moment_whatever_is_written(sqlite: Database, postgresql: Database) -> None:
    for database in (sqlite, postgresql):
        await furnish(database)
        async with database.snapshot() as connection:
            assert await count(connection, account) == 4
            async with database.write() as writer:
                await writer.execute(text("delete from account"))
            assert await count(connection, account) == 4
        async with database.snapshot() as connection:
            assert await count(connection, account) == 0
