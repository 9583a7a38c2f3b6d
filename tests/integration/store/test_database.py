"""Opening the database: migrations, several processes at once, damage, and places that cannot be written."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from narrowcast.errors import OutputError, SettingError
from narrowcast.store.database import open_database
from narrowcast.store.home import Store
from narrowcast.store.tables import SCHEMA, metadata
from narrowcast.store.upgrade import MIGRATIONS

Start = Callable[..., subprocess.Popen[str]]


async def opened_and_closed(home: Path) -> Path:
    await (await Store.open(home)).aclose()
    return home / "narrowcast.db"


async def test_the_migrations_make_the_tables_that_the_code_works_with(tmp_path: Path) -> None:
    path = await opened_and_closed(tmp_path / "home")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        checks = connection.scalar(text("select sql from sqlite_master where name = 'result'"))
        for constraint in ("ck_result_status_known", "ck_result_ready_is_whole"):
            assert constraint in str(checks)
    engine.dispose()


async def test_it_is_safe_against_power_cuts_and_writes_take_their_turn(tmp_path: Path) -> None:
    await opened_and_closed(tmp_path)
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}")
    async with database.write() as connection:
        assert await connection.scalar(text("pragma journal_mode")) == "wal"
        assert await connection.scalar(text("pragma synchronous")) == 2
        assert await connection.scalar(text("pragma foreign_keys")) == 1
        assert await connection.scalar(text("pragma busy_timeout")) >= 10_000
        # Another writer is kept out from the beginning, before anything was written.
        with (
            closing(sqlite3.connect(tmp_path / "narrowcast.db", timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("begin immediate")
    await database.aclose()


async def test_a_write_that_raises_leaves_nothing(tmp_path: Path) -> None:
    await opened_and_closed(tmp_path)
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}")

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(text("delete from alembic_version"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.read() as connection:
        assert await connection.scalar(text("select version_num from alembic_version")) == SCHEMA
    await database.aclose()


async def test_opening_again_does_not_load_alembic(tmp_path: Path) -> None:
    await opened_and_closed(tmp_path / "home")
    code = (
        "import asyncio, pathlib, sys\n"
        "from narrowcast.store.home import Store\n"
        "async def go():\n"
        "    await (await Store.open(pathlib.Path(sys.argv[1]))).aclose()\n"
        "asyncio.run(go())\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert status(code, tmp_path / "home") == 0
    assert status(code, tmp_path / "new") == 1


def status(code: str, home: Path) -> int:
    """How a Python process ends that runs `code` with `home`."""
    return subprocess.run([sys.executable, "-c", code, str(home)], check=False).returncode


def test_several_processes_may_open_a_new_home_at_once(start: Start) -> None:
    workers = [start(f"{number:064x}") for number in range(4)]
    outputs = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4, outputs


async def test_a_first_start_waits_for_another_one_to_set_up_and_later_ones_do_not(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with (home / "narrowcast.db.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        opening = asyncio.create_task(Store.open(home))
        await asyncio.sleep(0.5)
        assert not opening.done()
        fcntl.flock(lock, fcntl.LOCK_UN)
        store = await opening
        fcntl.flock(lock, fcntl.LOCK_EX)
        async with asyncio.timeout(5):
            await opened_and_closed(home)
        await store.aclose()


async def test_what_is_in_the_database_outlives_the_upgrade(tmp_path: Path) -> None:
    path = await opened_and_closed(tmp_path / "home")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "insert into episode (id, title, language, status, created_at, updated_at, figures)"
            " values ('1', 'Kept', 'en', 'completed', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '{}')"
        )
        # As a file that was restored by another tool: no longer in WAL mode.
        connection.execute("pragma journal_mode = delete")
    store = await Store.open(tmp_path / "home")
    episode = await store.episodes.get("1")
    assert episode
    assert episode.title == "Kept"
    await store.aclose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


async def test_a_newer_schema_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = await opened_and_closed(tmp_path / "home")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(SettingError, match="newer version of Narrowcast") as caught:
        await Store.open(tmp_path / "home")
    assert str(path) in caught.value.message
    assert "NARROWCAST_HOME" in caught.value.hint
    assert not list((tmp_path / "home" / "run").iterdir())


@pytest.mark.parametrize("damage", ["no database at all", "a page of garbage"])
async def test_a_damaged_database_is_named_with_the_way_out(tmp_path: Path, damage: str) -> None:
    path = await opened_and_closed(tmp_path / "home")
    if damage == "no database at all":
        path.write_bytes(b"This is a letter to my aunt. " * 1000)
    else:
        data = bytearray(path.read_bytes())
        data[100:4096] = os.urandom(3996)
        path.write_bytes(data)
    with pytest.raises(OutputError, match="is damaged") as caught:
        await Store.open(tmp_path / "home")
    assert str(path) in caught.value.message
    assert "backup" in caught.value.hint


async def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file.* cannot be used"):
        await Store.open(tmp_path / "file")
    with pytest.raises(OutputError, match=r"file/home cannot be used"):
        await Store.open(tmp_path / "file" / "home")


async def test_a_home_with_odd_characters_is_as_good_as_any(tmp_path: Path) -> None:
    home = tmp_path / "my höme 100%?#x"
    store = await Store.open(home)
    async with store.results.reserve("ab" * 32, "clip") as reservation:
        await reservation.finish(b"x", {}, suffix=".flac")
    await store.aclose()
    assert sorted(path.name for path in home.iterdir()) == [
        "blobs",
        "identity",
        "narrowcast.db",
        "narrowcast.db.lock",
        "run",
    ]
    assert [*home.glob("blobs/clips/ab/*.flac")]


@pytest.mark.parametrize("url", ["mysql://host/db", "postgresql://host", "sqlite+aiosqlite://", "not a url"])
async def test_a_database_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        await open_database(url)
    assert "postgresql://" in caught.value.hint
