"""How long asking for an episode takes while others are made, and how soon many who watch are told.

A real server process with four hands at work against the simulated provider; requests come at a fixed rate, whether
earlier ones were answered or not. Prints the figures of both.

Usage: python bench/submit.py [--rate 50] [--seconds 20] [--watchers 2000] [--apart] [--postgresql]

`--apart`: the hands are in a process of their own (`narrowcast worker`); `--postgresql`: over a real one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from running import Simulator
from servers import Postgres
from serving import PROGRAM, Server

HANDS = 4
TEXT = Path(__file__).parents[1] / "tests" / "acceptance" / "canal.md"
TIERS = json.dumps({name: {"queued": 100_000, "running": HANDS} for name in ("standard", "premium")})


def serving(home: Path, simulator: Simulator, hands: int = HANDS, more: Mapping[str, str] | None = None) -> Server:
    """A server with so many hands that speak with the simulated provider."""
    env = {"NARROWCAST_TIERS": TIERS, "NARROWCAST_JOBS_AT_ONCE": str(hands), "NARROWCAST_TTS_CONCURRENCY": "8"}
    return Server(home, dict(simulator.env) | env | dict(more or {}))


async def submit(client: httpx2.AsyncClient, number: int, title: str) -> float:
    """The seconds that one request took."""
    wish = {"content": f"# {title} {number}\n\n{TEXT.read_text()}", "llm": "openai:sim", "tts": "openai:sim"}
    begun = time.perf_counter()
    answer = await client.post("podcasts/generate", json=wish | {"num_segments": 1})
    took = time.perf_counter() - begun
    answer.raise_for_status()
    return took


async def at_rate(client: httpx2.AsyncClient, title: str, rate: float, seconds: float) -> list[float]:
    """Requests at a fixed rate; their times in milliseconds, sorted."""
    tasks, begun = [], time.perf_counter()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(submit(client, number, title)))
    return sorted(took * 1000 for took in await asyncio.gather(*tasks))


async def begin_work(client: httpx2.AsyncClient) -> None:
    """Have all hands work for long."""
    for number in range(HANDS):
        wish = {"content": f"# Long {number}\n\n{TEXT.read_text()}", "minutes": 60, "num_segments": 20}
        answer = await client.post("podcasts/generate", json={**wish, "llm": "openai:sim", "tts": "openai:sim"})
        answer.raise_for_status()
    until = time.monotonic() + 60
    while (await running(client)) < HANDS:
        if time.monotonic() > until:
            raise TimeoutError("the hands do not work")
        await asyncio.sleep(0.2)


async def running(client: httpx2.AsyncClient) -> int:
    """How many jobs run."""
    return len((await client.get("podcasts/jobs", params={"status": "running", "limit": 100})).json()["items"])


async def watch(url: str, token: str, heard: list[float], ready: asyncio.Semaphore) -> None:
    """Note when the first event after the state comes; by hand, for two thousand clients cost less so."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"GET /api/v1/podcasts/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    while b"retry:" not in await reader.readline():
        pass
    ready.release()
    while b"event: cancelled" not in await reader.readline():
        pass
    heard.append(time.perf_counter())
    writer.close()


async def fan_out(server: Server, client: httpx2.AsyncClient, watchers: int) -> list[float]:
    """Milliseconds from the first client that is told of an event to each of the others, sorted."""
    ready, heard = asyncio.Semaphore(0), list[float]()
    watching = []
    for _ in range(watchers):
        watching.append(asyncio.create_task(watch(server.url, server.token, heard, ready)))
        await ready.acquire()
    job = await client.post("podcasts/generate", json={"content": "Told.", "run_at": "2027-06-01T00:00:00Z"})
    await client.post(f"podcasts/jobs/{job.json()['job_id']}/cancel")
    await asyncio.wait_for(asyncio.gather(*watching), 60)
    return sorted((at - min(heard)) * 1000 for at in heard)


async def measure(server: Server, rate: float, seconds: float, watchers: int) -> None:
    """Everything, printed."""
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx2.AsyncClient(base_url=server.api, headers=server.headers, limits=limits, timeout=60) as client:
        print(f"load at start {os.getloadavg()[0]:.1f}")
        await begin_work(client)
        busy = await at_rate(client, "Busy", rate, seconds)
        print(f"jobs that run at the end: {await running(client)}")
        tell(f"submit at {rate:g}/s, {HANDS} jobs running", busy, 50)
        if watchers:
            tell(f"{watchers} watch, told after the first of them", await fan_out(server, client, watchers), 300)


def tell(name: str, times: list[float], target: float) -> None:
    """One line."""
    p95 = times[int(len(times) * 0.95)]
    print(
        f"{name}: p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms (target {target:g}: "
        f"{'holds' if p95 <= target else 'DOES NOT HOLD'}), slowest {times[-1]:.1f} ms, n={len(times)}"
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--watchers", type=int, default=2000)
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--speed", type=float, default=1, help="of the simulated provider")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(Path(folder) / "ledger.jsonl", f"--speed={asked.speed}")
        postgres = Postgres(fsync=True) if asked.postgresql else None
        more = {"NARROWCAST_DATABASE_URL": postgres.database()} if postgres else {}
        server = serving(Path(folder) / "home", simulator, 0 if asked.apart else HANDS, more)
        worker = [*PROGRAM, "worker", "--concurrency", str(HANDS)]
        hands = subprocess.Popen(worker, env=server.env, stderr=subprocess.DEVNULL) if asked.apart else None
        try:
            asyncio.run(measure(server, asked.rate, asked.seconds, asked.watchers))
        finally:
            if hands:
                hands.terminate()
                hands.wait(60)
            server.stop()
            simulator.stop()
            if postgres:
                postgres.remove()


if __name__ == "__main__":
    main()
