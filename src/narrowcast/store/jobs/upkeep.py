"""What time does to jobs: some come due, some lose their hands, and all are forgotten one day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.database import Database
from narrowcast.store.jobs.rows import (
    IS_RUNNING,
    IS_SCHEDULED,
    JOB_COLUMNS,
    Change,
    Job,
    JobStatus,
    changing,
    let_go,
    note_status,
    record,
)
from narrowcast.store.staying import lock_jobs
from narrowcast.store.tables import idempotency, job, job_event

SWEEP = "sweep"
"""The turn of who sweeps."""
AT_ONCE = 200
"""Rows in one transaction, so that nobody waits long for the one writer."""


class JobUpkeep:
    """Done every few seconds, by any process: each change is made once, whoever comes first."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def queue_due(self) -> int:
        """Queue what was scheduled until now; how many."""
        moved = 0
        while ids := await self._ids(IS_SCHEDULED & (job.c.run_at <= self._clock())):
            async with changing(self._database, "job_sweep", SWEEP) as connection:
                now = self._clock()
                await lock_jobs(connection, job.c.id.in_(ids))
                # It stands in the line since it came due, not since somebody looked.
                statement = (
                    update(job)
                    .where(job.c.id.in_(ids), IS_SCHEDULED, job.c.run_at <= now)
                    .values(status=JobStatus.QUEUED, queued_at=job.c.run_at, run_at=None)
                    .returning(*JOB_COLUMNS)
                )
                queued = [record(row) for row in await connection.execute(statement)]
                await note_status(self._database, connection, queued, now)
            moved += len(queued)
        return moved

    async def take_back(self, decide: Callable[[Job, datetime], Change | None]) -> list[tuple[Job, Change]]:
        """Apply what `decide` says of each running job, if it does; the jobs as they were, and what became of them."""
        query = select(*JOB_COLUMNS).where(IS_RUNNING)
        async with self._database.read() as connection:
            running = [record(row) for row in await connection.execute(query)]
        now = self._clock()
        suspects = [each.id for each in running if decide(each, now)]
        taken: list[tuple[Job, Change]] = []
        for start in range(0, len(suspects), AT_ONCE):
            async with changing(self._database, "job_sweep", SWEEP) as connection:
                ids = suspects[start : start + AT_ONCE]
                taken += await _take_back(self._database, connection, ids, decide, self._clock())
        return taken

    async def forgive(self, holders: str, by: timedelta, lease: timedelta) -> int:
        """Have running jobs whose holders' names begin so be as if a time `by` had not passed; how many.

        Their leases begin anew; when they began and last got on is moved by as much.
        """
        query = select(job.c.id, job.c.started_at, job.c.moved_at).where(
            IS_RUNNING, job.c.lease_owner.startswith(holders, autoescape=True)
        )
        async with self._database.write(SWEEP) as connection:
            until = self._clock() + lease
            running = (await connection.execute(query.order_by(job.c.id).with_for_update())).all()
            for row in running:
                moved = {name: at + by for name in ("started_at", "moved_at") if (at := getattr(row, name))}
                await connection.execute(update(job).where(job.c.id == row.id).values(lease_until=until, **moved))
        return len(running)

    async def forget_jobs(self, before: datetime) -> int:
        """Remove the jobs that ended before, with all that happened to them; how many."""
        forgotten = 0
        while ids := await self._ids(job.c.finished_at < before):
            async with self._database.write(SWEEP) as connection:
                await lock_jobs(connection, job.c.id.in_(ids))
                await connection.execute(delete(job).where(job.c.id.in_(ids), job.c.finished_at < before))
            forgotten += len(ids)
        return forgotten

    async def forget_events(self, before: datetime) -> int:
        """Remove what happened before to jobs that ended; how many."""
        forgotten, seen, recent = 0, 0, False
        while not recent:
            # In the order of their ids, which is that of their times.
            query = (
                select(job_event.c.id, job_event.c.at, job.c.finished_at)
                .join(job, job.c.id == job_event.c.job_id)
                .where(job_event.c.id > seen)
                .order_by(job_event.c.id)
                .limit(AT_ONCE)
            )
            async with self._database.read() as connection:
                rows = (await connection.execute(query)).all()
            if not rows:
                break
            seen, recent = rows[-1].id, rows[-1].at >= before
            if old := [row.id for row in rows if row.at < before and row.finished_at]:
                async with self._database.write(None) as connection:
                    # Somebody may remove such a job just now, with all that happened to it.
                    free = select(job_event.c.id).where(job_event.c.id.in_(old)).with_for_update(skip_locked=True)
                    await connection.execute(delete(job_event).where(job_event.c.id.in_(free)))
                forgotten += len(old)
        return forgotten

    async def forget_answers(self, before: datetime) -> int:
        """Remove the answers to requests with an `Idempotency-Key` that came before; how many."""
        row = tuple_(idempotency.c.owner_id, idempotency.c.key)
        old = select(idempotency.c.owner_id, idempotency.c.key).where(idempotency.c.created_at < before)
        statement = delete(idempotency).where(row.in_(old.with_for_update(skip_locked=True)))
        async with self._database.write(None) as connection:
            return cast("CursorResult[Any]", await connection.execute(statement)).rowcount

    async def _ids(self, which: ColumnElement[bool]) -> list[str]:
        async with self._database.read() as connection:
            return list(await connection.scalars(select(job.c.id).where(which).limit(AT_ONCE)))


async def _take_back(
    database: Database,
    connection: AsyncConnection,
    ids: Sequence[str],
    decide: Callable[[Job, datetime], Change | None],
    now: datetime,
) -> list[tuple[Job, Change]]:
    """Decide again, on the rows as they are now: a heartbeat or an end may have come since they were looked at."""
    query = select(*JOB_COLUMNS).where(job.c.id.in_(ids), IS_RUNNING).order_by(job.c.id)
    found = [record(row) for row in await connection.execute(query.with_for_update())]
    taken = [(each, change) for each in found if (change := decide(each, now))]
    changed = [await let_go(connection, each, change, now) for each, change in taken]
    await note_status(database, connection, changed, now)
    return taken
