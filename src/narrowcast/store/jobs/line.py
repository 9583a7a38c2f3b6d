"""The line as a whole: how many stand before a job, what runs, and how long such jobs took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, literal_column, select, tuple_

from narrowcast.store.database import Database
from narrowcast.store.jobs.rows import IS_LIVE, IS_QUEUED, IS_RUNNING
from narrowcast.store.tables import job

RECENT_JOBS = 200
"""How many of the jobs that ended last are looked at for their durations."""


class Waiting(Protocol):
    """A job's place in the line."""

    @property
    def rank(self) -> int: ...
    @property
    def queued_at(self) -> datetime | None: ...
    @property
    def id(self) -> str: ...


@dataclass(frozen=True)
class Running:
    """A job that runs: since when, what it was thought to take, and how far it got, told when."""

    kind: str
    started_at: datetime
    moved_at: datetime
    estimate_s: int | None
    progress: Mapping[str, Any]


@dataclass(frozen=True)
class Queued:
    """The queued jobs of one kind: how many, of how many somebody thought how long they take, and how long those do."""

    kind: str
    jobs: int
    estimated: int
    estimate_s: int


@dataclass(frozen=True)
class Took:
    """What a job took that completed, and what it was thought to take."""

    kind: str
    seconds: float
    estimate_s: int | None


class JobLine:
    """Figures of the line. Nothing here looks at more than the live jobs and the last that ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, waiting: Waiting) -> int:
        """How many queued jobs of anyone stand before this one."""
        here = tuple_(job.c.rank, job.c.queued_at, job.c.id)
        mine = tuple_(
            waiting.rank, waiting.queued_at, waiting.id, types=[job.c.rank.type, job.c.queued_at.type, job.c.id.type]
        )
        query = select(func.count()).select_from(job).where(IS_QUEUED, here < mine)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def queued(self) -> list[Queued]:
        """The jobs that are queued, by kind."""
        query = (
            select(job.c.kind, func.count(), func.count(job.c.estimate_s), func.coalesce(func.sum(job.c.estimate_s), 0))
            .where(IS_QUEUED)
            .group_by(job.c.kind)
        )
        async with self._database.read() as connection:
            return [
                Queued(kind, jobs, estimated, int(seconds))
                for kind, jobs, estimated, seconds in await connection.execute(query)
            ]

    async def running(self) -> list[Running]:
        """The jobs that run."""
        query = select(job.c.kind, job.c.started_at, job.c.moved_at, job.c.estimate_s, job.c.progress).where(IS_RUNNING)
        async with self._database.read() as connection:
            return [Running(*row) for row in await connection.execute(query)]

    async def live(self) -> dict[tuple[str, str], int]:
        """How many jobs live, by kind and status."""
        query = select(job.c.kind, job.c.status, func.count()).where(IS_LIVE).group_by(job.c.kind, job.c.status)
        async with self._database.read() as connection:
            return {(kind, status): count for kind, status, count in await connection.execute(query)}

    async def took(self) -> list[Took]:
        """The jobs that completed last, newest first."""
        last = (
            select(job.c.kind, job.c.status, job.c.started_at, job.c.finished_at, job.c.estimate_s)
            .where(job.c.finished_at.is_not(None))
            .order_by(job.c.finished_at.desc())
            .limit(RECENT_JOBS)
            .subquery()
        )
        query = select(last.c.kind, last.c.started_at, last.c.finished_at, last.c.estimate_s).where(
            last.c.status == literal_column("'completed'"), last.c.started_at.is_not(None)
        )
        async with self._database.read() as connection:
            return [
                Took(kind, (finished - started).total_seconds(), estimate_s)
                for kind, started, finished, estimate_s in await connection.execute(query)
            ]
