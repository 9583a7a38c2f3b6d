"""Figures of the queue for whoever watches over a server: what there is now, and what happened since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import aliased

from narrowcast.store.database import Database
from narrowcast.store.jobs.rows import IS_LIVE, IS_QUEUED, JobStatus
from narrowcast.store.tables import job, job_event, result, revision, source

TURN_READY = "turn_ready"
WAITING = "waiting"
KINDS = (*(status.value for status in JobStatus), TURN_READY, WAITING)


@dataclass(frozen=True)
class Levels:
    """How it stands. `live` counts jobs by kind and status, `stored_bytes` what is stored by what it is.

    `dead` are the failed jobs that nobody retried; `oldest_queued_at` is since when the first of those in line waits.
    """

    live: dict[tuple[str, str], int]
    oldest_queued_at: datetime | None
    dead: int
    stored_bytes: dict[str, int]


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a job, with what the job's row says now. `provider` is who made it wait."""

    id: int
    what: str
    at: datetime
    job_id: str
    kind: str
    episode_id: str | None
    epoch: int | None
    provider: str
    queued_at: datetime | None
    started_at: datetime | None
    turns: int | None


class JobFigures:
    """Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def levels(self) -> Levels:
        """How it stands now. Of the jobs that ended only the failed ones are looked at."""
        again = aliased(job)
        failed = (
            select(func.count())
            .select_from(job)
            .where(
                job.c.status == literal_column("'failed'"),
                ~select(again.c.id).where(again.c.retry_of == job.c.id).exists(),
            )
        )
        counts = select(job.c.kind, job.c.status, func.count()).where(IS_LIVE).group_by(job.c.kind, job.c.status)
        stored = {
            "episodes": select(func.coalesce(func.sum(revision.c.size_bytes), 0)),
            "sources": select(func.coalesce(func.sum(source.c.size_bytes), 0)),
            "results": select(func.coalesce(func.sum(result.c.size_bytes), 0)),
        }
        async with self._database.read() as connection:
            return Levels(
                live={(kind, status): count for kind, status, count in await connection.execute(counts)},
                oldest_queued_at=await connection.scalar(select(func.min(job.c.queued_at)).where(IS_QUEUED)),
                dead=await connection.scalar(failed) or 0,
                stored_bytes={name: int(await connection.scalar(query) or 0) for name, query in stored.items()},
            )

    async def happened(self, after: int, limit: int) -> list[Happened]:
        """What happened after that event to jobs that are still remembered, in order; see `KINDS`."""
        data = job_event.c.data
        query = (
            select(
                job_event.c.id,
                job_event.c.kind,
                job_event.c.at,
                job_event.c.job_id,
                job.c.kind.label("job_kind"),
                job.c.episode_id,
                data["epoch"].as_integer().label("epoch"),
                data["provider"].as_string().label("provider"),
                job.c.queued_at,
                job.c.started_at,
                job.c.result["turns"].as_integer().label("turns"),
            )
            .join(job, job.c.id == job_event.c.job_id)
            .where(job_event.c.id > after, job_event.c.kind.in_(KINDS))
            .order_by(job_event.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Happened(
                id=row.id,
                what=row.kind,
                at=row.at,
                job_id=row.job_id,
                kind=row.job_kind,
                episode_id=row.episode_id,
                epoch=row.epoch,
                provider=row.provider or "",
                queued_at=row.queued_at,
                started_at=row.started_at,
                turns=row.turns,
            )
            for row in rows
        ]
