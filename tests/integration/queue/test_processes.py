"""Several real processes and one database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .conftest import Line

WORKER = Path(__file__).with_name("queue_worker.py")


async def test_processes_that_claim_from_one_database_never_get_the_same_job(line: Line, url: str) -> None:
    owners = [await line.owner() for _ in range(6)]
    jobs = {(await line.add(owners[number % 6])).id for number in range(60)}
    workers = [_started(url, number) for number in range(3)]
    try:
        outputs = [worker.communicate(timeout=60)[0] for worker in _begun(workers)]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    done = [line.split() for output in outputs for line in output.splitlines()]
    assert sorted(job for job, _ in done) == sorted(jobs), "a job was done twice, or never"
    assert {epoch for _, epoch in done} == {"1"}
    assert await line.queue.live() == {}


def _started(url: str, number: int) -> subprocess.Popen[str]:
    """One that waits to be told to go."""
    return subprocess.Popen(
        [sys.executable, str(WORKER), url, f"w{number}", "--hold", "0.001"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _begun(workers: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """All of them told to go before the first is waited for."""
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return workers
