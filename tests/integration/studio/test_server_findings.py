"""What `narrowcast doctor` says of a server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from narrowcast.accounts.server_secret import server_secret
from narrowcast.keys.sealing import Sealer
from narrowcast.queue.outcome import Failed
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.settings import Settings, read_settings
from narrowcast.store.home import Store
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.store.people.provider_keys import ProviderKey
from narrowcast.store.tables import job
from narrowcast.studio.findings import Verdict
from narrowcast.studio.server_findings import serving


def settings_of(home: Path, **more: str) -> Settings:
    return read_settings({"NARROWCAST_HOME": str(home), "NARROWCAST_MAIL_FROM": "n@example.org", **more})


async def found(store: Store, home: Path, **more: str) -> dict[str, Verdict]:
    return {finding.what: finding.verdict async for finding in serving(store, settings_of(home, **more))}


async def test_jobs_mail_and_keys_are_looked_at_where_there_are_any(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    assert await found(store, tmp_path) == {}
    user = await store.accounts.add(email="o@example.org", name="O", role="owner", tier="standard")
    queue = Queue(store.jobs)
    for _ in range(2):
        await queue.enqueue(NewJob(owner_id=user.id, kind="episode", params={}))
    dead = await queue.claim("w")
    assert dead
    await queue.finish(dead.id, dead.epoch, Failed("No.", retryable=False))
    waiting = {"jobs": Verdict.NOTE, "hands": Verdict.NOTE}
    assert await found(store, tmp_path) == waiting
    await store.jobs.on_duty.report(Crew("far", "celery", ["brief"], 4, 0, "1"))
    assert await found(store, tmp_path) == waiting | {"hands": Verdict.OK}, (
        "hands of another kind: the note comes first"
    )
    await store.jobs.on_duty.report(Crew("near", "local", ["episode"], 1, 0, "1"))
    assert [finding.what async for finding in serving(store, settings_of(tmp_path))].count("hands") == 1
    async with store._database.write() as connection:
        waits = update(job).where(job.c.id != dead.id).values(queued_at=datetime.now(UTC) - timedelta(hours=2))
        await connection.execute(waits)
    assert await found(store, tmp_path) == {
        "jobs": Verdict.NOTE,
        "hands": Verdict.OK,
        "queue": Verdict.NOTE,
    }
    taker = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = taker.sockets[0].getsockname()[1]
    async with taker:
        assert (await found(store, tmp_path, NARROWCAST_SMTP_URL=f"smtp://127.0.0.1:{port}"))["e-mail"] is Verdict.OK
    assert (await found(store, tmp_path, NARROWCAST_SMTP_URL=f"smtp://127.0.0.1:{port}"))["e-mail"] is Verdict.PROBLEM
    redis = await found(store, tmp_path, NARROWCAST_REDIS_URL=f"redis://:hush@127.0.0.1:{port}/0")
    assert redis["redis"] is Verdict.PROBLEM
    sealed = Sealer(server_secret(tmp_path).sealing_key()).seal("openai", "sk-1")
    await store.provider_keys.put(ProviderKey("openai", sealed, "sk-1", None, "accepted", None))
    assert (await found(store, tmp_path))["entered keys"] is Verdict.OK
    another = await found(store, tmp_path, NARROWCAST_SECRET_KEY="another-secret-of-some-length-0123456789")
    assert another["entered keys"] is Verdict.PROBLEM
    assert (await found(store, tmp_path, NARROWCAST_HOST="0.0.0.0"))["owner"] is Verdict.PROBLEM  # noqa: S104
    await store.aclose()
