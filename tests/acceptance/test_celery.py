"""Celery's hands as they are run: a server, workers in processes of their own, Redis, Flower."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.acceptance.client import Client
from tests.acceptance.program import COMMAND, Program
from tests.acceptance.server import serving

from running import StartSimulator
from servers import Missing, Redis, free_port

CELERY = Path(sys.executable).with_name("celery")
PATIENCE_S = 180.0


class Worker:
    """`narrowcast worker` in a process of its own, or what else has such an environment."""

    def __init__(self, program: Program, env: Mapping[str, str], *command: str | Path) -> None:
        self.log = program.home.with_name(f"{time.monotonic_ns()}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command or [COMMAND, "worker", "--concurrency", "1"],
                cwd=program.folder,
                env=program.environ(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


@contextmanager
def started(*workers: Worker) -> Iterator[None]:
    """They are killed at the end if they still live, and what they said is shown when something failed."""
    try:
        yield
    except BaseException:
        for worker in workers:
            sys.stderr.write(worker.log.read_text()[-3000:])
        raise
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.wait(PATIENCE_S)


def until(true: Callable[[], Any]) -> Any:
    """What is true, as soon as it is."""
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """One that a test may kill."""
    try:
        redis = Redis()
    except Missing as missing:
        pytest.skip(str(missing))
    yield redis
    redis.remove()


def figure(address: str, name: str) -> float:
    """One of the server's figures."""
    for family in text_string_to_metric_families(httpx2.get(f"{address}/metrics").text):
        for sample in family.samples:
            if sample.name == f"narrowcast_{name}":
                return sample.value
    raise AssertionError(name)


def test_a_job_goes_from_worker_to_worker_is_seen_in_flower_and_outlives_redis(
    program: Program, start_simulator: StartSimulator, own_redis: Redis
) -> None:
    simulator = start_simulator(speed=10.0)
    env = {
        "NARROWCAST_ENGINE": "celery",
        "NARROWCAST_REDIS_URL": own_redis.url(),
        "NARROWCAST_JOBS_AT_ONCE": "0",
        **simulator.env,
    }
    port = free_port()
    app = (CELERY, "-A", "narrowcast.workers.celery")
    with serving(program, env=env) as server:
        first = Worker(program, env)
        flower = Worker(
            program,
            {**env, "FLOWER_UNAUTHENTICATED_API": "true"},
            *app, "--quiet", "flower", f"--port={port}", "--address=127.0.0.1",
        )  # fmt: skip
        second = Worker(program, env, *app, "worker", "--concurrency=1", "--hostname=second@%h", "--without-mingle")
        with started(first, flower, second), Client(server.address.rpartition(":")[2]) as olga:
            olga.by_link(server)
            until(lambda: figure(server.address, "slots") == 2)

            def tasks() -> list[dict[str, Any]]:
                try:
                    answer = httpx2.get(f"http://127.0.0.1:{port}/api/tasks")
                except httpx2.TransportError:
                    return []
                return list(answer.json().values()) if answer.status_code == 200 else []

            def messages(job_id: str) -> int:
                return json.dumps(olga.get("inbox")).count(f'"{job_id}"')

            def ask() -> str:
                text = "# Locks\n\n" + "A lock lifts boats from one level to the next. " * 40
                asked = {"content": text, "llm": "openai:sim", "tts": "openai:sim", "num_segments": 2, "minutes": 2}
                return str(olga.post("podcasts/generate", json=asked)["job_id"])

            job_id = ask()
            shown = until(lambda: [task for task in tasks() if job_id in (task["kwargs"] or "")])
            assert shown[0]["name"] == "narrowcast.work"
            until(lambda: len(simulator.calls("speech")) >= 2)
            holder = first if shown[0]["worker"].startswith("celery@") else second
            assert holder.end() == 0
            done = olga.ended(job_id)
            assert done["status"] == "completed", done
            assert done["failures"] == 0
            hashes = [call.hash for call in simulator.calls("speech")]
            assert len(hashes) == len(set(hashes)), "nothing was paid twice"
            told = until(lambda: [task["result"] for task in tasks() if "completed" in (task["result"] or "")])
            assert job_id in told[0]
            until(lambda: messages(job_id))

            first_id = job_id
            own_redis.kill()
            before = time.monotonic()
            job_id = ask()
            assert time.monotonic() - before < 10
            assert olga.get(f"podcasts/jobs/{job_id}")["status"] == "queued"
            until(lambda: figure(server.address, "wakeups_failed") >= 1)
            own_redis.start()
            assert olga.ended(job_id)["status"] == "completed"
            until(lambda: messages(job_id))
            assert messages(first_id) == 1


def test_hands_of_their_own_work_on_a_home_without_a_server(program: Program, start_simulator: StartSimulator) -> None:
    simulator = start_simulator()
    env = {"NARROWCAST_JOBS_AT_ONCE": "0", **simulator.env}
    with serving(program, env=env) as server, Client(server.address.rpartition(":")[2]) as olga:
        olga.by_link(server)
        asked = {"content": "A lock lifts boats. " * 40, "llm": "openai:sim", "tts": "openai:sim", "num_segments": 1}
        job_id = str(olga.post("podcasts/generate", json=asked)["job_id"])
        worker = Worker(program, env)
        with started(worker):
            assert olga.ended(job_id)["status"] == "completed"
            assert worker.end() == 0


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (["--kinds", "poem"], {}, ["poem", "episode"]),
        (["--autoscale", "4,1"], {}, ["NARROWCAST_ENGINE"]),
        (["--autoscale", "1,4"], {"NARROWCAST_ENGINE": "celery", "NARROWCAST_REDIS_URL": "redis://x"}, ["MAX,MIN"]),
        ([], {"NARROWCAST_ENGINE": "celery"}, ["NARROWCAST_REDIS_URL"]),
    ],
)
def test_what_a_worker_cannot_do_is_told(
    arguments: list[str], env: dict[str, str], words: list[str], program: Program
) -> None:
    program.run("worker", *arguments, env=env).refused(*words)
