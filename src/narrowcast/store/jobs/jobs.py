"""Requests for work, as their owners see them: handed in, looked at, cancelled, asked for again.

Who works on them is the matter of `claims.py`, what is due or lost that of `upkeep.py`, the line as a whole that of
`line.py`, who has hands that of `on_duty.py`; all of them are attributes here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ConflictError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.jobs.claims import Claims
from narrowcast.store.jobs.heartbeat import Heartbeat
from narrowcast.store.jobs.line import JobLine
from narrowcast.store.jobs.on_duty import OnDuty
from narrowcast.store.jobs.rows import (
    IS_LIVE,
    IS_QUEUED,
    IS_SCHEDULED,
    JOB_COLUMNS,
    Beside,
    Job,
    JobStatus,
    changing,
    note,
    note_status,
    record,
)
from narrowcast.store.jobs.upkeep import JobUpkeep
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.tables import account, episode, job

__all__ = ["Added", "Asked", "Beside", "Crowd", "Job", "JobStatus", "Jobs"]


@dataclass(frozen=True)
class Asked:
    """A job to add: `status` is `queued`, or `scheduled` with a `run_at`."""

    owner_id: str
    kind: str
    status: JobStatus
    priority: int
    rank: int
    params: Mapping[str, Any]
    max_failures: int
    lot: int = 0
    run_at: datetime | None = None
    episode_id: str | None = None
    dedupe_key: str | None = None
    estimate_s: int | None = None
    retry_of: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Crowd:
    """How many jobs wait, scheduled ones too: of the owner, whose tier this is, and of everybody."""

    tier: str
    of_owner: int
    in_all: int


@dataclass(frozen=True)
class Added:
    """The job that stands for a request; `existing` where it was there before."""

    job: Job
    existing: bool


class Jobs:
    """The jobs of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database, clock: Callable[[], datetime] | None = None) -> None:
        clock = self.clock = clock or database.now
        self.claims = Claims(database, clock)
        self.line = JobLine(database)
        self.upkeep = JobUpkeep(database, clock)
        self.on_duty = OnDuty(database, clock)
        self._database = database

    def heartbeat(self, lease_s: float) -> Heartbeat:
        """A connection for heartbeats, to be closed by who asked."""
        return Heartbeat(self._database, lease_s, self.clock)

    async def add(self, asked: Asked, refuse: Callable[[Crowd], None], *beside: Beside) -> Added:
        """Add a job, and in the same transaction what shall exist with it, such as its episode.

        A live job of that owner with the same `dedupe_key` is given instead; then nothing is written. `refuse` is
        told how many wait, and raises where that is too many. Raises `NotFoundError` for an episode that is not its
        owner's, or an owner who is no more.
        """
        try:
            async with changing(self._database, "enqueue", _turn(asked.owner_id)) as connection:
                if live := await _live_twin(connection, asked):
                    return Added(live, existing=True)
                refuse(await _crowd(connection, asked.owner_id))
                now = self.clock()
                for part in beside:
                    await part.write(connection, now)
                return Added(await _insert(self._database, connection, asked, now), existing=False)
        except IntegrityError as error:
            raise NotFoundError("What this job is for is not there any more.") from error

    async def retry(
        self, owner_id: str, job_id: str, again: Callable[[Job, datetime], Asked], refuse: Callable[[Crowd], None]
    ) -> Added:
        """Add the job that `again` makes of one that failed or was cancelled; the live one, where that was done.

        Raises `NotFoundError`, `ConflictError` where there is nothing to do again, and what `refuse` raises.
        """
        async with changing(self._database, "enqueue", _turn(owner_id)) as connection:
            # Before the job is locked: see `staying.py`.
            crowd = await _crowd(connection, owner_id)
            earlier = await _owned(connection, owner_id, job_id)
            if earlier.status not in {JobStatus.FAILED, JobStatus.CANCELLED}:
                raise ConflictError(
                    f"This job is {earlier.status}; only one that failed or was cancelled can be done again."
                )
            retries = select(*JOB_COLUMNS).where(job.c.retry_of == job_id)
            for row in await connection.execute(retries):
                later = record(row)
                if not later.status.ended:
                    return Added(later, existing=True)
                if later.status is JobStatus.COMPLETED:
                    raise ConflictError("This job was done again already.", hint="Look at the job that retried it.")
            now = self.clock()
            asked = again(earlier, now)
            if live := await _live_twin(connection, asked):
                return Added(live, existing=True)
            refuse(crowd)
            return Added(await _insert(self._database, connection, asked, now), existing=False)

    async def get(self, owner_id: str, job_id: str) -> Job | None:
        """The owner's job with that id."""
        query = select(*JOB_COLUMNS).where(job.c.id == job_id, job.c.owner_id == owner_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return record(row) if row else None

    async def history(
        self,
        owner_id: str,
        *,
        limit: int,
        after: Place | None = None,
        statuses: Collection[JobStatus] = (),
        kinds: Collection[str] = (),
        episode_id: str | None = None,
    ) -> list[Job]:
        """The owner's jobs, newest first; of these statuses, kinds, this episode, where they are given."""
        query = select(*JOB_COLUMNS).where(job.c.owner_id == owner_id)
        if statuses:
            query = query.where(job.c.status.in_(statuses))
        if kinds:
            query = query.where(job.c.kind.in_(kinds))
        if episode_id:
            query = query.where(job.c.episode_id == episode_id)
        async with self._database.read() as connection:
            rows = await connection.execute(newest_first(query, job.c.created_at, job.c.id, after, limit))
            return [record(row) for row in rows]

    async def cancel(self, owner_id: str, job_id: str) -> Job:
        """Cancel a job: one that waits at once, a running one by asking its hands to stop.

        Raises `NotFoundError`, and `ConflictError` for one that completed or failed.
        """
        async with changing(self._database, "job_cancel") as connection:
            found = await _owned(connection, owner_id, job_id)
            if found.status in {JobStatus.COMPLETED, JobStatus.FAILED}:
                raise ConflictError(f"This job is {found.status}: there is nothing to cancel.")
            return (await _cancel(self._database, connection, [found], self.clock()))[0]

    async def cancel_all(self, owner_id: str, episode_id: str | None = None) -> list[Job]:
        """Cancel all live jobs of an owner, or of one episode of theirs."""
        query = select(*JOB_COLUMNS).where(job.c.owner_id == owner_id, IS_LIVE)
        if episode_id:
            query = query.where(job.c.episode_id == episode_id)
        async with changing(self._database, "job_cancel") as connection:
            live = [record(row) for row in await connection.execute(query.order_by(job.c.id).with_for_update())]
            return await _cancel(self._database, connection, live, self.clock())


async def _live_twin(connection: AsyncConnection, asked: Asked) -> Job | None:
    if asked.dedupe_key is None:
        return None
    query = select(*JOB_COLUMNS).where(job.c.owner_id == asked.owner_id, job.c.dedupe_key == asked.dedupe_key, IS_LIVE)
    row = (await connection.execute(query)).first()
    return record(row) if row else None


async def _crowd(connection: AsyncConnection, owner_id: str) -> Crowd:
    waiting_of_owner = (
        select(func.count()).where(job.c.owner_id == owner_id, IS_LIVE, job.c.status != "running").scalar_subquery()
    )
    queued = select(func.count()).select_from(job).where(IS_QUEUED).scalar_subquery()
    scheduled = select(func.count()).select_from(job).where(IS_SCHEDULED).scalar_subquery()
    query = (
        select(account.c.tier, waiting_of_owner.label("of_owner"), (queued + scheduled).label("in_all"))
        .where(account.c.id == owner_id)
        .with_for_update(read=True, key_share=True)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFoundError("This user is not there any more.")
    return Crowd(row.tier, row.of_owner, row.in_all)


async def _insert(database: Database, connection: AsyncConnection, asked: Asked, now: datetime) -> Job:
    if asked.episode_id and not await connection.scalar(
        select(episode.c.id).where(episode.c.id == asked.episode_id, episode.c.owner_id == asked.owner_id)
    ):
        raise NotFoundError("There is no such episode.")
    values: dict[str, Any] = {
        **{name: getattr(asked, name) for name in Asked.__dataclass_fields__},
        "params": dict(asked.params),
        "progress": {},
        "created_at": now,
        "queued_at": now if asked.status is JobStatus.QUEUED else None,
    }
    added = record((await connection.execute(insert(job).values(**values).returning(*JOB_COLUMNS))).one())
    await note_status(database, connection, [added], now)
    return added


async def _owned(connection: AsyncConnection, owner_id: str, job_id: str) -> Job:
    query = select(*JOB_COLUMNS).where(job.c.id == job_id, job.c.owner_id == owner_id)
    row = (await connection.execute(query.with_for_update())).first()
    if row is None:
        raise NotFoundError("There is no such job.")
    return record(row)


async def _cancel(database: Database, connection: AsyncConnection, jobs: Sequence[Job], now: datetime) -> list[Job]:
    cancelled = [await _cancelled(connection, each, now) for each in jobs]
    changed = [after for before, after in zip(jobs, cancelled, strict=True) if after is not before]
    ended = [each for each in changed if each.status is JobStatus.CANCELLED]
    await note_status(database, connection, ended, now)
    asked: list[tuple[str, str, Mapping[str, Any]]] = [
        (each.id, "cancel_requested", {}) for each in changed if each.status is JobStatus.RUNNING
    ]
    await note(database, connection, asked, now)
    return cancelled


async def _cancelled(connection: AsyncConnection, found: Job, now: datetime) -> Job:
    if found.status is JobStatus.CANCELLED or found.cancel_requested_at:
        return found
    values: dict[str, Any] = {"cancel_requested_at": now}
    if found.status is JobStatus.RUNNING:
        # The same may be asked for anew while this one still stops.
        values["dedupe_key"] = None
    else:
        values |= {"status": JobStatus.CANCELLED, "finished_at": now, "run_at": None}
    statement = update(job).where(job.c.id == found.id).values(**values).returning(*JOB_COLUMNS)
    return record((await connection.execute(statement)).one())


def _turn(owner_id: str) -> str:
    """What an owner hands in comes one after the other, so that nobody has more waiting than they may."""
    return f"asking of {owner_id}"
