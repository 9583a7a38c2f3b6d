"""A whole installation in one file, and from there into any kind of database and storage; and its database alone."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update
from tests.integration.store.furnishing import all_rows, furnish

from narrowcast.errors import InputError, NarrowcastError, OutputError, SettingError
from narrowcast.store.database import Database
from narrowcast.store.files.storage_place import StoragePlace, storage_place
from narrowcast.store.home import Store
from narrowcast.store.places import Places
from narrowcast.store.tables import episode, result, revision
from narrowcast.store.upkeep.backup import back_up
from narrowcast.store.upkeep.copying import MOMENTARY
from narrowcast.store.upkeep.mark import FACT
from narrowcast.store.upkeep.moving_house import move_back, move_in
from narrowcast.store.upkeep.named_blobs import named_blobs
from narrowcast.store.upkeep.restore import restore
from servers import ObjectStore

LARGE = os.urandom(9_000_000)
"""More than goes through memory in one piece."""


def blob(key: str) -> bytes:
    """What lies under a key."""
    return LARGE if key == "results/blob_key-0.bin" else key.encode() * 100


def found(folder: Path, pattern: str) -> list[Path]:
    """What lies somewhere below a folder."""
    return list(folder.rglob(pattern))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home in a folder where every table has rows and all but one blob is there; and its backup."""
    home = tmp_path_factory.mktemp("built") / "home"
    tar = home.with_name("all.tar")

    async def make() -> None:
        store = await Store.open(home)
        await furnish(store._database)
        async with store._database.snapshot() as connection:
            keys = sorted({key async for key in named_blobs(connection)})
        for key in keys:
            if not key.endswith("file_key-1.bin"):
                await store.blobs.put(key, blob(key))
        async with store._database.write() as connection:
            for table, column in ((result, result.c.blob_key), (revision, revision.c.audio_key)):
                for key in keys:
                    digest = hashlib.sha256(blob(key)).hexdigest()
                    await connection.execute(update(table).where(column == key).values(sha256=digest))
        await store.blobs.put("nobody/names.bin", b"this")
        await store.aclose()
        (home / "secret.key").write_text("s" * 40)
        (home / "narrowcast.toml").write_text('NARROWCAST_LLM_CONCURRENCY = "3"\n')
        contents = await back_up(home, tar)
        assert (contents.missing, contents.blobs) == (1, len(keys))

    asyncio.run(make())
    return home, tar


@pytest.fixture
def elsewhere(
    new_postgresql: Callable[[], str], object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Places]:
    """Makes databases and buckets that nobody used."""
    for name, value in object_store.env.items():
        monkeypatch.setenv(name, value)
    return lambda: places(new_postgresql(), f"s3://{object_store.bucket()}/of/us")


def places(database: str | None, storage: str | StoragePlace | None) -> Places:
    return Places(database, storage_place(storage) if isinstance(storage, str) else storage)


async def held(home: Path, where: Places | None = None) -> tuple[dict[str, Any], dict[str, bytes | None]]:
    """All rows, and all blobs that they name."""
    store = await Store.open(home, where)
    try:
        async with store._database.snapshot() as connection:
            rows = {name: kept for name, kept in (await all_rows(connection)).items() if name not in MOMENTARY}
            # What storage it is differs from one to the other.
            rows["installation"] = [row for row in rows["installation"] if FACT not in row]
            keys = sorted({key async for key in named_blobs(connection)})
        return rows, {key: await store.blobs.get(key) for key in keys}
    finally:
        await store.aclose()


async def test_everything_goes_to_postgresql_and_s3_and_comes_back(
    built: tuple[Path, Path], elsewhere: Callable[[], Places], tmp_path: Path
) -> None:
    old, tar = built
    there, steps = elsewhere(), []
    restored = await restore(tar, tmp_path / "new", lambda done, total: steps.append((done, total)), there)
    assert (restored.damaged, restored.notes) == (0, [])
    assert steps[-1][0] == steps[-1][1] == restored.contents.blobs - 1
    assert (tmp_path / "new" / "secret.key").read_text() == "s" * 40
    assert "CONCURRENCY" in (tmp_path / "new" / "narrowcast.toml").read_text()
    assert await held(tmp_path / "new", there) == await held(old)

    # Backed up from there, while others write, it becomes a home in a folder again.
    again = tmp_path / "again.tar"
    store = await Store.open(tmp_path / "new", there)
    contents = await back_up(tmp_path / "new", again, places=there)
    await store.aclose()
    assert (contents.missing, contents.blobs) == (restored.contents.missing, restored.contents.blobs)
    await restore(again, tmp_path / "back")
    assert await held(tmp_path / "back") == await held(old)
    assert not found(tmp_path, ".restore*") + found(tmp_path, ".backup*")


async def test_what_links_lead_to_is_backed_up_and_comes_back(tmp_path: Path) -> None:
    home, kept = tmp_path / "home", tmp_path / "kept"
    (kept / "prompts" / "inner").mkdir(parents=True)
    await (await Store.open(home)).aclose()
    for name in ("narrowcast.toml", "prompts/plain.md", "prompts/inner/deep.md"):
        (kept / name).write_text("")
    (kept / "prompts" / "again.md").hardlink_to(kept / "prompts" / "plain.md")
    (kept / "prompts" / "nowhere.md").symlink_to(kept / "gone.md")
    (kept / "prompts" / "inner" / "up").symlink_to(kept / "prompts")
    for name in ("narrowcast.toml", "prompts"):
        (home / name).symlink_to(kept / name)
    await back_up(home, tmp_path / "all.tar")
    await restore(tmp_path / "all.tar", tmp_path / "new")
    prompts = tmp_path / "new" / "prompts"
    assert not prompts.is_symlink()
    assert (tmp_path / "new" / "narrowcast.toml").is_file()
    assert {str(path.relative_to(prompts)) for path in prompts.rglob("*")} == {
        *("plain.md", "again.md", "inner", "inner/deep.md"),
    }


async def test_an_older_version_brings_its_backup_back_where_a_newer_one_was(
    new_postgresql: Callable[[], str], tmp_path: Path
) -> None:
    home, there, tar = tmp_path / "home", Places(new_postgresql()), tmp_path / "all.tar"
    for where in (None, there):
        store = await Store.open(home, where)
        if not where:
            await store.accounts.add(email="o@example.org", name="O", role="owner", tier="standard")
            await back_up(home, tar)
        async with store._database.write() as connection:
            await connection.execute(text("update alembic_version set version_num = 'v9999_later'"))
        await store.aclose()
    # Tables that this version does not know are nothing that it could remove.
    with pytest.raises(SettingError, match="newer version"):
        await restore(tar, home, places=there, replace=True)
    for where in (None, Places(new_postgresql())):
        await restore(tar, home, places=where, replace=True)
        assert "o@example.org" in str((await held(home, where))[0]["account"])


async def test_neither_a_database_nor_a_storage_in_use_is_written_over(
    built: tuple[Path, Path], elsewhere: Callable[[], Places], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, tar = built
    there = elsewhere()
    monkeypatch.setattr("narrowcast.store.upkeep.at_work.PATIENCE_S", 0.0)
    working = await Store.open(tmp_path / "other machine", there)
    await working.blobs.put("theirs.bin", b"theirs")
    with pytest.raises(OutputError, match="is in use: 1 connection"):
        await restore(tar, tmp_path / "new", places=there)
    await working.accounts.add(email="o@example.org", name="O", role="owner", tier="standard", password_hash="x")
    await working.aclose()
    with pytest.raises(OutputError, match="people are known") as fault:
        await restore(tar, tmp_path / "new", places=there)
    assert "--replace" in fault.value.hint
    fresh = places(elsewhere().database, there.storage)
    with pytest.raises(OutputError, match=r"is not empty: it holds theirs\.bin"):
        await restore(tar, tmp_path / "new", places=fresh)
    assert not found(tmp_path / "new", "secret.key")
    await restore(tar, tmp_path / "new", places=there, replace=True)
    rows, _ = await held(tmp_path / "new", there)
    assert "o@example.org" not in str(rows["account"])


CHILD = """
import asyncio, sys
from pathlib import Path
from narrowcast.store.files.storage_place import storage_place
from narrowcast.store.places import Places
from narrowcast.store.upkeep.restore import restore
tar, home, database, storage = sys.argv[1:]
asyncio.run(restore(Path(tar), Path(home), places=Places(database, storage_place(storage))))
"""


@pytest.mark.parametrize("point", ["restore.blob_stored:5", "restore.before_commit"])
async def test_what_was_killed_is_finished_by_doing_it_again(
    built: tuple[Path, Path], elsewhere: Callable[[], Places], tmp_path: Path, point: str
) -> None:
    old, tar = built
    there = elsewhere()
    given = [str(tar), str(tmp_path / "new"), str(there.database), str(there.storage)]
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", CHILD, *given],
        env={**os.environ, "NARROWCAST_CRASHPOINT": point},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == 137, killed.stderr
    database = Database.at(str(there.database))
    async with database.read() as connection:
        assert await connection.scalar(text("select count(*) from account")) == 0
    await database.aclose()
    await restore(tar, tmp_path / "new", places=there)
    assert await held(tmp_path / "new", there) == await held(old)
    assert not found(tmp_path, ".restore*")


async def test_settings_that_lead_elsewhere_are_put_beside(built: tuple[Path, Path], tmp_path: Path) -> None:
    home = tmp_path / "old"
    shutil.copytree(built[0], home)
    (home / "narrowcast.toml").write_text('NARROWCAST_DATABASE_URL = "postgresql://u:hunter2@db/x"\n')
    await back_up(home, tmp_path / "all.tar")
    new = tmp_path / "new"
    new.mkdir()
    (new / "narrowcast.toml").write_text("# mine\n")
    (note,) = (await restore(tmp_path / "all.tar", new)).notes
    assert "NARROWCAST_DATABASE_URL" in note
    assert "hunter2" not in note
    assert (new / "narrowcast.toml").read_text() == "# mine\n"
    assert "hunter2" in (new / "narrowcast.toml.restored").read_text()


def rewritten(tar: Path, to: Path, entry: tarfile.TarInfo, data: bytes = b"") -> Path:
    """A backup with one entry more."""
    with tarfile.open(tar) as old, tarfile.open(to, "w", format=tarfile.GNU_FORMAT) as new:
        for known in old:
            new.addfile(known, old.extractfile(known) if known.isreg() else None)
        new.addfile(entry, io.BytesIO(data))
    return to


async def test_a_hostile_file_reaches_neither_database_nor_storage(
    built: tuple[Path, Path], elsewhere: Callable[[], Places], tmp_path: Path
) -> None:
    there, tar = elsewhere(), built[1]
    sparse, outside, link = (
        tarfile.TarInfo(name) for name in ("blobs/huge.bin", "blobs/../../outside", "blobs/link.bin")
    )
    sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 0
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    for entry in (sparse, outside, link):
        with pytest.raises(InputError, match=r"no backup of ours|leads elsewhere"):
            await restore(rewritten(tar, tmp_path / "evil.tar", entry), tmp_path / "new", places=there)
    # What the database does not name is not stored, whatever it is called.
    await restore(rewritten(tar, tmp_path / "more.tar", tarfile.TarInfo("blobs/more")), tmp_path / "new", places=there)
    store = await Store.open(tmp_path / "new", there)
    assert await store.blobs.get("more") is None
    await store.aclose()


async def test_a_damaged_file_is_counted_and_the_rest_comes_back(
    built: tuple[Path, Path], elsewhere: Callable[[], Places], tmp_path: Path
) -> None:
    data = bytearray(built[1].read_bytes())
    at = bytes(data).index(LARGE[:64])
    data[at] ^= 0xFF
    (tmp_path / "rotten.tar").write_bytes(data)
    assert (await restore(tmp_path / "rotten.tar", tmp_path / "folder")).damaged == 1
    there = places(elsewhere().database, (tmp_path / "of files").as_uri())
    assert (await restore(tmp_path / "rotten.tar", tmp_path / "new", places=there)).damaged == 1


async def test_the_database_alone_moves_in_and_back(
    built: tuple[Path, Path], new_postgresql: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, url = tmp_path / "home", new_postgresql()
    shutil.copytree(built[0], home)
    monkeypatch.setattr("narrowcast.store.upkeep.at_work.PATIENCE_S", 0.0)
    before = await held(home)
    running = await Store.open(home)
    with pytest.raises(OutputError, match="is in use"):
        await move_in(home, url)
    await running.aclose()
    steps: list[tuple[int, int]] = []
    rows = await move_in(home, url, lambda done, total: steps.append((done, total)))
    assert steps[-1] == (rows, rows)
    moved = places(url, None)
    assert await held(home, moved) == before
    with pytest.raises(OutputError, match="not empty"):
        await move_in(home, url)
    assert await move_in(home, url, replace=True) == rows

    store = await Store.open(home, moved)
    with pytest.raises(OutputError, match="is in use"):
        await move_back(home, url)
    async with store._database.write() as connection:
        await connection.execute(update(episode).where(episode.c.id == "episode-0").values(title="written there"))
    await store.aclose()
    assert await move_back(home, url) == rows
    with sqlite3.connect(home / "narrowcast.db") as file:
        assert file.execute("select title from episode where id = 'episode-0'").fetchone() == ("written there",)
    (aside,) = home.glob("before-*")
    assert {path.name for path in aside.iterdir()} >= {"narrowcast.db"}
    with pytest.raises(OutputError, match=r"no narrowcast\.db"):
        await move_in(tmp_path / "nothing", url)


async def test_passwords_are_never_told(built: tuple[Path, Path], tmp_path: Path) -> None:
    there = places("postgresql://olga:hunter2@127.0.0.1:1/library", None)
    for work in (
        restore(built[1], tmp_path / "new", places=there),
        back_up(tmp_path / "new", tmp_path / "x.tar", places=there),
        move_in(built[0], str(there.database)),
    ):
        with pytest.raises(NarrowcastError) as fault:
            await work
        assert "cannot be reached" in fault.value.message
        assert "hunter2" not in f"{fault.value.message} {fault.value.hint} {there!r}"
    assert not found(tmp_path, "*.tar")


async def test_only_what_nobody_names_is_collected_from_a_bucket(
    built: tuple[Path, Path], elsewhere: Callable[[], Places], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = elsewhere()
    await restore(built[1], tmp_path / "new", places=there)
    store = await Store.open(tmp_path / "new", there)
    await store.blobs.put("orphan.bin", b"12345")
    assert (await store.collect()).blobs == 0
    monkeypatch.setattr("narrowcast.store.upkeep.collect.GRACE", timedelta(minutes=-1))
    assert (await store.collect(dry=True)).blobs == 1
    assert (await store.collect()).blobs == 1
    assert (await store.check_up(deep=False)).verdict == "ok"
    await store.aclose()
