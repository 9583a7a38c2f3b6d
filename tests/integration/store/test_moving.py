"""Moving all blobs from one storage to another: killed and run again, all is there and equal."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from narrowcast.errors import InputError, OutputError
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.files.storage_place import storage_place
from narrowcast.store.upkeep import moving
from narrowcast.store.upkeep.apart import refuse_absent
from narrowcast.store.upkeep.moving import Moved, move, remove_moved
from servers import ObjectStore

MANY = 200


@pytest.fixture
async def folder(tmp_path: Path) -> Blobs:
    return Blobs.open(str(tmp_path / "from"), "me")


@pytest.fixture
async def kept(bucket: str) -> Blobs:
    return Blobs.open(f"s3://{bucket}/kept", "me")


async def all_of(blobs: Blobs) -> dict[str, str | None]:
    return {entry.key: await blobs.sha256(entry.key) async for entry in blobs.entries()}


async def test_killed_in_the_midst_and_run_again_all_is_there(folder: Blobs, kept: Blobs, bucket: str) -> None:
    for number in range(MANY):
        path = folder.path(f"clips/{number % 7}/{number}.flac")
        assert path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(20_000))
    command = [sys.executable, "-m", "narrowcast", "storage", "move", str(folder.place), f"s3://{bucket}/kept"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len([entry async for entry in kept.entries()]) < 10:
        assert time.monotonic() < until
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    there = len(await all_of(kept))
    assert 10 <= there < MANY

    again = await asyncio.create_subprocess_exec(*command, "--delete", stderr=asyncio.subprocess.PIPE)
    said = (await again.communicate())[1].decode()
    assert again.returncode == 0, said
    assert f"{MANY:,} files removed" in said
    assert "; 0 were there" not in said
    assert not await all_of(folder)
    back = Blobs.open(str(folder.place.folder) + "-back", "me")
    done = await move(kept, back)
    assert (done.copied, done.equal, done.copied_bytes) == (MANY, 0, MANY * 20_000)
    assert await all_of(back) == await all_of(kept)


async def test_large_ones_pass_through_in_pieces(folder: Blobs, kept: Blobs, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(os.urandom(moving.SMALL + 1_000_001))
    await kept.put_file("episodes/e/audio.mp3", tmp_path / "large")
    other = Blobs.open(f"s3://{kept.place.bucket}/other", "me")
    told: list[Moved] = []
    assert (await move(kept, other, tell=told.append)).copied == 1
    assert told[-1].copied_bytes == told[-1].all_bytes == moving.SMALL + 1_000_001
    assert told[-1].remaining_s == 0
    assert await all_of(other) == await all_of(kept)


async def test_what_is_there_and_equal_stays_and_what_differs_is_found_by_its_bytes(folder: Blobs, kept: Blobs) -> None:
    for key, data in (("a", b"one"), ("b", b"two"), ("c", b"three")):
        await folder.put(key, data)
    await kept.put("a", b"one")
    await kept.put("b", b"TWO")
    await kept.put("c", b"3")
    done = await move(folder, kept)
    assert (done.copied, done.equal) == (1, 2)
    # What is not the same byte by byte is never removed.
    assert await remove_moved(folder, kept) == 2
    assert await folder.get("b") == b"two"
    assert (await move(folder, kept, deep=True)).copied == 1
    assert await kept.get("b") == b"two"


async def test_one_bucket_by_two_addresses_is_not_emptied(kept: Blobs, bucket: str, object_store: ObjectStore) -> None:
    await kept.put("a", b"one")
    by_name = object_store.env["AWS_ENDPOINT_URL"].replace("127.0.0.1", "localhost")
    for prefix, said in (("kept", "same storage"), ("kept/in", "lies within")):
        again = Blobs.open(f"s3://{bucket}/{prefix}?endpoint={by_name}", "me")
        for verb in (move, remove_moved):
            with pytest.raises(InputError, match=said):
                await verb(kept, again)
    for place in (storage_place(f"s3://{bucket}/kept", public_url="https://cdn"), storage_place(f"s3://{bucket}")):
        with pytest.raises(InputError, match=r"same storage|lies within"):
            await remove_moved(kept, Blobs.open(place, "me"))
    assert await kept.get("a") == b"one"
    assert list(await all_of(kept)) == ["a"]


async def test_the_same_storage_or_one_that_fails_is_told(folder: Blobs, bucket: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="same storage"):
        await move(folder, folder)
    await folder.put("a", b"one")
    await folder.put("b/a", b"one")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "from")
    for same in (storage_place(str(folder.place.folder), "named otherwise"), storage_place(str(link))):
        with pytest.raises(InputError, match="same storage"):
            await remove_moved(folder, Blobs.open(same, "me"))
    with pytest.raises(InputError, match="lies within"):
        await remove_moved(folder, Blobs.open(f"{link}/b", "me"))
    assert await folder.get("a") == b"one"
    with pytest.raises(InputError, match="There is no folder"):
        refuse_absent(storage_place(str(tmp_path / "none")))
    with pytest.raises(OutputError, match="There is no bucket"):
        await move(folder, Blobs.open(f"s3://{bucket}-none", "me"))
    assert await folder.get("a") == b"one"
