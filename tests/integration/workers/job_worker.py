"""Processes with local hands, each working until the one job of a home has ended.

Imports take longer than the job. So this process imports, and for every line of JSON on its standard input (`home`,
`request`, `said`, `env`) it forks one that does the work with that environment, and says what it has to say in the file
`said`. Its exit status is printed. Nothing that a fork must not share (locks, threads, a database) is open here.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pydantic_ai.providers.openai_compatible  # noqa: F401 - see above
from tests.integration.workers.asking import ended, owner, submit

import narrowcast.tts.openai.provider
import narrowcast.writers.llm.preflight
import narrowcast.writers.llm.writer
import narrowcast.writers.models  # noqa: F401
from narrowcast.settings import read_settings
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.studio import Studio
from narrowcast.workers.local import LocalEngine, Pace

PACE = Pace(poll_s=0.1, report_s=0.1, after_fault_s=0.1, beat_s=1.0, give_up_s=5.0, sweep_s=0.5, lock_s=0.05)


async def work(home: Path, asked: EpisodeRequest) -> str:
    """Hand in unless that was done, work, and say how the job ended."""
    async with Studio.open(read_settings()) as studio:
        olga = await owner(studio)
        jobs = await studio.queue.history(olga, limit=2)
        assert len(jobs) < 2
        job = jobs[0] if jobs else await submit(studio, olga, asked)
        engine = LocalEngine(studio, home=home, hands=1, pace=PACE)
        engine.start()
        done = await ended(studio, job)
        await engine.drain()
        return f"{done.status} {done.lost_leases} {done.error_message or ''}"


def child(home: str, request: str, said: str, env: dict[str, str]) -> None:
    """What the forked process does."""
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.update(env)
    asked = EpisodeRequest.model_validate_json(Path(request).read_bytes())
    sys.stdout.write("\n" + asyncio.run(work(Path(home), asked)) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Fork for each line."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                child(**json.loads(line))
                status = 0
            finally:
                if status:
                    sys.excepthook(*sys.exc_info())
                os._exit(status)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
