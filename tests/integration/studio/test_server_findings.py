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
from narrowcast.settings import read_settings
from narrowcast.store.home import Store
from narrowcast.store.people.provider_keys import ProviderKey
from narrowcast.store.tables import job
from narrowcast.studio.findings import Verdict
from narrowcast.studio.server_findings import serving


async def found(store: Store, home: Path, **more: str) -> dict[str, Verdict]:
    settings = read_settings({"NARROWCAST_HOME": str(home), "NARROWCAST_MAIL_FROM": "n@example.org", **more})
    return {finding.what: finding.verdict async for finding in serving(store, settings)}


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
    assert await found(store, tmp_path) == {"jobs": Verdict.NOTE}
    async with store._database.write() as connection:
        waits = update(job).where(job.c.id != dead.id).values(queued_at=datetime.now(UTC) - timedelta(hours=2))
        await connection.execute(waits)
    assert await found(store, tmp_path) == {"jobs": Verdict.NOTE, "queue": Verdict.NOTE}
    taker = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = taker.sockets[0].getsockname()[1]
    async with taker:
        assert (await found(store, tmp_path, NARROWCAST_SMTP_URL=f"smtp://127.0.0.1:{port}"))["e-mail"] is Verdict.OK
    assert (await found(store, tmp_path, NARROWCAST_SMTP_URL=f"smtp://127.0.0.1:{port}"))["e-mail"] is Verdict.PROBLEM
    sealed = Sealer(server_secret(tmp_path).sealing_key()).seal("openai", "sk-1")
    await store.provider_keys.put(ProviderKey("openai", sealed, "sk-1", None, "accepted", None))
    assert (await found(store, tmp_path))["entered keys"] is Verdict.OK
    another = await found(store, tmp_path, NARROWCAST_SECRET_KEY="another-secret-of-some-length-0123456789")
    assert another["entered keys"] is Verdict.PROBLEM
    assert (await found(store, tmp_path, NARROWCAST_HOST="0.0.0.0"))["owner"] is Verdict.PROBLEM  # noqa: S104
    await store.aclose()
