"""Machines that share settings: two web servers and a worker, each with its own home; PostgreSQL, Redis, S3."""

from __future__ import annotations

import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx2
from tests.acceptance.client import PASSWORD, Client
from tests.acceptance.program import COMMAND, Program
from tests.acceptance.server import free_port, serving

from running import StartSimulator
from servers import ObjectStore, Redis

TEXT = "# Locks\n\n" + "A lock lifts boats from one level of the canal to the next. " * 60
ASKED = {"llm": "openai:sim", "tts": "openai:sim", "num_segments": 2, "minutes": 2}
LOCAL = {"blobs", "narrowcast.db"}
"""What a home holds that is everybody's store itself."""


@contextmanager
def working(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """`narrowcast worker`, killed at the end if it still lives."""
    with program.home.with_name(f"worker-{secrets.token_hex(3)}.log").open("wb") as log:
        worker = subprocess.Popen(
            [COMMAND, "worker", "--concurrency", "1"],
            cwd=program.folder,
            env=program.environ(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait(60)


def test_machines_that_share_settings_are_one_narrowcast(
    program: Program, start_simulator: StartSimulator, postgresql_url: str, redis: Redis, object_store: ObjectStore
) -> None:
    """What is handed in at one web server is made by the worker, and heard at the other."""
    simulator = start_simulator(speed=10)
    bucket = object_store.bucket()
    env = {
        **simulator.env,
        **object_store.env,
        "NARROWCAST_DATABASE_URL": postgresql_url,
        "NARROWCAST_STORAGE_URL": f"s3://{bucket}/narrowcast",
        "NARROWCAST_ENGINE": "celery",
        "NARROWCAST_REDIS_URL": redis.url(1),
        "NARROWCAST_SECRET_KEY": secrets.token_urlsafe(40),
        "NARROWCAST_JOBS_AT_ONCE": "0",
    }
    one, other, worker = (_machine(program, name, env) for name in ("one", "other", "worker"))
    ports = free_port(), free_port()
    with (
        serving(one, "--port", ports[0]) as first,
        serving(other, "--port", ports[1]),
        Client(ports[0]) as olga,
        Client(ports[1]) as there,
        working(worker) as hands,
    ):
        olga.by_link(first)
        olga.post("users", json={"email": "sam@example.org", "password": PASSWORD})
        olga.by_password("sam@example.org")
        there.by_password("sam@example.org")
        source = olga.post("sources", files={"file": ("locks.md", TEXT.encode())})
        accepted = there.post("podcasts/generate", json={"source_ids": [source["id"]], **ASKED})
        watching = olga.watch(accepted["job_id"])
        watching.until(lambda now: "turn_ready" in now.kinds())

        # Told to end in the midst of it, the worker gives the job back, and another one goes on.
        hands.send_signal(signal.SIGTERM)
        assert hands.wait(60) == 0
        assert there.get(f"podcasts/jobs/{accepted['job_id']}")["status"] in {"queued", "completed"}
        with working(worker):
            done = there.ended(accepted["job_id"])
        assert (done["status"], done["failures"]) == ("completed", 0), done
        hashes = [call.hash for call in simulator.calls()]
        assert len(hashes) == len(set(hashes)), "something was paid twice"
        watching.until(lambda now: "completed" in now.kinds())
        assert watching.ids == sorted(set(watching.ids))

        episode = there.get(f"podcasts/{accepted['episode_id']}")
        audio = there.audio(episode["audio_url"])
        assert audio == olga.audio(episode["audio_url"])
        assert any(audio == data for data in _objects(object_store, bucket)), "it lies in the bucket"
        # A player, which sends no Origin, is sent there.
        sent = httpx2.get(there.where(episode["audio_url"]), headers={"Cookie": _cookies(there)})
        assert sent.status_code == 302
        assert sent.headers["location"].startswith(f"{object_store.endpoint}/{bucket}/")
        part = httpx2.get(sent.headers["location"], headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, audio[100:200])

        there.ask("DELETE", f"podcasts/{accepted['episode_id']}")
        assert olga.http.get(f"podcasts/{accepted['episode_id']}").status_code == 404
    for machine in (one, other, worker):
        assert not LOCAL & {path.name for path in machine.home.iterdir()}, "nothing that lasts is in a home"


def _machine(program: Program, name: str, env: dict[str, str]) -> Program:
    folder = program.folder / name
    folder.mkdir()
    return Program(folder, folder / "home", env)


def _cookies(client: Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())


def _objects(store: ObjectStore, bucket: str) -> Iterator[bytes]:
    client = boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name="us-east-1",
    )
    for entry in client.list_objects_v2(Bucket=bucket)["Contents"]:
        yield client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
