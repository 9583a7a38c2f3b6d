"""What is PostgreSQL's alone: turns, its clock, what it says when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from narrowcast.errors import InputError, OutputError, SettingError
from narrowcast.store.database import EVERYTHING, Database, open_database
from narrowcast.store.home import Store
from narrowcast.store.places import Places
from narrowcast.store.tables import installation
from servers import Postgres, free_port


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgresql_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that this test may kill."""
    server = Postgres()
    yield server
    server.remove()


async def test_who_names_the_same_turn_comes_one_after_the_other_and_others_meanwhile(database: Database) -> None:
    inside: list[str] = []

    async def write(turn: str | None, name: str) -> None:
        async with database.write(turn):
            inside.append(f"{name} in")
            await asyncio.sleep(0.2)
            inside.append(f"{name} out")

    await asyncio.gather(write("line", "a"), write("line", "b"))
    assert [word for _, word in map(str.split, inside)] == ["in", "out", "in", "out"]
    inside.clear()
    await asyncio.gather(write(EVERYTHING, "a"), write("line", "b"), write(None, "c"))
    assert [word for _, word in map(str.split, inside)][:3] == ["in", "in", "in"]


async def test_who_is_alone_is_so_on_every_machine_and_a_dead_one_holds_nothing(
    database: Database, postgresql_url: str, postgres: Postgres
) -> None:
    other = await open_database(postgresql_url)
    async with database.alone("house") as first, other.alone("house") as second, other.alone("garden") as third:
        assert (first, second, third) == (True, False, True)
    async with other.alone("house") as again:
        assert again
    with suppress(OutputError):
        async with database.alone("house"):
            postgres.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'narrowcast'")
    async with other.alone("house") as after:
        assert after
    await other.aclose()


async def test_time_is_the_servers(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with database.read() as connection:
        told = (await connection.execute(text("select clock_timestamp()"))).scalar_one()
    assert abs(database.now() - told) < timedelta(seconds=1)
    monkeypatch.setattr("narrowcast.store.clock.now_in_utc", lambda: datetime(1999, 1, 1, tzinfo=UTC))
    assert abs(database.now() - told) < timedelta(seconds=5)


async def test_a_restarted_server_costs_nobody_a_failed_request(own_postgres: Postgres) -> None:
    database = await open_database(own_postgres.database())
    own_postgres.stop()
    with pytest.raises(OutputError, match="cannot be reached") as caught:
        async with database.read() as connection:
            await connection.execute(text("select 1"))
    assert "NARROWCAST_DATABASE_URL" in caught.value.hint
    own_postgres.start()
    async with database.write() as connection:
        await connection.execute(insert(installation).values(name="a", value="b"))
    own_postgres.kill()
    own_postgres.start()
    async with database.read() as connection:
        assert (await connection.execute(text("select value from installation"))).scalar_one() == "b"
    await database.aclose()


@pytest.mark.parametrize("name", ["nowhere", "p%40ss"])
async def test_a_database_that_is_not_there_is_named_without_its_password(postgres: Postgres, name: str) -> None:
    url = f"postgresql://postgres:s3cret@127.0.0.1:{postgres.port}/{name}"
    with pytest.raises(SettingError, match="There is no database") as caught:
        await open_database(url)
    assert "s3cret" not in f"{caught.value.message}{caught.value.hint}"


async def test_a_server_that_cannot_be_reached_is_told_at_once(tmp_path: Path) -> None:
    url = f"postgresql://postgres:s3cret@127.0.0.1:{free_port()}/narrowcast"
    with pytest.raises(OutputError, match="cannot be reached") as caught:
        await Store.open(tmp_path, Places(database=url))
    assert "s3cret" not in caught.value.message


@pytest.mark.parametrize(("value", "words"), [("a\0b", "character"), ("x" * 41, "too long")])
async def test_what_cannot_be_kept_is_the_askers_fault(database: Database, value: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        async with database.write() as connection:
            await connection.execute(insert(installation).values(name=value, value="b"))


async def test_a_connection_that_is_ended_in_a_transaction_is_a_fault_of_the_way_there(database: Database) -> None:
    """As that of a process which stood still for too long."""

    async def stand_still() -> None:
        async with database.write(None) as connection:
            await connection.execute(text("set local idle_in_transaction_session_timeout = '50ms'"))
            await asyncio.sleep(0.3)
            await connection.execute(text("select 1"))

    with pytest.raises(OutputError, match="cannot be reached"):
        await stand_still()


@pytest.mark.parametrize("url", ["postgresql://u:pa@ss@host/db", "postgresql://u:pass@host:port/db"])
async def test_an_address_that_is_written_wrong_shows_nothing_of_a_password(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        await open_database(url)
    assert "ss@host" not in f"{caught.value.message}{caught.value.hint}"


async def test_many_that_start_at_once_make_the_tables_once(postgres: Postgres) -> None:
    url = postgres.database()
    opened = await asyncio.gather(*(open_database(url) for _ in range(4)))
    assert [await each.is_current() for each in opened] == [True] * 4
    for each in opened:
        await each.aclose()
