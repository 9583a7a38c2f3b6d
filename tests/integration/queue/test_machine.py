"""The queue's laws hold in any order of events; and the machine that says so sees when they do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from narrowcast.queue import sweeping
from narrowcast.queue.queue import Queue
from narrowcast.queue.sweeping import Swept
from narrowcast.store.jobs.claims import Claims
from narrowcast.store.jobs.rows import Beside, Change, Job, JobStatus

from .machine import QueueMachine

QUICK = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Shrinking what a mutant does wrong tells nobody anything.
HUNT = settings(QUICK, max_examples=60, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)


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


def machine(empty: Path, claims: type[Claims] = Claims, queue: type[Queue] = Queue) -> type[QueueMachine]:
    # What is broken need not come to rest.
    settles = claims is Claims and queue is Queue
    parts = {"empty": empty, "claims_kind": claims, "queue_kind": queue, "settles": settles}
    return type("Machine", (QueueMachine,), parts)


def test_any_order_of_events_keeps_the_laws(empty_database: Path) -> None:
    run_state_machine_as_test(machine(empty_database), settings=QUICK)


@pytest.mark.parametrize(
    ("claims", "seen"),
    [
        (NoEpochCheck, "a write of an earlier claim landed"),
        (PublishesOutside, "a write of an earlier claim landed|published just where"),
    ],
)
def test_the_machine_sees_claims_that_do_not_fence(empty_database: Path, claims: type[Claims], seen: str) -> None:
    with pytest.raises(AssertionError, match=seen):
        run_state_machine_as_test(machine(empty_database, claims), settings=HUNT)


def test_the_machine_sees_a_sweep_of_live_leases(empty_database: Path) -> None:
    with pytest.raises(AssertionError, match="a live lease was swept"):
        run_state_machine_as_test(machine(empty_database, queue=SweepsLiveLeases), settings=HUNT)
