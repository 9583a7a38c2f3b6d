"""What nobody needs is collected, and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.home import Store
from narrowcast.store.tables import account, episode, job, result, revision
from narrowcast.store.upkeep.collect import Collected

KEY = "a" * 64


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "home")
    yield opened
    await opened.aclose()


async def made(store: Store, key: str = KEY) -> Path:
    """A result that was made, and its file."""
    async with store.results.reserve(key, "clip") as reservation:
        if not reservation.stored:
            await reservation.finish(b"sound", {}, suffix=".flac")
    [found] = (store._home / "blobs").rglob(f"{key}*")
    return found


async def aged(store: Store, days: float) -> None:
    """As if everything had been written so many days earlier."""
    then = time.time() - days * 86_400
    for path in (store._home / "blobs").rglob("*"):
        os.utime(path, (then, then))
    moment = datetime.now(UTC) - timedelta(days=days)
    async with store._database.write() as connection:
        await connection.execute(update(result).values(finished_at=moment, used_at=None))


async def test_a_blob_that_no_row_names_goes_once_it_is_a_day_old(store: Store) -> None:
    named = await made(store)
    await store.blobs.put("clips/orphan.flac", b"12345")
    assert await store.collect() == Collected()
    await aged(store, 2)
    assert await store.collect(dry=True) == Collected(blobs=1, bytes=5)
    assert await store.collect() == Collected(blobs=1, bytes=5)
    assert await store.collect() == Collected()
    assert named.is_file()


async def test_what_a_job_is_still_to_be_made_from_stays(store: Store) -> None:
    user = await store.accounts.add(email="o@example.org", name="O", role="owner", tier="standard")
    params = {"content_key": "contents/a.md", "script_key": "episodes/e/s.json", "sources": [{"read_key": "sources/b"}]}
    now = datetime.now(UTC)
    values = {"owner_id": user.id, "kind": "episode", "priority": 0, "rank": 0, "progress": {}, "created_at": now}
    async with store._database.write() as connection:
        for status in ("failed", "completed"):
            own = params if status == "failed" else {"content_key": "contents/done.md"}
            await connection.execute(insert(job).values(id=status, status=status, params=own, **values))
    for key in ("contents/a.md", "episodes/e/s.json", "sources/b", "contents/done.md"):
        await store.blobs.put(key, b"12345")
    await aged(store, 2)
    assert await store.collect() == Collected(blobs=1, bytes=5)
    assert await store.blobs.get("contents/done.md") is None


async def test_unused_results_go_only_when_asked_and_only_after_that_long(store: Store) -> None:
    path = await made(store)
    await aged(store, 10)
    assert await store.collect() == Collected()
    assert await store.collect(unused=timedelta(days=11)) == Collected()
    assert await store.collect(unused=timedelta(days=9)) == Collected(results=1, blobs=1, bytes=5)
    assert not path.exists()
    assert await store.results.get(KEY) is None


async def test_what_was_used_since_or_is_in_use_stays(store: Store) -> None:
    await made(store)
    await aged(store, 10)
    await made(store)  # found, not made: that is a use
    assert await store.collect(unused=timedelta(days=9)) == Collected()
    assert await store.collect(unused=timedelta(0)) == Collected()


async def test_a_use_is_noted_once_a_day(store: Store) -> None:
    await made(store)
    await aged(store, 10)
    seen = set()
    for _ in range(3):
        await made(store)
        async with store._database.read() as connection:
            seen.add(await connection.scalar(text("select used_at from result")))
    assert len(seen) == 1
    assert None not in seen


async def test_a_clip_that_an_episode_is_made_of_stays_as_long_as_the_episode(store: Store) -> None:
    await made(store)
    await aged(store, 100)
    now = datetime.now(UTC)
    user = {"id": "u", "email": "u@x.org", "name": "", "role": "owner", "tier": "free", "active": True}
    times = {"created_at": now, "updated_at": now}
    fields = {"id": "e", "owner_id": "u", "title": "", "language": "en", "status": "completed", "figures": {}}
    rendering = {"episode_id": "e", "number": 1, "audio_key": "x", "media_type": "audio/mpeg", "size_bytes": 1}
    rendering |= {"sha256": "", "duration_ms": 1, "files": {}, "figures": {}, "clips": [KEY], "created_at": now}
    async with store._database.write() as connection:
        await connection.execute(insert(account).values(preferences={}, **user, **times))
        await connection.execute(insert(episode).values(**fields, **times))
        await connection.execute(insert(revision).values(**rendering))
    assert await store.collect(unused=timedelta(days=1)) == Collected()
    async with store._database.write() as connection:
        await connection.execute(text("delete from account"))
    assert await store.collect(unused=timedelta(days=1)) == Collected(results=1, blobs=1, bytes=5)


async def test_a_result_that_is_used_while_old_ones_are_collected_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await made(store)
    await aged(store, 10)
    write = store._database.write

    @asynccontextmanager
    async def used_just_before(turn: str | None = "") -> AsyncIterator[AsyncConnection]:
        async with write(turn) as connection:
            await connection.execute(update(result).values(used_at=datetime.now(UTC)))
        async with write(turn) as connection:
            yield connection

    monkeypatch.setattr(store._database, "write", used_just_before)
    assert await store.collect(unused=timedelta(days=9)) == Collected()
    assert path.is_file()
    assert await store.results.get(KEY)


async def test_what_is_written_or_named_again_after_the_listing_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await made(store)
    for key in ("contents/again.md", "contents/gone.md"):
        await store.blobs.put(key, b"12345")
    await aged(store, 10)
    older_than = store.blobs.older_than

    async def and_meanwhile(moment: datetime) -> AsyncIterator[tuple[str, int]]:
        async for entry in older_than(moment):
            yield entry
        await made(store)
        await store.blobs.put("contents/again.md", b"12345")

    monkeypatch.setattr(store.blobs, "older_than", and_meanwhile)
    assert await store.collect(unused=timedelta(days=9)) == Collected(results=1, blobs=1, bytes=5)
    assert path.is_file()
    assert await store.blobs.exists("contents/again.md")


async def test_what_is_named_while_others_are_deleted_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrowcast.store.upkeep.collect.AT_ONCE", 1)
    for number in range(3):
        await store.blobs.put(f"clips/{number}.flac", b"12345")
    await aged(store, 2)
    delete_all, deleted = store.blobs.delete_all, list[str]()

    async def then_name_the_others(keys: Sequence[str]) -> None:
        await delete_all(keys)
        deleted.extend(keys)
        now = datetime.now(UTC)
        fields = {"kind": "clip", "status": "ready", "epoch": 1, "sha256": "", "size_bytes": 5, "meta": {}}
        async with store._database.write() as connection:
            for number in range(3):
                values = {"blob_key": f"clips/{number}.flac", "created_at": now, "finished_at": now}
                await connection.execute(insert(result).values(key=str(number), **fields, **values))

    monkeypatch.setattr(store.blobs, "delete_all", then_name_the_others)
    assert await store.collect() == Collected(blobs=1, bytes=5)
    assert len(deleted) == 1
