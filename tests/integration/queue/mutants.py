"""Queues that are broken in one way each, which the machine must see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from narrowcast.queue import sweeping
from narrowcast.queue.queue import Queue
from narrowcast.queue.sweeping import Swept
from narrowcast.store.jobs.claims import Claims
from narrowcast.store.jobs.rows import Beside, Change, Job, JobStatus


class NoEpochCheck(Claims):
    """Whoever comes may end a job that runs, in whosever hands it is."""

    def _is_held(self, found: Job, epoch: int) -> bool:  # noqa: ARG002 - that is what is wrong with it
        return found.status is JobStatus.RUNNING


class PublishesOutside(Claims):
    """The result is published first, and then it is looked who holds the job."""

    async def finish(
        self, job_id: str, epoch: int, decide: Callable[[Job, datetime], Change], publication: Beside | None = None
    ) -> bool:
        if publication:
            async with self._database.write() as connection:
                await publication.write(connection, self._clock())
        return await super().finish(job_id, epoch, decide)


class SweepsLiveLeases(Queue):
    """A sweep that takes a lease for run out before it is."""

    async def sweep(self) -> Swept:
        early = timedelta(seconds=self.limits.lease_s)
        due = await self._jobs.upkeep.queue_due()
        taken = await self._jobs.upkeep.take_back(
            lambda job, now: sweeping.verdict(job, now + early, self.limits, self._chance())
        )
        return sweeping.counted(due, taken, self._jobs.clock())


MUTANTS: tuple[tuple[type[Claims], type[Queue], str], ...] = (
    (NoEpochCheck, Queue, "a write of an earlier claim landed"),
    (PublishesOutside, Queue, "a write of an earlier claim landed|published just where"),
    (Claims, SweepsLiveLeases, "a live lease was swept"),
)
"""Each, and what the machine says of it."""
