"""What the queue costs over a long history: `python bench/queue_claims.py [--finished N] [--rounds N] [--postgresql]`.

Two databases, with a thousand and with a million jobs that ended; in each 10,000 jobs wait, the first 9,000 of them of
a user who runs as many as may. Jobs are claimed and finished through the queue, then by the same SQL through the bare
driver, in turns, so that both see the same disk. Prints milliseconds and ratios. PostgreSQL is a server of its own,
which waits for the disk as a real one does.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
import psycopg

from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.queue.order import rank
from narrowcast.queue.outcome import Completed
from narrowcast.queue.queue import Queue
from narrowcast.store.database import open_database
from narrowcast.store.jobs.jobs import Jobs
from servers import Postgres

QUEUED, BLOCKED, OWNERS, CAP = 10_000, 9_000, 20, 2
T = TypeVar("T")
COLUMNS = "id, owner_id, kind, status, priority, rank, params, progress, created_at, queued_at, started_at, finished_at"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Costs:
    """Milliseconds of each claim, each claim with its end, the same bare, and each look at a position."""

    claims: list[float]
    through: list[float]
    bare: list[float]
    positions: list[float]


def main() -> None:
    """Measure, and print the targets' table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    if given.postgresql:
        server = Postgres(fsync=True)
        try:
            few = asyncio.run(measured(server.database(), 1_000, given.rounds))
            many = asyncio.run(measured(server.database(), given.finished, given.rounds))
        finally:
            server.remove()
    else:
        with tempfile.TemporaryDirectory() as folder:
            few = asyncio.run(measured(f"sqlite+aiosqlite:///{folder}/few.db", 1_000, given.rounds))
            many = asyncio.run(measured(f"sqlite+aiosqlite:///{folder}/many.db", given.finished, given.rounds))
    row("Claim p95", f"{p95(many.claims):.1f} ms", "≤ 10 ms")
    row("Claim and finish, ends per second, of bare SQL's", f"{ratio(many.bare, many.through):.2f}", "≥ 0.5")
    row("Claim, many ended / few", f"{ratio(many.claims, few.claims):.2f}", "≤ 1.3")
    row("Position p95", f"{p95(many.positions):.1f} ms", "≤ 5 ms")
    row("Claim, median", f"{statistics.median(many.claims):.1f} ms", "")
    row("Claim and finish, median", f"{statistics.median(many.through):.1f} ms", "")
    row("The same bare, median", f"{statistics.median(many.bare):.1f} ms", "")


def row(figure: str, value: str, target: str) -> None:
    """One line of a table."""
    print(f"| {figure} | {value} | {target} |")


def p95(costs: list[float]) -> float:
    """Of twenty, the second dearest."""
    return statistics.quantiles(costs, n=20)[-1]


def ratio(one: list[float], other: list[float]) -> float:
    """How the medians compare."""
    return statistics.median(one) / statistics.median(other)


async def measured(url: str, finished: int, rounds: int) -> Costs:
    """The costs over a database with so many jobs that ended."""
    await (await open_database(url)).aclose()
    path = url.removeprefix("sqlite+aiosqlite:///")
    last = fill_postgresql(url, finished) if path == url else fill(Path(path), finished)
    database = await open_database(url)
    queue = Queue(Jobs(database), QueueLimits(owner=OwnerLimits(running=CAP)))
    costs = Costs([], [], [], [])
    async with bare_postgresql(url) if path == url else bare_sqlite(path) as bare:
        for number in range(rounds + 20):
            begun = time.perf_counter()
            job = present(await queue.claim("bench"))
            claimed = time.perf_counter()
            present(await queue.finish(job.id, job.epoch, Completed({"turns": 12})) or None)
            ended = time.perf_counter()
            await claimed_and_finished(bare)
            done = time.perf_counter()
            waiting = present(await queue.get("owner-1", last))
            looked = time.perf_counter()
            present((await queue.standing(waiting)).position)
            stood = time.perf_counter()
            if number >= 20:
                costs.claims.append((claimed - begun) * 1000)
                costs.through.append((ended - begun) * 1000)
                costs.bare.append((done - ended) * 1000)
                costs.positions.append((stood - looked) * 1000)
    await database.aclose()
    return costs


def present(found: T | None) -> T:
    """What must be there."""
    if found is None:
        raise LookupError("the queue is not as it was filled")
    return found


@dataclass(frozen=True)
class Bare:
    """A driver without anything around it: `ask` does a statement and gives its rows; the rest is what differs."""

    ask: Callable[..., Awaitable[list[tuple[Any, ...]]]]
    begin: Sequence[str]
    in_order: Sequence[str] = ()
    locked: str = ""
    free: str = ""


@asynccontextmanager
async def bare_sqlite(path: str) -> AsyncIterator[Bare]:
    """The driver of SQLite."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:

        async def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
            async with connection.execute(sql, values) as cursor:
                return [tuple(found) for found in await cursor.fetchall()]

        await ask("pragma synchronous = full")
        await ask("pragma foreign_keys = on")
        yield Bare(ask, ["begin immediate"])


@asynccontextmanager
async def bare_postgresql(url: str) -> AsyncIterator[Bare]:
    """That of PostgreSQL."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, options="-c timezone=UTC") as connection:

        async def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
            cursor = await connection.execute(sql.replace("?", "%s").encode(), values)
            return await cursor.fetchall() if cursor.description else []

        lock = "select pg_advisory_xact_lock(hashtextextended('{}', 0))"
        begin = ["begin", lock.format("bare claims")]
        yield Bare(ask, begin, [lock.format("bare order")], " for update", " for update skip locked")


async def claimed_and_finished(bare: Bare) -> None:
    """What the queue asks of the database, by hand."""
    now, later = datetime.now(UTC).isoformat(" "), (datetime.now(UTC) + timedelta(minutes=1)).isoformat(" ")
    await bare.ask("select id from job where status = 'queued' limit 1")
    for statement in bare.begin:
        await bare.ask(statement)
    loads = await bare.ask(
        "select job.owner_id, account.tier, count(*) from job join account on account.id = job.owner_id"
        " where job.status = 'running' group by job.owner_id, account.tier",
    )
    blocked = [owner for owner, _, running in loads if running >= CAP]
    marks = ", ".join("?" * len(blocked))
    first = f"select id, owner_id, rank from job where status = 'queued' and owner_id not in ({marks})"  # noqa: S608
    first += " order by rank, queued_at, id limit 1" + bare.free
    [(job_id, *_)] = await bare.ask(first, *blocked)
    await bare.ask(
        "update job set status = 'running', epoch = epoch + 1, lease_owner = 'bench', lease_until = ?, run_at = null,"
        " error_message = null, started_at = ?, moved_at = ? where id = ? and status = 'queued' returning *",
        *(later, now, now, job_id),
    )
    await noted(bare, job_id, "running", now)
    await bare.ask("commit")
    await bare.ask(bare.begin[0])
    await bare.ask("select * from job where id = ?" + bare.locked, job_id)  # noqa: S608 - our own words
    await bare.ask(
        "update job set status = 'completed', failures = 0, lost_leases = 0, pauses = 0, run_at = null, result = ?,"
        " error_message = null, lease_owner = null, lease_until = null, finished_at = ? where id = ? returning *",
        *('{"turns": 12}', now, job_id),
    )
    await noted(bare, job_id, "completed", now)
    await bare.ask("commit")


async def noted(bare: Bare, job_id: object, kind: str, at: str) -> None:
    """A row of what happened."""
    data = f'{{"status": "{kind}", "epoch": 1, "failures": 0}}'
    for statement in bare.in_order:
        await bare.ask(statement)
    await bare.ask("insert into job_event (job_id, kind, data, at) values (?, ?, ?, ?)", job_id, kind, data, at)


def fill(path: Path, finished: int) -> str:
    """Put all rows there; the id of the job that stands last in the line."""
    connection = sqlite3.connect(path)
    connection.execute("pragma synchronous = off")
    at = text(NOW)
    people = [(f"owner-{number}", f"{number}@example.org", at, at) for number in range(OWNERS + 1)]
    connection.executemany(
        "insert into account (id, email, name, role, tier, active, preferences, created_at, updated_at)"
        " values (?, ?, 'Sam', 'member', 'standard', 1, '{}', ?, ?)",
        people,
    )
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    insert = f"insert into job ({COLUMNS}) values ({marks})"  # noqa: S608 - our own columns
    connection.executemany(insert, ended(finished))
    connection.executemany(insert, (line := [*live()]))
    connection.commit()
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return str(line[-1][0])


def fill_postgresql(url: str, finished: int) -> str:
    """The same there."""
    at = text(NOW)
    with psycopg.connect(url, options="-c timezone=UTC -c synchronous_commit=off") as connection:
        connection.cursor().executemany(
            "insert into account (id, email, name, role, tier, active, preferences, created_at, updated_at)"
            " values (%s, %s, 'Sam', 'member', 'standard', true, '{}', %s, %s)",
            [(f"owner-{number}", f"{number}@example.org", at, at) for number in range(OWNERS + 1)],
        )
        line = [*live()]
        with connection.cursor().copy(f"copy job ({COLUMNS}) from stdin") as copy:
            for one in itertools.chain(ended(finished), line):
                copy.write_row(one)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze job")
        connection.execute("checkpoint")
    return str(line[-1][0])


def ended(count: int) -> Iterator[tuple[object, ...]]:
    """Jobs of ninety days."""
    chance = random.Random(7)
    for _ in range(count):
        at = NOW - timedelta(seconds=chance.random() * 90 * 86_400)
        done = text(at + timedelta(seconds=chance.uniform(30, 600)))
        owner = f"owner-{chance.randrange(OWNERS + 1)}"
        times = (text(at), text(at), text(at), done)
        yield (str(uuid.uuid4()), owner, "episode", "completed", 0, rank(0, at), "{}", "{}", *times)


def live() -> Iterator[tuple[object, ...]]:
    """One user runs as many as may, and stands first with thousands more; others stand behind."""
    for number in range(CAP):
        at = NOW - timedelta(minutes=9)
        times = (text(at), text(at), text(at), None)
        yield (f"running-{number}", "owner-0", "episode", "running", 0, rank(0, at), "{}", "{}", *times)
    for number in range(QUEUED):
        at = NOW - timedelta(minutes=8) + timedelta(milliseconds=number)
        owner = "owner-0" if number < BLOCKED else f"owner-{1 + number % OWNERS}"
        owner = "owner-1" if number == QUEUED - 1 else owner
        yield (
            str(uuid.uuid4()),
            owner,
            "episode",
            "queued",
            0,
            rank(0, at),
            "{}",
            "{}",
            text(at),
            text(at),
            None,
            None,
        )


def text(at: datetime) -> str:
    """As the database holds it."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


if __name__ == "__main__":
    main()
