"""A process that claims and ends jobs until none are left, and says which, one a line.

queue_worker.py DATABASE NAME [--hold SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.queue.outcome import Completed
from narrowcast.queue.queue import Queue
from narrowcast.store.database import open_database
from narrowcast.store.jobs.jobs import Jobs


async def work(url: str, name: str, hold_s: float) -> None:
    """Claim, hold, finish."""
    database = await open_database(url)
    queue = Queue(Jobs(database), QueueLimits(owner=OwnerLimits(running=2)))
    sys.stdin.readline()
    while job := await queue.claim(name):
        await asyncio.sleep(hold_s)
        assert await queue.finish(job.id, job.epoch, Completed({}))
        sys.stdout.write(f"{job.id} {job.epoch}\n")
        sys.stdout.flush()
    await database.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("name")
    parser.add_argument("--hold", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(work(given.database, given.name, given.hold))
