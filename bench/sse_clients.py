"""Two thousand clients that follow their jobs at one server process: how soon all are told, and what they cost.

Five users with a connection each for their share, and one job of each user whose events all of them are told. Latency
is from the moment the event was written down (its own time) to its last byte at the client; the server looks for events
once a second, so that half of it is waiting for that.

Usage: python bench/sse_clients.py [--clients 2000] [--rounds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from serving import Server, processor_s

USERS = 5
AT_ONCE = 50


@dataclass
class Told:
    """One event's times: when the clients had it, as the clock says."""

    wanted: int
    at: dict[str, float] = field(default_factory=dict)
    heard: dict[str, list[float]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether everybody was told."""
        return sum(map(len, self.heard.values())) >= self.wanted


async def follow(server: Server, token: str, told: list[Told], connecting: asyncio.Semaphore) -> asyncio.Task[None]:
    """Connect; what comes is noted by the task."""
    parts = urlsplit(server.url)
    async with connecting:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        head = f"GET /api/v1/podcasts/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(head.encode())
        first = await reader.readline()
        if b" 200 " not in first:
            raise ConnectionError(f"refused: {first!r}")
        while b"retry:" not in await reader.readline():
            pass

    async def note() -> None:
        kind = b""
        try:
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    kind = line[7:].strip()
                elif line.startswith(b"data: ") and kind == b"cancelled":
                    now, data = time.time(), json.loads(line[6:])
                    round_ = told[-1]
                    round_.at[data["job_id"]] = datetime.fromisoformat(data["at"]).timestamp()
                    round_.heard.setdefault(data["job_id"], []).append(now)
        finally:
            writer.close()

    return asyncio.create_task(note())


async def one_round(clients: list[httpx2.AsyncClient], told: list[Told], wanted: int) -> list[float]:
    """Have something happen to each user's job; milliseconds until each client was told."""
    told.append(Told(wanted))
    later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    for client in clients:
        wish = {"content": "Told.", "run_at": later}
        job = (await client.post("podcasts/generate", json=wish)).raise_for_status().json()
        (await client.post(f"podcasts/jobs/{job['job_id']}/cancel")).raise_for_status()
    until = time.monotonic() + 60
    while not told[-1].complete:
        if time.monotonic() > until:
            raise TimeoutError(f"{sum(map(len, told[-1].heard.values()))} of {wanted} were told")
        await asyncio.sleep(0.05)
    now = told[-1]
    return [(at - now.at[job]) * 1000 for job, heard in now.heard.items() for at in heard]


async def measure(server: Server, tokens: list[str], clients: int, rounds: int) -> None:
    """Everything, printed."""
    askers = [
        httpx2.AsyncClient(base_url=server.api, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        for token in tokens
    ]
    told: list[Told] = []
    # What is imported at first use is not a client's memory.
    await one_round(askers, told, 0)
    before, begun = server.resident_mb, time.monotonic()
    connecting = asyncio.Semaphore(AT_ONCE)
    following = await asyncio.gather(
        *(follow(server, tokens[number % USERS], told, connecting) for number in range(clients))
    )
    took = time.monotonic() - begun
    connected = server.resident_mb
    print(f"{clients} connected in {took:.1f} s; memory {before:.0f} MB before, {connected:.0f} MB with them: ", end="")
    print(f"{(connected - before) * 1000 / clients:.0f} kB a client", flush=True)
    late: list[float] = []
    spread: list[float] = []
    for _ in range(rounds):
        late += await one_round(askers, told, clients)
        spread += [(max(heard) - min(heard)) * 1000 for heard in told[-1].heard.values()]
    late.sort()
    begun_cpu, idle_from = processor_s(server), time.monotonic()
    await asyncio.sleep(5)
    idle = (processor_s(server) - begun_cpu) / (time.monotonic() - idle_from)
    print(
        f"from an event to a client: median {statistics.median(late):.0f} ms, "
        f"p95 {late[int(len(late) * 0.95)]:.0f} ms, "
        f"worst {late[-1]:.0f} ms, n={len(late)}; from the first of a user's clients to the last: median "
        f"{statistics.median(spread):.0f} ms"
    )
    print(f"memory after it {server.resident_mb:.0f} MB; processor with {clients} who only wait: {idle:.1%} of one")
    print(f"still connected: {sum(not task.done() for task in following)} of {clients}")
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    for asker in askers:
        await asker.aclose()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    print(f"load at start {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home", {})
        try:
            tokens = []
            for number in range(USERS):
                server.program("user", "add", f"{number}@example.org")
                tokens.append(server.program("token", "create", "bench", "--user", f"{number}@example.org"))
            asyncio.run(measure(server, tokens, asked.clients, asked.rounds))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
