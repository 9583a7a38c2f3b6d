"""Whose hands a job is in: claims, heartbeats, progress and the end, each fenced by the epoch of its claim."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Update, and_, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.database import Database
from narrowcast.store.jobs.rows import (
    IS_QUEUED,
    IS_RUNNING,
    JOB_COLUMNS,
    Beside,
    Change,
    Job,
    JobStatus,
    changing,
    find,
    let_go,
    note,
    note_status,
    record,
)
from narrowcast.store.tables import account, job

CLAIMS = "claims"
"""The turn of who claims: one after the other, so that nobody runs more than they may."""

Event = tuple[str, Mapping[str, Any]]
"""What happened while a job ran: its kind and its data."""


@dataclass(frozen=True)
class Load:
    """How many jobs of one owner run now."""

    owner_id: str
    tier: str
    running: int


@dataclass(frozen=True)
class Turns:
    """Who may be served: nobody of `blocked`; of those who run something, `busy` in order, the fewest first."""

    blocked: Collection[str] = ()
    busy: Sequence[Collection[str]] = ()


@dataclass(frozen=True)
class Part:
    """Some of the line: jobs of `kinds` (none: of all) whose lot is in `lots`, or that wait since before `overdue`."""

    kinds: Collection[str] = ()
    lots: range = range(100)
    overdue: datetime | None = None


@dataclass(frozen=True)
class Beat:
    """The job is still ours; whether its owner wants it stopped."""

    cancel_requested: bool


_QUEUED = select(job.c.id).where(IS_QUEUED).limit(1)


class Claims:
    """Who works on what. A method that takes an epoch does nothing where a later claim, or an end, came between."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._was_dry = True

    async def claim(
        self, worker: str, lease_s: float, turns: Callable[[Sequence[Load]], Turns], parts: Sequence[Part] = ()
    ) -> Job | None:
        """Take the first queued job that may run now, of one of `parts` where they are given."""
        if self._was_dry and not await self._anything_queued():
            return None
        async with changing(self._database, "job_claim", CLAIMS) as connection:
            chosen = await _first_in_turn(connection, turns(await _loads(connection)), parts)
            self._was_dry = chosen is None
            if chosen is None:
                return None
            now = self._clock()
            statement = (
                update(job)
                .where(job.c.id == chosen, IS_QUEUED)
                .values(
                    status=JobStatus.RUNNING,
                    epoch=job.c.epoch + 1,
                    lease_owner=worker,
                    lease_until=now + timedelta(seconds=lease_s),
                    run_at=None,
                    error_message=None,
                    started_at=now,
                    moved_at=now,
                )
                .returning(*JOB_COLUMNS)
            )
            claimed = record((await connection.execute(statement)).one())
            await note_status(self._database, connection, [claimed], now)
        return claimed

    async def beat(self, job_id: str, epoch: int, lease_s: float) -> Beat | None:
        """Extend the lease; none when the job is lost."""
        async with self._database.write(None) as connection:
            row = (await connection.execute(beating(job_id, epoch, self._clock(), lease_s))).first()
        return Beat(row.cancel_requested_at is not None) if row else None

    async def progress(
        self, job_id: str, epoch: int, progress: Mapping[str, Any], events: Sequence[Event] = ()
    ) -> Beat | None:
        """Note how far the job got, and what happened; none when the job is lost."""
        async with changing(self._database, "job_progress") as connection:
            now = self._clock()
            statement = update(job).where(_held(job_id, epoch)).values(progress=dict(progress), moved_at=now)
            row = (await connection.execute(statement.returning(job.c.cancel_requested_at))).first()
            if row is None:
                return None
            await note(self._database, connection, [(job_id, kind, data) for kind, data in events], now)
        return Beat(row.cancel_requested_at is not None)

    async def finish(
        self, job_id: str, epoch: int, decide: Callable[[Job, datetime], Change], publication: Beside | None = None
    ) -> bool:
        """Let go of a job as `decide` says, publishing what completed with it; whether it was still ours.

        True as well for one that was completed under this very epoch before: then the reply got lost, not the work.
        """
        async with changing(self._database, "job_finish") as connection:
            found = await find(connection, job_id)
            if found is None or not self._is_held(found, epoch):
                return found is not None and found.epoch == epoch and found.status is JobStatus.COMPLETED
            now = self._clock()
            change = decide(found, now)
            if publication and change.status is JobStatus.COMPLETED:
                await publication.write(connection, now)
            changed = await let_go(connection, found, change, now)
            await note_status(self._database, connection, [changed], now)
        return True

    async def _anything_queued(self) -> bool:
        """Idle hands ask often, and shall not take the one writer's turn for it."""
        async with self._database.read() as connection:
            return (await connection.execute(_QUEUED)).first() is not None

    def _is_held(self, found: Job, epoch: int) -> bool:
        return found.status is JobStatus.RUNNING and found.epoch == epoch


def beating(job_id: str, epoch: int, now: datetime, lease_s: float) -> Update:
    """The statement of a heartbeat; it gives back `cancel_requested_at` of the job that is still held."""
    statement = update(job).where(_held(job_id, epoch)).values(lease_until=now + timedelta(seconds=lease_s))
    return cast("Update", statement.returning(job.c.cancel_requested_at))


def _held(job_id: str, epoch: int) -> ColumnElement[bool]:
    return (job.c.id == job_id) & (job.c.epoch == epoch) & IS_RUNNING


_LOADS = (
    select(job.c.owner_id, account.c.tier, func.count().label("running"))
    .join(account, account.c.id == job.c.owner_id)
    .where(IS_RUNNING)
    .group_by(job.c.owner_id, account.c.tier)
)


async def _loads(connection: AsyncConnection) -> list[Load]:
    return [Load(row.owner_id, row.tier, row.running) for row in await connection.execute(_LOADS)]


async def _first_in_turn(connection: AsyncConnection, turns: Turns, parts: Sequence[Part]) -> str | None:
    """The first in the line whose owner may be served; of its rank, one of the owner who runs least."""
    query = select(job.c.id, job.c.owner_id, job.c.rank).where(IS_QUEUED)
    query = query.order_by(job.c.rank, job.c.queued_at, job.c.id).limit(1)
    if parts:
        query = query.where(or_(*(_within(part) for part in parts)))
    first = await _taken(connection, query.where(job.c.owner_id.not_in(turns.blocked)))
    if first is None:
        return None
    everybody_busy = {owner for level in turns.busy for owner in level}
    if first.owner_id not in everybody_busy:
        return str(first.id)
    beside = query.where(job.c.rank == first.rank)
    idle = beside.where(job.c.owner_id.not_in([*turns.blocked, *everybody_busy]))
    levels = [idle, *(beside.where(job.c.owner_id.in_(level)) for level in turns.busy)]
    for level in levels:
        row = await _taken(connection, level)
        if row:
            return str(row.id)
    return str(first.id)


async def _taken(connection: AsyncConnection, query: Select[Any]) -> Row[Any] | None:
    """The first row of the line, which nobody else changes from now on.

    PostgreSQL goes over thousands that are not wanted in the index alone as long as it need not lock what it finds; so
    it finds first, and then locks. What somebody is changing just now, such as cancelling it, is not waited for: then
    it is looked for again, row by row.
    """
    found = query.with_only_columns(job.c.id).scalar_subquery()
    chosen = select(job.c.id, job.c.owner_id, job.c.rank).where(job.c.id == found, IS_QUEUED)
    for each in (chosen, query):
        row: Row[Any] | None = (await connection.execute(each.with_for_update(skip_locked=True))).first()
        if row:
            return row
    return None


def _within(part: Part) -> ColumnElement[bool]:
    kind = job.c.kind.in_(part.kinds) if part.kinds else true()
    if part.lots == range(100):
        return kind
    lot = job.c.lot.between(part.lots.start, part.lots.stop - 1)
    return and_(kind, or_(lot, job.c.queued_at <= part.overdue) if part.overdue else lot)
