"""Never paying twice, in one process: real SQLite, real files."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from narrowcast.store.database import open_database
from narrowcast.store.home import Store
from narrowcast.store.results import rows
from narrowcast.store.results.results import Stored
from narrowcast.store.results.rows import ResultRow

KEY = "ab" * 32


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "home")
    yield opened
    await opened.aclose()


async def make(store: Store, key: str = KEY, data: bytes = b"sound", **meta: int) -> Stored:
    async with store.results.reserve(key, "clip") as reservation:
        return reservation.stored or await reservation.finish(data, meta, suffix=".flac")


async def test_what_was_finished_is_there_with_its_meta_also_after_reopening(store: Store, tmp_path: Path) -> None:
    assert await store.results.get(KEY) is None
    made = await make(store, ms=1200)
    assert made == Stored(KEY, "clip", b"sound", {"ms": 1200})
    await store.aclose()
    again = await Store.open(tmp_path / "home")
    assert await again.results.get(KEY) == made
    async with again.results.reserve(KEY, "clip") as reservation:
        assert reservation.stored == made
    assert await again.results.many_ready([KEY, "cd" * 32]) == {KEY}
    await again.aclose()


async def test_many_ready_takes_more_keys_than_one_statement_does(store: Store) -> None:
    keys = [f"{number:064x}" for number in range(1201)]
    for number in (0, 700, 1200):
        await make(store, keys[number])
    assert await store.results.many_ready(keys) == {keys[0], keys[700], keys[1200]}
    assert await store.results.many_ready([]) == set()


async def test_a_blob_lies_under_its_kind_and_key(store: Store, tmp_path: Path) -> None:
    await make(store)
    (path,) = (tmp_path / "home" / "blobs" / "clips" / "ab").iterdir()
    assert path.name.startswith(KEY)
    assert path.suffix == ".flac"
    assert not list((tmp_path / "home" / "blobs" / "incoming").iterdir())


async def test_leaving_unfinished_keeps_the_partial_and_lets_the_next_in(store: Store, tmp_path: Path) -> None:
    async with store.results.reserve(KEY, "segment") as reservation:
        assert reservation.partial is None
        await reservation.save_partial(b"[1]")
        await reservation.save_partial(b"[1, 2]")

    async def fail() -> None:
        async with store.results.reserve(KEY, "segment") as reservation:
            assert reservation.partial == b"[1, 2]"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    other = await Store.open(tmp_path / "home")
    async with asyncio.timeout(2), other.results.reserve(KEY, "segment") as reservation:
        assert reservation.partial == b"[1, 2]"
        await reservation.finish(b"[1, 2, 3]", {}, suffix=".json")
        await reservation.save_partial(b"too late")
    assert await store.results.get(KEY) == Stored(KEY, "segment", b"[1, 2, 3]", {})
    await other.aclose()


async def test_many_tasks_that_want_one_result_make_it_once(store: Store, tmp_path: Path) -> None:
    other = await Store.open(tmp_path / "home")
    made = 0

    async def want(where: Store) -> bytes:
        nonlocal made
        async with where.results.reserve(KEY, "clip") as reservation:
            if reservation.stored:
                return reservation.stored.data
            made += 1
            await asyncio.sleep(0.05)
            return (await reservation.finish(b"once", {}, suffix=".flac")).data

    answers = await asyncio.gather(*(want(where) for where in (store, other) * 4))
    assert answers == [b"once"] * 8
    assert made == 1
    await other.aclose()


async def test_different_results_are_made_side_by_side(store: Store) -> None:
    both = asyncio.Barrier(2)

    async def want(key: str) -> None:
        async with store.results.reserve(key, "clip") as reservation, asyncio.timeout(5):
            await both.wait()
            await reservation.finish(b"x", {}, suffix=".flac")

    await asyncio.gather(want("ab" * 32), want("cd" * 32))


@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
async def test_a_damaged_result_counts_as_never_made(store: Store, tmp_path: Path, damage: str) -> None:
    await make(store)
    (path,) = (tmp_path / "home" / "blobs" / "clips" / "ab").iterdir()
    match damage:
        case "missing":
            path.unlink()
        case "cut":
            path.write_bytes(b"soun")
        case _:
            path.write_bytes(b"Sound")
    assert await store.results.get(KEY) is None
    assert await store.results.many_ready([KEY]) == set()
    assert not path.exists()
    await make(store, data=b"again")
    stored = await store.results.get(KEY)
    assert stored
    assert stored.data == b"again"


async def test_a_damaged_result_is_made_again_within_reserve(store: Store, tmp_path: Path) -> None:
    await make(store)
    shutil.rmtree(tmp_path / "home" / "blobs" / "clips")
    async with store.results.reserve(KEY, "clip") as reservation:
        assert reservation.stored is None
        await reservation.finish(b"again", {}, suffix=".flac")


async def test_cancelled_while_finishing_what_was_paid_for_is_kept(store: Store) -> None:
    finishing = asyncio.Event()

    async def work() -> None:
        async with store.results.reserve(KEY, "clip") as reservation:
            finishing.set()
            await reservation.finish(b"paid", {}, suffix=".flac")

    task = asyncio.create_task(work())
    await finishing.wait()
    await asyncio.sleep(0)  # into finish, before its first write can be through
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stored = await store.results.get(KEY)
    assert stored
    assert stored.data == b"paid"


@pytest.mark.parametrize("moments", range(0, 40, 3))
async def test_cancelled_at_any_moment_it_blocks_nobody(store: Store, tmp_path: Path, moments: int) -> None:
    async def work() -> None:
        async with store.results.reserve(KEY, "clip") as reservation:
            await reservation.save_partial(b"[]")
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    for _ in range(moments):
        await asyncio.sleep(0.0005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other = await Store.open(tmp_path / "home")
    async with asyncio.timeout(2), other.results.reserve(KEY, "clip") as reservation:
        assert reservation.stored is None
    await other.aclose()


async def test_cancelled_just_as_it_gets_the_lease_it_blocks_nobody(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, claimed = rows.claim, asyncio.Event()

    async def claim_and_linger(*given: Any, **named: Any) -> int | None:
        epoch = await claim(*given, **named)
        claimed.set()
        await asyncio.sleep(0.05)
        return epoch

    async def work() -> None:
        async with store.results.reserve(KEY, "clip"):
            await asyncio.sleep(60)

    monkeypatch.setattr(rows, "claim", claim_and_linger)
    task = asyncio.create_task(work())
    await claimed.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other = await Store.open(tmp_path / "home")
    async with asyncio.timeout(2), other.results.reserve(KEY, "clip") as reservation:
        assert reservation.stored is None
    await other.aclose()


async def test_a_lease_is_renewed_for_as_long_as_it_is_held(tmp_path: Path) -> None:
    one = await Store.open(tmp_path / "home", lease_s=0.4)
    other = await Store.open(tmp_path / "home", lease_s=0.4)

    async def want() -> bytes:
        async with other.results.reserve(KEY, "clip") as reservation:
            assert reservation.stored
            return reservation.stored.data

    async with one.results.reserve(KEY, "clip") as reservation:
        waiting = asyncio.create_task(want())
        await asyncio.sleep(1.5)
        assert not waiting.done()
        await reservation.finish(b"slow", {}, suffix=".flac")
    assert await waiting == b"slow"
    await one.aclose()
    await other.aclose()


async def test_who_lost_the_lease_writes_over_nothing(tmp_path: Path) -> None:
    one = await Store.open(tmp_path / "home", lease_s=0.2)
    other = await Store.open(tmp_path / "home", lease_s=30)
    async with one.results.reserve(KEY, "segment") as late:
        await late.save_partial(b"late: 1")
        await one.results.aclose()  # its heart stops, as that of a frozen process does
        async with other.results.reserve(KEY, "segment") as first:
            assert first.partial == b"late: 1"
            await first.save_partial(b"first: 2")
            await late.save_partial(b"late: 2")
            made = await first.finish(b"first", {"who": "first"}, suffix=".json")
        assert await late.finish(b"late", {"who": "late"}, suffix=".json") == made
    assert await one.results.get(KEY) == made
    assert len(list((tmp_path / "home" / "blobs" / "segments" / "ab").iterdir())) == 1
    await one.aclose()
    await other.aclose()


async def test_of_two_answers_the_first_stands_even_from_who_lost_the_lease(tmp_path: Path) -> None:
    one = await Store.open(tmp_path / "home", lease_s=0.2)
    other = await Store.open(tmp_path / "home", lease_s=30)
    async with one.results.reserve(KEY, "segment") as late:
        await one.results.aclose()
        async with other.results.reserve(KEY, "segment") as holder:
            await holder.save_partial(b"holder: 1")
            await late.save_partial(b"late: 1")
            made = await late.finish(b"late", {}, suffix=".json")
            assert made.data == b"late"
            assert await holder.finish(b"holder", {}, suffix=".json") == made
    assert await other.results.get(KEY) == made
    await one.aclose()
    await other.aclose()


async def test_a_partial_of_who_lost_the_lease_is_not_kept(tmp_path: Path) -> None:
    one = await Store.open(tmp_path / "home", lease_s=0.2)
    other = await Store.open(tmp_path / "home", lease_s=30)
    async with one.results.reserve(KEY, "segment") as late:
        await one.results.aclose()
        async with other.results.reserve(KEY, "segment") as holder:
            await holder.save_partial(b"holder: 1")
            await late.save_partial(b"late: 1")
    async with other.results.reserve(KEY, "segment") as after:
        assert after.partial == b"holder: 1"
    await one.aclose()
    await other.aclose()


async def test_of_two_who_saw_the_same_row_one_gets_the_lease(tmp_path: Path) -> None:
    await (await Store.open(tmp_path)).aclose()
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}")
    now = datetime.now(UTC)

    async def claim(seen: ResultRow | None, me: str) -> int | None:
        until = now + timedelta(seconds=60)
        return await rows.claim(database, seen, key=KEY, kind="clip", me=me, now=now, until=until)

    assert [await claim(None, "one"), await claim(None, "other")] == [1, None]
    seen = await rows.find(database, KEY)
    assert [await claim(seen, "one"), await claim(seen, "other")] == [2, None]
    held = await rows.find(database, KEY)
    assert held
    assert (held.lease_owner, held.epoch) == ("one", 2)
    await database.aclose()
