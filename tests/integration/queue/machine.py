"""Any order of asking, claiming, stalling, stealing, cancelling and failing keeps the laws of the queue.

The machine holds a model of who has what; the laws are looked up in the database itself.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ConflictError
from narrowcast.queue.outcome import Cancelled, Completed, Drained, Failed, Outcome
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.store.database import open_database
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.jobs.claims import Claims
from narrowcast.store.jobs.rows import Job, JobStatus
from narrowcast.store.sqlite import Sqlite
from narrowcast.store.tables import episode, job

from .conftest import Line, NewDatabase

QUICK = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Shrinking what a mutant does wrong tells nobody anything.
HUNT = settings(QUICK, max_examples=300, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)

T = TypeVar("T")
WORKERS = ("one", "two", "three")
CAPS = {"standard": 2, "free": 1}
OUTCOMES: tuple[Outcome, ...] = (
    Completed({}),
    Completed({}),
    Cancelled(),
    Drained(),
    Failed("It was too loud.", retryable=True),
    Failed("No such voice.", retryable=False),
    Failed("Not so fast.", retryable=True, retry_after_s=30, pause=True),
)


@dataclass(frozen=True)
class Counted:
    """A publication that can be counted: one revision more."""

    episode_id: str

    async def write(self, connection: AsyncConnection, at: datetime) -> None:
        await connection.execute(
            update(episode)
            .where(episode.c.id == self.episode_id)
            .values(revision=episode.c.revision + 1, status="completed", completed_at=at)
        )


@dataclass
class Claimed:
    """What a worker believes to hold."""

    job: Job
    until: datetime


class QueueMachine(RuleBasedStateMachine):
    """Three workers, two owners, one clock."""

    new_database: ClassVar[NewDatabase]
    claims_kind: type[Claims] = Claims
    queue_kind: type[Queue] = Queue
    settles: bool = True

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.ends = ExitStack()
        database = self.run(open_database(self.ends.enter_context(type(self).new_database())))
        if isinstance(database.kind, Sqlite):
            event.listen(database._engine.sync_engine, "connect", _in_no_hurry_to_be_safe)
            self.run(database._engine.dispose())
        self.line = Line(database)
        self.line.jobs.claims = self.claims_kind(database, self.line.clock)
        self.queue = self.queue_kind(self.line.jobs, self.line.limits, chance=lambda: 0.5)
        self.owners: list[str] = []
        self.asked: dict[str, str] = {}
        self.epochs: dict[str, int] = {}
        self.held: dict[str, Claimed] = {}
        self.ghosts: list[Claimed] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for it."""
        return self.runner.run(work)

    @initialize()
    def owners_come(self) -> None:
        """One of each tier, with something to do: Hypothesis leaves out whole rules, also those that begin it all."""
        self.owners = [self.run(self.line.owner(tier)) for tier in CAPS]
        for owner in (0, 1, 0):
            self.ask(owner, 0, later=False)

    @rule(owner=st.sampled_from([0, 1]), priority=st.integers(-1, 1), later=st.booleans())
    def ask(self, owner: int, priority: int, *, later: bool) -> None:
        """A job with its episode, now or for later; beyond the limit of those that wait it is refused."""
        if len(self.asked) >= 8:
            return
        identity = f"e{len(self.asked)}"
        run_at = self.line.clock() + timedelta(seconds=100) if later else None
        owner_id = self.owners[owner]
        new = NewJob(owner_id, "episode", {}, priority, identity, run_at=run_at)
        waiting = [row for row in self.rows() if row.owner_id == owner_id and row.status in {"queued", "scheduled"}]
        if len(waiting) >= self.line.limits.of(list(CAPS)[owner]).waiting:
            return
        self.line.clock.pass_(0.001)  # so that their order is told by more than chance
        added = self.run(self.queue.enqueue(new, NewEpisode(identity, owner_id, "On bees", "en")))
        self.asked[added.job.id] = identity

    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker: str) -> None:
        """Idle hands take what is there, and something is there if anybody may be served."""
        if worker in self.held:
            return
        rows = self.rows()
        running = Counter(row.owner_id for row in rows if row.status == "running")
        cap = {owner: CAPS[tier] for owner, tier in zip(self.owners, CAPS, strict=True)}
        servable = [row for row in rows if row.status == "queued" and running[row.owner_id] < cap[row.owner_id]]
        claimed = self.run(self.queue.claim(worker))
        assert (claimed is not None) == bool(servable), "hands are idle beside work, or serve who may not be"
        if claimed:
            assert claimed.rank == min(row.rank for row in servable), "one behind came first"
            assert claimed.epoch == self.epochs.get(claimed.id, 0) + 1, "an epoch was used twice"
            self.epochs[claimed.id] = claimed.epoch
            self.held[worker] = Claimed(claimed, self.line.clock() + timedelta(seconds=self.line.limits.lease_s))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        """A heartbeat reaches those who hold."""
        claimed = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        assert self.run(self.queue.beat(claimed.job.id, claimed.job.epoch)), "a live lease was swept"
        claimed.until = self.line.clock() + timedelta(seconds=self.line.limits.lease_s)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def finish(self, data: st.DataObject, outcome: Outcome) -> None:
        """Who holds may end."""
        claimed = self.held.pop(data.draw(st.sampled_from(sorted(self.held))))
        assert self.finished(claimed, outcome), "the end of a job that was held was refused"
        status = self.row(claimed.job.id).status
        match outcome:
            case Completed():
                assert status == "completed"
            case _:
                assert status != "running"

    @rule(worker=st.sampled_from(WORKERS), steals=st.booleans())
    def stall_and_steal(self, worker: str, *, steals: bool) -> None:
        """A worker stalls beyond its lease; its job is swept, and perhaps claimed by another; then it wakes."""
        self.claim(worker)
        if worker not in self.held:
            return
        stalled = self.held[worker]
        self.line.clock.now = max(self.line.clock.now, stalled.until) + timedelta(seconds=1)
        for other, claimed in self.held.items():
            if other != worker:
                assert self.run(self.queue.beat(claimed.job.id, claimed.job.epoch)), "a live lease was swept"
                claimed.until = self.line.clock() + timedelta(seconds=self.line.limits.lease_s)
        self.sweep()
        assert worker not in self.held, "a lease that ran out was left"
        if steals:
            for thief in WORKERS:
                self.claim(thief)
        self.wake(stalled, Completed({}))

    @precondition(lambda self: self.ghosts)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def a_ghost_writes(self, data: st.DataObject, outcome: Outcome) -> None:
        """Those who lost their job wake at any later time."""
        self.wake(data.draw(st.sampled_from(self.ghosts)), outcome)

    @rule(seconds=st.sampled_from([1, 40, 100, 700]))
    def pass_time(self, seconds: int) -> None:
        """Time passes; who lives beats now and then."""
        for _ in range(0, seconds, 40):
            self.line.clock.pass_(min(seconds, 40))
            for claimed in self.held.values():
                if claimed.until - self.line.clock() > timedelta(seconds=30):
                    continue
                assert self.run(self.queue.beat(claimed.job.id, claimed.job.epoch)), "a live lease was swept"
                assert self.run(self.queue.progress(claimed.job.id, claimed.job.epoch, {})), "a live lease was swept"
                claimed.until = self.line.clock() + timedelta(seconds=self.line.limits.lease_s)

    @rule()
    def sweep(self) -> None:
        """Only what ran out is taken, and all of it."""
        now = self.line.clock()
        self.run(self.queue.sweep())
        for worker, claimed in list(self.held.items()):
            row = self.row(claimed.job.id)
            hangs = (now - (row.moved_at or now)).total_seconds() > self.line.limits.hung_s
            hangs = hangs or (now - row.started_at).total_seconds() > self.line.limits.longest_s
            if claimed.until < now or (hangs and row.status != "running"):
                assert row.status != "running" or row.epoch != claimed.job.epoch
                self.ghosts.append(self.held.pop(worker))
            else:
                assert (row.status, row.epoch) == ("running", claimed.job.epoch), "a live lease was swept"

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """An owner changes their mind."""
        job_id = data.draw(st.sampled_from(list(self.asked)))
        row = self.row(job_id)
        try:
            cancelled = self.run(self.queue.cancel(row.owner_id, job_id))
        except ConflictError:
            assert row.status in {"completed", "failed"}
        else:
            assert cancelled.status in {JobStatus.CANCELLED, JobStatus.RUNNING}

    @invariant()
    def the_laws_hold(self) -> None:
        """What can be seen from outside, at every moment."""
        rows = {row.id: row for row in self.rows()}
        assert set(rows) == set(self.asked), "each request that was acknowledged exists, and no other"
        running = Counter(row.owner_id for row in rows.values() if row.status == "running")
        for owner, tier in zip(self.owners, CAPS, strict=True):
            assert running[owner] <= CAPS[tier], "more run than may"
        for job_id, row in rows.items():
            assert row.epoch == self.epochs.get(job_id, 0), "an epoch rises by claims alone"
            assert row.revision == (1 if row.status == "completed" else 0), "published just where completed"
            assert (row.status == "running") == (row.lease_owner is not None)
            assert (row.status in {"completed", "failed", "cancelled"}) == (row.finished_at is not None)
            follows = {"scheduled": "queued", "running": "generating"}
            assert row.episode_status == follows.get(row.status, row.status)

    def teardown(self) -> None:
        """The faults stop: then every job comes to one end."""
        try:
            if self.owners and self.settles:
                self.settle()
        finally:
            self.run(self.line.database.aclose())
            self.runner.close()
            self.ends.close()

    def settle(self) -> None:
        """Work until nothing is left to do."""
        for _ in range(200):
            for worker in WORKERS:
                self.claim(worker)
            for worker in list(self.held):
                assert self.finished(self.held.pop(worker), Completed({})), "the end of a job that was held was refused"
            self.line.clock.pass_(100)
            self.sweep()
            if all(row.finished_at for row in self.rows()):
                break
        else:
            raise AssertionError("a job waits for ever")
        self.the_laws_hold()

    def wake(self, stalled: Claimed, outcome: Outcome) -> None:
        """Nothing that one who lost the job writes may land."""
        before = self.row(stalled.job.id)
        late = "a write of an earlier claim landed"
        assert self.run(self.queue.beat(stalled.job.id, stalled.job.epoch)) is None, late
        assert not self.run(self.queue.progress(stalled.job.id, stalled.job.epoch, {"stale": True})), late
        assert not self.finished(stalled, outcome), late
        assert self.row(stalled.job.id) == before, late

    def finished(self, claimed: Claimed, outcome: Outcome) -> bool:
        """As hands end a job."""
        publication = Counted(self.asked[claimed.job.id])
        return self.run(self.queue.finish(claimed.job.id, claimed.job.epoch, outcome, publication))

    def rows(self) -> list[Any]:
        """All jobs with their episodes."""
        query = select(job, episode.c.revision, episode.c.status.label("episode_status")).join(
            episode, episode.c.id == job.c.episode_id
        )

        async def read() -> list[Any]:
            async with self.line.database.read() as connection:
                return list((await connection.execute(query)).all())

        return self.run(read())

    def row(self, job_id: str) -> Any:
        """One of them."""
        return next(row for row in self.rows() if row.id == job_id)


def _in_no_hurry_to_be_safe(connection: Any, _record: Any) -> None:
    """No power fails here, and a disk's flushes are most of what these tests would wait for."""
    cursor = connection.cursor()
    cursor.execute("pragma synchronous = off")
    cursor.close()


def explore(new_database: NewDatabase, how: settings) -> None:
    """Have the machine look for an order of events that breaks a law. Raises `AssertionError`."""
    parts = {"new_database": staticmethod(new_database)}
    run_state_machine_as_test(type("Machine", (QueueMachine,), parts), settings=how)


def hunt(new_database: NewDatabase, claims: type[Claims], queue: type[Queue], seen: str) -> None:
    """Have the machine find what is broken. Raises `AssertionError` where it does not."""
    # What is broken need not come to rest.
    parts = {
        "new_database": staticmethod(new_database),
        "claims_kind": claims,
        "queue_kind": queue,
        "settles": False,
    }
    with pytest.raises(AssertionError, match=seen):
        run_state_machine_as_test(type("Mutant", (QueueMachine,), parts), settings=HUNT)
