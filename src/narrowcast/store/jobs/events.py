"""What happened to jobs, in order: what clients that watch are told from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from narrowcast.store.database import Database
from narrowcast.store.tables import job, job_event

MIX_BEGUN = "mix_begun"
TURN_PLACED = "turn_placed"
UNTOLD = (MIX_BEGUN, TURN_PLACED)
"""Kinds that are for live listening alone: they name stored clips, and no client is told of them."""


@dataclass(frozen=True)
class JobEvent:
    """One thing that happened. `kind` is a job's new status, `cancel_requested`, or what its hands told of it.

    `id` rises in the order in which the events were committed.
    """

    id: int
    job_id: str
    owner_id: str
    episode_id: str | None
    kind: str
    data: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Turn:
    """Words of a script, and who says them."""

    turn_id: str
    speaker: str
    text: str


class JobEvents:
    """The events of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, event_id: int, limit: int) -> list[JobEvent]:
        """What happened after that event, to anybody's jobs, at most `limit`, the first ones first."""
        return await self._events(_TOLD.where(job_event.c.id > event_id).order_by(job_event.c.id).limit(limit))

    async def of_job(self, job_id: str, after: int = 0, limit: int = 10_000) -> list[JobEvent]:
        """What happened to one job after that event, the first ones first."""
        query = _TOLD.where(job_event.c.job_id == job_id, job_event.c.id > after)
        return await self._events(query.order_by(job_event.c.id).limit(limit))

    async def of_owner(self, owner_id: str, after: int, limit: int = 10_000) -> list[JobEvent]:
        """What happened to an owner's jobs after that event, the first ones first."""
        query = _TOLD.where(job.c.owner_id == owner_id, job_event.c.id > after)
        return await self._events(query.order_by(job_event.c.id).limit(limit))

    async def sounding(self, job_id: str, after: int = 0, limit: int = 10_000) -> list[JobEvent]:
        """The same of one job with what live listening needs besides: its turns as they are mixed."""
        query = _EVENTS.where(job_event.c.job_id == job_id, job_event.c.id > after)
        return await self._events(query.order_by(job_event.c.id).limit(limit))

    async def turn_at_work(self, job_id: str) -> Turn | None:
        """The first turn of a job that is written and not voiced yet, as far as was told."""
        query = select(job_event.c.kind, job_event.c.data).where(
            job_event.c.job_id == job_id, job_event.c.kind.in_(["turn_written", "turn_ready"])
        )
        waiting: dict[str, Mapping[str, Any]] = {}
        async with self._database.read() as connection:
            for kind, data in await connection.execute(query.order_by(job_event.c.id)):
                if kind == "turn_written":
                    waiting[data["turn_id"]] = data
                else:
                    waiting.pop(data["turn_id"], None)
        first = next(iter(waiting.values()), None)
        return Turn(first["turn_id"], first["speaker"], first["text"]) if first else None

    async def newest_id(self) -> int:
        """The newest event's id; 0 before the first."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(job_event.c.id))) or 0

    async def _events(self, query: Select[Any]) -> list[JobEvent]:
        async with self._database.read() as connection:
            return [_record(row) for row in await connection.execute(query)]


_EVENTS = select(job_event, job.c.owner_id, job.c.episode_id).join(job, job.c.id == job_event.c.job_id)
_TOLD = _EVENTS.where(job_event.c.kind.not_in(UNTOLD))


def _record(row: Row[Any]) -> JobEvent:
    return JobEvent(row.id, row.job_id, row.owner_id, row.episode_id, row.kind, row.data, row.at)
