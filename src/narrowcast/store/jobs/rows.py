"""Jobs as they are kept: the record, its states, and what every change of state writes besides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Row, bindparam, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import Database
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.revisions import settled
from narrowcast.store.tables import episode, job, job_event


class JobStatus(StrEnum):
    """Where a job stands."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing happens to it any more."""
        return self in {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}


# As words of the statement, not as parameters: SQLite uses a partial index only where it can see the value.
IS_SCHEDULED = job.c.status == literal_column("'scheduled'")
IS_QUEUED = job.c.status == literal_column("'queued'")
IS_RUNNING = job.c.status == literal_column("'running'")
IS_LIVE = job.c.status.in_([literal_column(f"'{name}'") for name in ("scheduled", "queued", "running")])


@dataclass(frozen=True)
class Job:
    """A request for work, as it stood when it was read; the columns of the table `job`, under their names."""

    id: str
    owner_id: str
    kind: str
    status: JobStatus
    priority: int
    rank: int
    lot: int
    run_at: datetime | None
    epoch: int
    failures: int
    lost_leases: int
    pauses: int
    max_failures: int
    lease_owner: str | None
    lease_until: datetime | None
    cancel_requested_at: datetime | None
    dedupe_key: str | None
    retry_of: str | None
    episode_id: str | None
    estimate_s: int | None
    params: Mapping[str, Any]
    progress: Mapping[str, Any]
    result: Mapping[str, Any] | None
    error_message: str | None
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    moved_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Change:
    """What becomes of a running job whose hands let go of it. The counts are what the row will hold."""

    status: JobStatus
    failures: int
    lost_leases: int
    pauses: int
    run_at: datetime | None = None
    result: Mapping[str, Any] | None = None
    error_message: str | None = None
    keeps_place: bool = False
    """Whether `queued_at` stays, so that it stands where it stood before."""


class Beside(Protocol):
    """Something that is written in the transaction of a job's change, or not at all."""

    async def write(self, connection: AsyncConnection, at: datetime) -> None:
        """Write it; an exception takes the job's change back too."""


JOB_COLUMNS = tuple(job.c[field.name] for field in fields(Job))


def record(row: Row[Any]) -> Job:
    """The record of a row of `JOB_COLUMNS`."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return Job(**{**values, "status": JobStatus(values["status"])})


@asynccontextmanager
async def changing(database: Database, name: str, turn: str | None = None) -> AsyncIterator[AsyncConnection]:
    """A write transaction with crash points of that name before and after its commit; its turn as `Database.write`."""
    async with database.write(turn) as connection:
        yield connection
        crashpoint(f"{name}.before_commit")
    crashpoint(f"{name}.committed")


_FIND = select(*JOB_COLUMNS).where(job.c.id == bindparam("sought")).with_for_update()


async def find(connection: AsyncConnection, job_id: str) -> Job | None:
    """The job with that id, which nobody else changes from now on to the end of the transaction."""
    row = (await connection.execute(_FIND, {"sought": job_id})).first()
    return record(row) if row else None


_NOTE = insert(job_event)


async def note(
    database: Database,
    connection: AsyncConnection,
    happened: Sequence[tuple[str, str, Mapping[str, Any]]],
    at: datetime,
) -> None:
    """Write down what happened: job, kind and data of each. The last thing that a transaction does.

    Events are seen in the order of their ids, so from the first of them to the commit nobody else writes any.
    """
    if happened:
        await database.in_order(connection)
        rows = [{"job_id": job_id, "kind": kind, "data": dict(data), "at": at} for job_id, kind, data in happened]
        await connection.execute(_NOTE, rows)


async def note_status(database: Database, connection: AsyncConnection, changed: Sequence[Job], at: datetime) -> None:
    """Have the jobs' episodes follow: all but `completed`, which a publication tells. Then write down their status."""
    # In one order, so that nobody who changes the same episodes waits for one who waits for them.
    for each in sorted(changed, key=lambda each: each.episode_id or ""):
        if each.episode_id and each.status is not JobStatus.COMPLETED:
            await _have_episode_follow(connection, each, at)
    await note(database, connection, [(each.id, each.status, _told(each)) for each in changed], at)


def _told(changed: Job) -> Mapping[str, Any]:
    data: dict[str, Any] = {"status": changed.status, "epoch": changed.epoch, "failures": changed.failures}
    if changed.error_message:
        data["error_message"] = changed.error_message
    if changed.status is JobStatus.SCHEDULED and changed.run_at:
        data["run_at"] = changed.run_at.isoformat()
    return data


async def let_go(connection: AsyncConnection, held: Job, change: Change, at: datetime) -> Job:
    """Apply `change` to a running job that `find` gave; `note_status` is left to whoever asks."""
    values: dict[str, Any] = {
        "status": change.status,
        "failures": change.failures,
        "lost_leases": change.lost_leases,
        "pauses": change.pauses,
        "run_at": change.run_at,
        "result": change.result,
        "error_message": change.error_message,
        "lease_owner": None,
        "lease_until": None,
    }
    if change.status.ended:
        values["finished_at"] = at
    if change.status is JobStatus.QUEUED and not change.keeps_place:
        values["queued_at"] = at
    await connection.execute(update(job).where(job.c.id == held.id), values)
    return replace(held, **values)


async def _have_episode_follow(connection: AsyncConnection, changed: Job, at: datetime) -> None:
    mine = (episode.c.id == changed.episode_id) & (episode.c.owner_id == changed.owner_id)
    status = _EPISODE_FOLLOWS[changed.status]
    if changed.status.ended:
        found = select(episode.c.revision, episode.c.script_blob_key).where(mine).with_for_update()
        row = (await connection.execute(found)).first()
        if row is None:
            return
        status = settled(status, revision=row.revision, has_script=row.script_blob_key is not None)
    message = changed.error_message if changed.status.ended else None
    values = {"status": status, "error_message": message, "updated_at": at}
    await connection.execute(update(episode).where(mine).values(**values))


_EPISODE_FOLLOWS: Mapping[JobStatus, EpisodeStatus] = {
    JobStatus.SCHEDULED: EpisodeStatus.QUEUED,
    JobStatus.QUEUED: EpisodeStatus.QUEUED,
    JobStatus.RUNNING: EpisodeStatus.GENERATING,
    JobStatus.FAILED: EpisodeStatus.FAILED,
    JobStatus.CANCELLED: EpisodeStatus.CANCELLED,
}
