"""How long the stats page takes with five years of daily listening, beside that of somebody who just began.

Usage: python bench/stats_page.py [YEARS] [HOME]: everything goes in as players tell it, a day at a time; HOME is kept.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from sqlalchemy import insert

from narrowcast.accounts.roles import Role, Scope
from narrowcast.accounts.secrets import TOKEN_PREFIX, new_secret, secret_hash
from narrowcast.listening.intervals import KEPT, Offered
from narrowcast.server.app import create_app
from narrowcast.server.context import Context
from narrowcast.settings import read_settings
from narrowcast.store.tables import episode
from narrowcast.studio.hearing import Hearing

EPISODES = 40
LENGTH_MS = 1_800_000
PIECE_MS = 15_000
ROUNDS = 60


async def main(years: int, home: Path) -> None:
    """Fill a home, and measure."""
    app = create_app(
        read_settings({"NARROWCAST_HOME": str(home), "NARROWCAST_JOBS_AT_ONCE": "0", "NARROWCAST_LOG_LEVEL": "warning"})
    )
    async with app.router.lifespan_context(app):
        context: Context = app.state.context
        clients = {}
        for name in ("five years", "one day"):
            email = f"{uuid.uuid4()}@example.org"
            user = await context.store.accounts.add(email=email, name=name, role=Role.MEMBER, tier="standard")
            secret = new_secret(TOKEN_PREFIX)
            await context.store.tokens.add(user.id, name="bench", secret_hash=secret_hash(secret), scopes=list(Scope))
            headers = {"Authorization": f"Bearer {secret}", "Accept": "text/html"}
            clients[name] = httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:8484", headers=headers
            )
            await fill(context, user.id, 365 * years if name == "five years" else 1)
        took: dict[str, list[float]] = {name: [] for name in clients}
        for _ in range(ROUNDS):
            for name, client in clients.items():
                for path in ("/stats", "/stats?by=month"):
                    begun = time.perf_counter()
                    (await client.get(path)).raise_for_status()
                    took[name].append((time.perf_counter() - begun) * 1000)
        for name, times in took.items():
            print(f"stats page, {name}: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms")
        size = len((await clients["five years"].get("/stats")).content)
        print(f"ratio of the medians: {ratio(took):.2f}; the page has {size / 1000:.0f} kB")
        for client in clients.values():
            await client.aclose()


def ratio(took: dict[str, list[float]]) -> float:
    """Of five years to one day."""
    return statistics.median(took["five years"]) / statistics.median(took["one day"])


async def fill(context: Context, owner_id: str, days: int) -> None:
    """Some listening each day, most of them, told in pieces of 15 s as players do."""
    chance = random.Random(7)
    hearing = Hearing(context.store)
    now = datetime.now(UTC)
    ids = [str(uuid.uuid4()) for _ in range(EPISODES)]
    at = now - timedelta(days=days)
    common = {"owner_id": owner_id, "language": "en", "status": "completed", "figures": {}}
    rows = [{**common, "id": i, "title": f"Episode {n}", "created_at": at, "updated_at": at} for n, i in enumerate(ids)]
    async with context.store._database.write() as connection:  # noqa: SLF001 - there is no way to have made them
        await connection.execute(insert(episode), rows)
    times = []
    for number in reversed(range(days)):
        if days > 1 and chance.random() < 0.12:
            continue
        begun_ms = int((now - timedelta(days=number, minutes=chance.randint(40, 300))).timestamp() * 1000)
        pieces = chance.randint(20, 180)
        rate = chance.choice((1.0, 1.0, 1.25, 1.5))
        start = chance.randrange(0, LENGTH_MS // 2, 1000)
        offered = [
            Offered(
                event_id=str(uuid.uuid4()),
                revision=0,
                from_ms=(start + n * PIECE_MS) % LENGTH_MS,
                to_ms=(start + n * PIECE_MS) % LENGTH_MS + PIECE_MS,
                rate=rate,
                start_ms=begun_ms + round(n * PIECE_MS / rate),
                end_ms=begun_ms + round((n + 1) * PIECE_MS / rate),
                zone="Europe/Berlin",
                device="bench",
            )
            for n in range(pieces)
        ]
        then = now - timedelta(days=number)
        await hearing.take(owner_id, chance.choice(ids), offered[:-1], None, then)
        begun = time.perf_counter()
        await hearing.take(owner_id, chance.choice(ids), offered[-1:], None, then)
        times.append((time.perf_counter() - begun) * 1000)
        if number % 30 == 0:
            await context.store.hearing.prune(then - KEPT)
    print(f"{days} days are in; one more interval of 15 s takes {statistics.median(times):.1f} ms")


if __name__ == "__main__":
    given = sys.argv[2] if len(sys.argv) > 2 else None
    folder = Path(given or tempfile.mkdtemp(prefix="stats-page-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, folder))
    finally:
        if given is None:
            shutil.rmtree(folder)
