"""Hands that are set up wrong do no harm to jobs, and whoever started them is told."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.acceptance.program import COMMAND
from tests.integration.workers.asking import given, owner, request, submit

from narrowcast.errors import OutputError, SettingError
from narrowcast.queue.shares import Shares
from narrowcast.settings import read_settings
from narrowcast.studio.studio import Studio
from narrowcast.workers.alone import work_alone
from narrowcast.workers.entered_keys import entered_keys
from narrowcast.workers.kinds import KINDS
from narrowcast.workers.local import LOCK
from narrowcast.workers.one_job import Draining, do_one

PATIENCE_S = 60


async def test_hands_with_another_secret_take_no_job_and_a_worker_with_it_does_not_start(
    tmp_path: Path, postgresql_url: str
) -> None:
    def env(home: str) -> dict[str, str]:
        return {
            "NARROWCAST_HOME": str(tmp_path / home),
            "NARROWCAST_DATABASE_URL": postgresql_url,
            "NARROWCAST_STORAGE_URL": str(tmp_path / "storage"),
            "NARROWCAST_ENGINE": "celery",
            "NARROWCAST_REDIS_URL": "redis://127.0.0.1:1/0",
        }

    ours, stranger = read_settings(env("server")), read_settings(env("stranger"))
    async with Studio.open(ours) as studio:
        await entered_keys(studio, ours)
        job = await submit(studio, await owner(studio), request(await given(studio)))
        with pytest.raises(SettingError, match="another secret"):
            await do_one(stranger, Shares(100), "celery:test:1", KINDS, Draining(), print)
        now = await studio.queue.get(job.owner_id, job.id)
        assert now
        assert (now.status, now.epoch, now.failures) == ("queued", 0, 0)
    worker = await asyncio.create_subprocess_exec(
        COMMAND, "worker", env={**os.environ, **env("stranger")}, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(worker.communicate(), PATIENCE_S)
    assert worker.returncode
    assert "another secret" in said.decode()
    assert "Traceback" not in said.decode()


async def test_a_worker_whose_hands_die_ends_with_what_they_died_of(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path)})
    with pytest.raises(OutputError):
        await asyncio.wait_for(work_alone(settings, KINDS, 1, lambda: pytest.fail("they work")), PATIENCE_S)
