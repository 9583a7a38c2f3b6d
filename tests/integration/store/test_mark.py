"""A database and its storage are each other's: with another storage, or an empty one, nothing starts."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.store.furnishing import furnish

from narrowcast.errors import InputError, SettingError
from narrowcast.store.database import Database
from narrowcast.store.files.besides import MARK
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.files.storage_place import storage_place
from narrowcast.store.home import Store
from narrowcast.store.installation import Installation
from narrowcast.store.places import Places
from narrowcast.store.upkeep.mark import FACT, NEW, agree_on_storage
from narrowcast.store.upkeep.moving import move, remove_moved


async def test_files_are_not_looked_for_in_another_storage(tmp_path: Path, bucket: str) -> None:
    home, kept = tmp_path / "home", Places(storage=storage_place(f"s3://{bucket}/kept", "THE_SETTING"))
    await (await Store.open(home, Places(storage=storage_place(f"s3://{bucket}/first")))).aclose()
    # Without files any empty storage will do.
    store = await Store.open(home, kept)
    await furnish(store._database)
    await store.blobs.put("a", b"one")
    await store.aclose()
    await (await Store.open(home, kept)).aclose()
    for other in (Places(), Places(storage=storage_place(f"s3://{bucket}/kep", "THE_SETTING"))):
        with pytest.raises(SettingError, match="not the storage that this database's files are in") as fault:
            await Store.open(home, other)
        assert "storage move" in fault.value.hint
    assert "(THE_SETTING)" in fault.value.message
    # A database that is new does not take the files of another one, which it would collect.
    with pytest.raises(SettingError, match="holds the files of another database"):
        await Store.open(tmp_path / "new", kept)
    assert await store.blobs.get("a") == b"one"


async def test_a_move_carries_the_mark_and_what_is_emptied_loses_it(tmp_path: Path, bucket: str) -> None:
    home = tmp_path / "home"
    store = await Store.open(home)
    await furnish(store._database)
    await store.blobs.put("a", b"one")
    await store.aclose()
    target = Blobs.open(f"s3://{bucket}/kept", "me")
    assert (await move(store.blobs, target)).blobs == 1
    assert [entry.key async for entry in target.entries()] == ["a"]
    assert await remove_moved(store.blobs, target) == 1
    with pytest.raises(SettingError, match="not the storage"):
        await Store.open(home)
    await (await Store.open(home, Places(storage=target.place))).aclose()
    others = await Store.open(tmp_path / "other")
    await others.blobs.put("b", b"two")
    await others.aclose()
    with pytest.raises(InputError, match="files of another database"):
        await move(target, others.blobs)


async def test_many_first_starts_agree_and_one_that_died_is_finished(
    tmp_path: Path, new_postgresql: Callable[[], str]
) -> None:
    database, blobs = Database.at(new_postgresql()), Blobs.open(str(tmp_path / "blobs"), "me")
    facts = Installation(database)
    try:
        await asyncio.gather(*(agree_on_storage(database, blobs) for _ in range(6)))
        known = await facts.known(FACT)
        assert known
        assert not known.startswith(NEW)
        assert await blobs.get(MARK) == known.encode()
        # Died before the mark was written, and before it was known to be: with files, too.
        await furnish(database)
        for marked in (True, False):
            await facts.put(FACT, f"{NEW}{known}")
            if not marked:
                await blobs.delete(MARK)
            await agree_on_storage(database, blobs)
            assert await facts.known(FACT) == known
            assert await blobs.get(MARK) == known.encode()
    finally:
        await database.aclose()


async def test_who_lost_the_files_can_go_on_without_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = await Store.open(home)
    await furnish(store._database)
    await store.aclose()
    shutil.rmtree(home / "blobs")
    with pytest.raises(SettingError) as refused:
        await Store.open(home)
    assert "accept-storage" in refused.value.hint
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "narrowcast", "db", "accept-storage", "--yes",
        env={**os.environ, "NARROWCAST_HOME": str(home)},
    )  # fmt: skip
    assert await done.wait() == 0
    for _ in range(2):
        await (await Store.open(home)).aclose()
    assert (home / "blobs" / MARK).is_file()
