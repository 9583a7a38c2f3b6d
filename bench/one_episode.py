"""What one episode costs a server: the coefficients of `sizing.py`, measured.

`python bench/one_episode.py [--minutes 10] [--speed 1]` prints JSON. A server with one pair of hands, in this process,
is asked for an episode of that length by its API; text and voices are the simulator's, at a real provider's pace.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from narrowcast.accounts.roles import Role, Scope
from narrowcast.accounts.secrets import TOKEN_PREFIX, new_secret, secret_hash
from narrowcast.logs import set_up_logs
from narrowcast.server.app import create_app
from narrowcast.server.context import Context
from narrowcast.settings import read_settings
from running import Simulator

DOCUMENT = Path(__file__).parents[1] / "examples" / "lighthouses.md"
ADDRESS = "http://127.0.0.1:8484/api/v1/"


def cpu_s() -> float:
    """Processor time of this process and its children so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def rows(path: Path) -> tuple[Counter[str], int]:
    """How many rows each table has, and how many bytes all take."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        counted = {name: database.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}  # noqa: S608
        told = database.execute("select count(distinct at) from job_event").fetchone()[0]
        pages, free = (database.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        size = (pages - free) * int(database.execute("pragma page_size").fetchone()[0])
    return Counter({**counted, "transactions that told events": told}), size


def stored(folder: Path) -> Counter[str]:
    """Bytes of the files that are kept, by the folder that they are in."""
    sizes: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(folder).parts[0]] += path.stat().st_size
    return sizes


async def measured(home: Path, simulator: Simulator, minutes: int) -> Mapping[str, Any]:
    """Make one, and look at what it took."""
    settings = {"NARROWCAST_HOME": str(home), "NARROWCAST_JOBS_AT_ONCE": "1", **simulator.env}
    app = create_app(read_settings(settings))
    async with app.router.lifespan_context(app):
        context: Context = app.state.context
        user = await context.store.accounts.add(email="b@example.org", name="B", role=Role.OWNER, tier="premium")
        secret = new_secret(TOKEN_PREFIX)
        await context.store.tokens.add(user.id, name="bench", secret_hash=secret_hash(secret), scopes=list(Scope))
        headers = {"Authorization": f"Bearer {secret}"}
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers) as client:
            await made(client, 1)  # what is made once a process is made
            database = context.store.jobs.line._database  # noqa: SLF001 - its count of transactions
            before, writes, cpu, began = rows(home / "narrowcast.db"), database.writes, cpu_s(), time.monotonic()
            kept, calls = stored(home / "blobs"), len(simulator.calls())
            job = await made(client, minutes)
            wall_s, spent_s, written = time.monotonic() - began, cpu_s() - cpu, database.writes - writes
            await asyncio.sleep(1)
            after = rows(home / "narrowcast.db")
            audio = (await client.get(f"podcasts/{job['episode_id']}")).raise_for_status().json()
    asked = simulator.calls()[calls:]
    return {
        "minutes": round(audio["duration"] / 60, 2),
        "wall_s": round(wall_s, 1),
        "cpu_s": round(spent_s, 1),
        "write_transactions": written,
        "rows": dict((after[0] - before[0]).most_common()),
        "database_bytes": after[1] - before[1],
        "stored_bytes": dict((stored(home / "blobs") - kept).most_common()),
        "calls": dict(Counter(call.stage for call in asked)),
        "call_seconds": {
            stage: round(
                statistics.fmean(call.end - call.start for call in asked if call.stage == stage and call.end), 1
            )
            for stage in {call.stage for call in asked}
        },
        "prompt_tokens": sum(call.prompt_tokens for call in asked),
        "completion_tokens": sum(call.completion_tokens for call in asked),
        "characters": sum(call.characters for call in asked if call.stage == "speech"),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "load": round(os.getloadavg()[0], 1),
    }


async def made(client: httpx2.AsyncClient, minutes: int) -> dict[str, Any]:
    """Ask for an episode, and wait until it is there."""
    wish = {"content": DOCUMENT.read_text("utf-8"), "minutes": minutes, "llm": "openai:sim", "tts": "openai:sim"}
    job: dict[str, Any] = (await client.post("podcasts/generate", json=wish)).raise_for_status().json()
    while (found := (await client.get(f"podcasts/jobs/{job['job_id']}")).json())["status"] != "completed":
        if found["status"] == "failed":
            raise SystemExit(found)
        await asyncio.sleep(0.5)
    return job


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--speed", type=float, default=1.0)
    given = parser.parse_args()
    set_up_logs("error")
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(Path(folder) / "ledger.jsonl", f"--speed={given.speed}")
        try:
            found = asyncio.run(measured(Path(folder) / "home", simulator, given.minutes))
        finally:
            simulator.stop()
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
