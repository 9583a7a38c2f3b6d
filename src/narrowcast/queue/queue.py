"""The queue: what is handed in, who takes it, and what becomes of it. The database holds it; here it is decided."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from narrowcast.queue import order, outcome, standing, sweeping
from narrowcast.queue.cached import Cached
from narrowcast.queue.limits import QueueLimits, refuse_crowd
from narrowcast.queue.outcome import Drained, Outcome
from narrowcast.queue.shares import LOTS
from narrowcast.queue.standing import Standing, Usual
from narrowcast.queue.sweeping import Swept
from narrowcast.store.jobs.claims import Beat, Event, Load, Part, Turns
from narrowcast.store.jobs.heartbeat import Heartbeat
from narrowcast.store.jobs.idempotency import KEPT_S
from narrowcast.store.jobs.jobs import Added, Asked, Jobs
from narrowcast.store.jobs.line import Waiting
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.store.jobs.rows import Beside, Change, Job, JobStatus
from narrowcast.store.paging import Place
from narrowcast.store.uninterrupted import uninterrupted

LINE_CACHE_S = 5.0
USUAL_CACHE_S = 15.0


@dataclass(frozen=True)
class NewJob:
    """A request for work. `run_at` none: as soon as there are hands; `off_peak`: not before the next such hours.

    Of live jobs of one owner only one has a `dedupe_key`; whoever asks for the same again gets that one.
    """

    owner_id: str
    kind: str
    params: Mapping[str, Any]
    priority: int = 0
    episode_id: str | None = None
    dedupe_key: str | None = None
    run_at: datetime | None = None
    off_peak: bool = False
    estimate_s: int | None = None
    id: str | None = None
    """Its id, where something written beside it is to name it."""


Enqueued = Added


@dataclass(frozen=True)
class _Last:
    """The place of a job that comes now: the last of its rank."""

    rank: int
    queued_at: datetime
    id: str = "~"


class Queue:
    """One store's queue. Every method raises `OutputError` when the disk or database fails."""

    def __init__(
        self, jobs: Jobs, limits: QueueLimits | None = None, chance: Callable[[], float] = random.random
    ) -> None:
        self.limits = limits or QueueLimits()
        self._jobs = jobs
        self._chance = chance
        self._usual: Cached[dict[str, Usual]] = Cached(self._measure_usual, USUAL_CACHE_S)
        self._remaining: Cached[list[float]] = Cached(self._measure_remaining, LINE_CACHE_S)
        self._live: Cached[dict[tuple[str, str], int]] = Cached(jobs.line.live, LINE_CACHE_S)
        self._crews: Cached[Sequence[Crew]] = Cached(jobs.on_duty.present, LINE_CACHE_S)
        self._queued_work_s: Cached[float] = Cached(self._measure_queued_work, LINE_CACHE_S)

    async def enqueue(self, new: NewJob, *beside: Beside) -> Enqueued:
        """Hand in a job; `beside` is written in the same transaction, such as a `NewEpisode` that the job makes.

        The job exists, and survives any crash, once this returned. Raises `LimitError` where too many wait, and
        `NotFoundError` for an episode that is not its owner's.
        """
        asked = self._asked(new, self._jobs.clock())
        return await uninterrupted(self._jobs.add(asked, lambda crowd: refuse_crowd(crowd, self.limits), *beside))

    async def retry(self, owner_id: str, job_id: str) -> Enqueued:
        """Do a failed or cancelled job again, as a new job with all that the first was asked with.

        Raises `NotFoundError`, `ConflictError` for one that needs no retry, `LimitError`.
        """

        def again(earlier: Job, now: datetime) -> Asked:
            new = NewJob(
                owner_id=earlier.owner_id,
                kind=earlier.kind,
                params=earlier.params,
                priority=earlier.priority,
                episode_id=earlier.episode_id,
                dedupe_key=earlier.dedupe_key,
                estimate_s=earlier.estimate_s,
            )
            return replace(self._asked(new, now, retry_of=earlier.id), lot=earlier.lot)

        return await uninterrupted(
            self._jobs.retry(owner_id, job_id, again, lambda crowd: refuse_crowd(crowd, self.limits))
        )

    async def claim(self, worker: str, kinds: Collection[str] = (), parts: Sequence[Part] | None = None) -> Job | None:
        """Take the first job that may run now, or none; `worker` is told as its lease's owner.

        Only of `kinds`, where they are given, or of some `parts` of the line. A local hand's name begins with its
        boot id, that with `local:HOME:`. Cancelled in the midst of it, this leaves nothing claimed.
        """

        def turns(loads: Sequence[Load]) -> Turns:
            return order.turns(loads, lambda tier: self.limits.of(tier).running)

        if parts is None:
            parts = [Part(kinds)] if kinds else []
        elif not parts:
            return None
        claiming = asyncio.ensure_future(self._jobs.claims.claim(worker, self.limits.lease_s, turns, parts))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            await asyncio.wait([claiming])
            if not claiming.cancelled() and not claiming.exception() and (claimed := claiming.result()):
                await uninterrupted(self.finish(claimed.id, claimed.epoch, Drained()))
            raise

    async def beat(self, job_id: str, epoch: int) -> Beat | None:
        """Extend the lease; none when the job is lost, and its work is to be stopped at once."""
        return await self._jobs.claims.beat(job_id, epoch, self.limits.lease_s)

    def heartbeat(self) -> Heartbeat:
        """The same for a thread, over a connection of its own, which the caller closes."""
        return self._jobs.heartbeat(self.limits.lease_s)

    async def progress(
        self, job_id: str, epoch: int, progress: Mapping[str, Any], events: Sequence[Event] = ()
    ) -> Beat | None:
        """Note how far the job got and what happened; none when the job is lost, and its work is to be stopped."""
        return await self._jobs.claims.progress(job_id, epoch, progress, events)

    async def finish(self, job_id: str, epoch: int, ended: Outcome, publication: Beside | None = None) -> bool:
        """Let go of a job. `publication` is written in the same transaction, if the job completed and is still ours.

        False when it was lost: then nothing is written, and whoever has it now goes on.
        """

        def decide(job: Job, now: datetime) -> Change:
            return outcome.change(job, ended, self.limits, now, self._chance())

        return await uninterrupted(self._jobs.claims.finish(job_id, epoch, decide, publication))

    async def cancel(self, owner_id: str, job_id: str) -> Job:
        """Cancel a job; a running one stops when its hands hear of it. Raises `NotFoundError`, `ConflictError`."""
        return await self._jobs.cancel(owner_id, job_id)

    async def cancel_all(self, owner_id: str, episode_id: str | None = None) -> list[Job]:
        """Cancel all live jobs of an owner, or of one episode of theirs."""
        return await self._jobs.cancel_all(owner_id, episode_id)

    async def get(self, owner_id: str, job_id: str) -> Job | None:
        """The owner's job with that id."""
        return await self._jobs.get(owner_id, job_id)

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
        """The owner's jobs, newest first, a page at a time."""
        return await self._jobs.history(
            owner_id, limit=limit, after=after, statuses=statuses, kinds=kinds, episode_id=episode_id
        )

    async def standing(self, job: Job) -> Standing:
        """Where the job stands, and when it will be done. What the line needs is measured every few seconds at most."""
        now = self._jobs.clock()
        if job.status.ended:
            return Standing(None, 0.0, 0.0)
        usual = (await self._usual()).get(job.kind, Usual())
        own_s = usual.of(job.estimate_s)
        if job.status is JobStatus.RUNNING:
            return Standing(None, 0.0, standing.remaining(job, own_s, now))
        if job.status is JobStatus.SCHEDULED:
            return standing.until(job.run_at, now, own_s)
        return await self._in_line(job, usual, own_s)

    async def foreseen(self, new: NewJob) -> Standing:
        """Where a job would stand if it were handed in now. Nothing is."""
        now = self._jobs.clock()
        asked = self._asked(new, now)
        usual = (await self._usual()).get(new.kind, Usual())
        own_s = usual.of(new.estimate_s)
        if asked.status is JobStatus.SCHEDULED:
            return standing.until(asked.run_at, now, own_s)
        return await self._in_line(_Last(asked.rank, now), usual, own_s)

    async def _in_line(self, waiting: Waiting, usual: Usual, own_s: float) -> Standing:
        before = await self._jobs.line.before(waiting)
        hands = sum(crew.slots for crew in await self.crews()) or self.limits.hands
        starts_in_s = standing.starts_in(before, await self._remaining(), usual.seconds, hands)
        return Standing(before + 1, starts_in_s, starts_in_s + own_s)

    async def expected_s(self, job: Job) -> float:
        """Seconds that the job takes from its claim to its end, by its estimate and what such jobs took of late."""
        return (await self._usual()).get(job.kind, Usual()).of(job.estimate_s)

    async def live(self) -> Mapping[tuple[str, str], int]:
        """How many jobs live, by kind and status; counted every few seconds at most."""
        return await self._live()

    async def crews(self) -> Sequence[Crew]:
        """Who has hands, over all processes; looked at every few seconds at most."""
        return await self._crews()

    async def report(self, crew: Crew) -> None:
        """These hands are there now; said every few seconds."""
        await self._jobs.on_duty.report(crew)

    async def leave(self, name: str) -> None:
        """The hands of that name are there no more."""
        await self._jobs.on_duty.leave(name)

    async def queued_work_s(self) -> float:
        """Seconds that all that is queued takes one pair of hands; measured every few seconds at most."""
        return await self._queued_work_s()

    async def sweep(self) -> Swept:
        """Queue what came due, and take jobs from hands that are gone or hang. Safe in several processes at once."""
        due = await self._jobs.upkeep.queue_due()
        taken = await self._jobs.upkeep.take_back(
            lambda job, now: sweeping.verdict(job, now, self.limits, self._chance())
        )
        return sweeping.counted(due, taken, self._jobs.clock())

    async def recover(self, boot_id: str) -> int:
        """Take back what earlier local hands of this home held, without waiting for their leases; how many.

        `boot_id` is that of the process that asks, `local:HOME:` and its own. Only for the one process that holds
        the home's file lock.
        """
        return len(await self._jobs.upkeep.take_back(lambda job, _: sweeping.orphaned(job, boot_id, self.limits)))

    async def forgive(self, boot_id: str, leap_s: float) -> int:
        """Let the jobs of living local hands go on as if no time had passed while the clock leapt, or all stood still.

        Their hands have lost nothing, however old their leases seem; how many there were.
        """
        lease = timedelta(seconds=self.limits.lease_s)
        return await self._jobs.upkeep.forgive(f"{boot_id}:", timedelta(seconds=leap_s), lease)

    def now(self) -> datetime:
        """The time that leases and schedules go by."""
        return self._jobs.clock()

    async def prune(self) -> int:
        """Forget what is older than the limits say; how many rows."""
        now, upkeep = self._jobs.clock(), self._jobs.upkeep
        events = await upkeep.forget_events(now - timedelta(seconds=self.limits.events_s))
        jobs = await upkeep.forget_jobs(now - timedelta(seconds=self.limits.history_s))
        return events + jobs + await upkeep.forget_answers(now - timedelta(seconds=KEPT_S))

    def _asked(self, new: NewJob, now: datetime, retry_of: str | None = None) -> Asked:
        run_at = new.run_at or now
        if new.off_peak and self.limits.off_peak:
            run_at = self.limits.off_peak.next_start(max(run_at, now))
        later = run_at > now
        return Asked(
            owner_id=new.owner_id,
            kind=new.kind,
            status=JobStatus.SCHEDULED if later else JobStatus.QUEUED,
            priority=new.priority,
            rank=order.rank(new.priority, max(run_at, now)),
            params=new.params,
            max_failures=self.limits.max_failures,
            lot=int(self._chance() * len(LOTS)),
            run_at=run_at if later else None,
            episode_id=new.episode_id,
            dedupe_key=new.dedupe_key,
            estimate_s=new.estimate_s,
            retry_of=retry_of,
            id=new.id or str(uuid.uuid4()),
        )

    async def _measure_usual(self) -> dict[str, Usual]:
        return standing.usual(await self._jobs.line.took())

    async def _measure_queued_work(self) -> float:
        usual = await self._usual()
        return standing.work(await self._jobs.line.queued(), usual)

    async def _measure_remaining(self) -> list[float]:
        running, usual, now = await self._jobs.line.running(), await self._usual(), self._jobs.clock()
        return [standing.remaining(each, usual.get(each.kind, Usual()).of(each.estimate_s), now) for each in running]
