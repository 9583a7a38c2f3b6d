"""Many jobs by Celery's hands in processes of their own, over PostgreSQL and Redis, beside what is ideal.

`python bench/workers.py [--jobs 200] [--hands 4] [--alone 8]` prints one line of JSON. First one pair of hands does
`--alone` jobs: how long a job takes by itself. Ideal is that time × jobs ÷ hands; `over_ideal` is what it took, from
the first claim to the last end, over that.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jobs import submit
from narrowcast.logs import set_up_logs
from narrowcast.settings import read_settings
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.studio import Studio
from narrowcast.workers.celery import sender
from running import Simulator
from servers import Postgres, Redis

COMMAND = Path(sys.executable).with_name("narrowcast")


@contextmanager
def working(env: Mapping[str, str], hands: int, log: Path) -> Iterator[None]:
    """`narrowcast worker` with so many processes."""
    command = [str(COMMAND), "worker", "--concurrency", str(hands)]
    with log.open("ab") as out:
        worker = subprocess.Popen(command, env={**os.environ, **env}, stdout=out, stderr=out)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)


async def done(env: Mapping[str, str], first: int, jobs: int, hands: int, log: Path) -> list[Job]:
    """So many jobs by so many hands, once they have ended."""
    settings = read_settings(env)
    async with Studio.open(settings) as studio:
        users = [
            await studio.store.accounts.add(
                email=f"{uuid.uuid4()}@example.org", name="B", role="member", tier="premium"
            )
            for _ in range(hands * 2)
        ]
        asked = [
            (user.id, await submit(studio, user.id, number))
            for number in range(first, first + jobs)
            for user in [users[number % len(users)]]
        ]
        with working(env, hands, log):
            wake = sender(settings)
            while sum((await studio.queue._jobs.line.live()).values()):  # noqa: SLF001 - exact, not cached
                for _ in range(hands):
                    await asyncio.to_thread(wake, "episode")
                await asyncio.sleep(2)
        found = [await studio.queue.get(owner_id, job_id) for owner_id, job_id in asked]
    return [job for job in found if job]


def wall_s(jobs: list[Job]) -> float:
    """From the first claim to the last end."""
    began = min(job.started_at for job in jobs if job.started_at)
    ended = max(job.finished_at for job in jobs if job.finished_at)
    return (ended - began).total_seconds()


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--hands", type=int, default=4)
    parser.add_argument("--alone", type=int, default=8)
    parser.add_argument("--speed", type=float, default=1.0, help="of the simulated provider")
    given = parser.parse_args()
    set_up_logs("error")
    postgres, redis = Postgres(fsync=True), Redis()
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(Path(folder) / "ledger.jsonl", f"--speed={given.speed}")
        env = {
            "NARROWCAST_HOME": f"{folder}/home",
            "NARROWCAST_DATABASE_URL": postgres.database(),
            "NARROWCAST_STORAGE_URL": f"{folder}/storage",
            "NARROWCAST_ENGINE": "celery",
            "NARROWCAST_REDIS_URL": redis.url(),
            "NARROWCAST_SECRET_KEY": "a secret for benchmarks, and for nothing else",
            "NARROWCAST_TTS_CONCURRENCY": "64",
            **simulator.env,
        }
        try:
            log = Path(folder) / "worker.log"
            alone = asyncio.run(done(env, 0, given.alone, 1, log))
            many = asyncio.run(done(env, given.alone, given.jobs, given.hands, log))
            speech = [call.hash for call in simulator.calls("speech") if call.ok]
        finally:
            simulator.stop()
            redis.remove()
            postgres.remove()
    took_s = statistics.median(
        (job.finished_at - job.started_at).total_seconds() for job in alone if job.finished_at and job.started_at
    )
    ideal_s = took_s * given.jobs / given.hands
    figures = {
        "jobs": given.jobs,
        "hands": given.hands,
        "completed": sum(job.status == "completed" for job in many),
        "alone_s": round(took_s, 2),
        "ideal_s": round(ideal_s, 1),
        "wall_s": round(wall_s(many), 1),
        "over_ideal": round(wall_s(many) / ideal_s, 3),
        "calls": len(speech),
        "paid_twice": len(speech) - len(set(speech)),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
