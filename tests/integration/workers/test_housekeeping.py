"""What is old is forgotten while a server runs, by one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from narrowcast.queue.outcome import Completed
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.store.home import Store
from narrowcast.store.tables import idempotency, job, job_event, session, sign_in_link
from narrowcast.studio.housekeeping import Housekeeping
from narrowcast.workers.housekeeping import keeping_house

LONG_AGO = datetime.now(UTC) - timedelta(days=400)
STAYS = {"job": 1, "job_event": 1, "session": 1, "sign_in_link": 1, "idempotency": 1}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path)
    yield store
    await store.aclose()


async def old_and_new(store: Store, home: Path) -> None:
    """Of each sort something that is over for long and something that is not, and what a process that died left."""
    user = await store.accounts.add(email="olga@example.org", name="Olga", role="owner", tier="standard")
    queue = Queue(store.jobs)
    for _ in range(2):
        await queue.enqueue(NewJob(owner_id=user.id, kind="episode", params={}))
    done = await queue.claim("w")
    assert done
    await queue.finish(done.id, done.epoch, Completed({}))
    for old in (True, False):
        lasting = timedelta(days=-1 if old else 1)
        await store.sessions.add_link(user.id, f"link{old}", lasting=lasting)
        await store.sessions.open(user.id, f"session{old}", user_agent="", lasting=timedelta(days=1))
    async with store._database.write() as connection:
        await connection.execute(update(job).where(job.c.id == done.id).values(finished_at=LONG_AGO))
        ended = update(session).where(session.c.secret_hash == "sessionTrue").values(expires_at=LONG_AGO)
        await connection.execute(ended)
        values = {"owner_id": user.id, "request_hash": "", "status_code": 200, "answer": {}}
        await connection.execute(idempotency.insert().values(key="old", created_at=LONG_AGO, **values))
        await connection.execute(idempotency.insert().values(key="new", created_at=datetime.now(UTC), **values))
    (home / "work").mkdir(exist_ok=True)
    (home / "work" / "0-dead.job").mkdir()
    (home / "incoming").mkdir(exist_ok=True)
    (home / "incoming" / "0-dead.1").write_bytes(b"half an upload")


async def left(store: Store) -> dict[str, int]:
    async with store._database.read() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (job, job_event, session, sign_in_link, idempotency)
        }


async def test_what_is_over_goes_and_what_is_not_stays(store: Store, tmp_path: Path) -> None:
    def files() -> list[Path]:
        return [*(tmp_path / "incoming").iterdir(), *(tmp_path / "work").iterdir()]

    await old_and_new(store, tmp_path)
    async with keeping_house(Housekeeping(store, Queue(store.jobs)), first_s=0, forget_s=0.02):
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                while await left(store) != STAYS or any(files()):  # noqa: ASYNC110 - another task's and the disk's doing
                    await asyncio.sleep(0.02)
    assert (await left(store), files()) == (STAYS, [])


async def test_one_process_at_a_time_keeps_house(store: Store, tmp_path: Path) -> None:
    await old_and_new(store, tmp_path)
    before = await left(store)
    one, other = (Housekeeping(store, Queue(store.jobs)) for _ in range(2))
    async with one.alone() as alone:
        assert alone
        async with keeping_house(other, first_s=0, forget_s=0.01):
            await asyncio.sleep(0.1)
        assert await left(store) == before
    async with other.alone() as alone:
        assert alone
