"""How a claim ended, and what becomes of the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from narrowcast.queue.backoff import after_failure, after_pause
from narrowcast.queue.limits import QueueLimits
from narrowcast.store.jobs.rows import Change, Job, JobStatus


@dataclass(frozen=True)
class Completed:
    """It is done; `result` is what the job tells of it."""

    result: Mapping[str, Any]


@dataclass(frozen=True)
class Failed:
    """It failed, for a reason told in the owner's words.

    `retryable`: the same may go through later, after `retry_after_s` at the earliest. `pause`: a provider wants no
    more for now, which is no failure.
    """

    message: str
    retryable: bool
    retry_after_s: float | None = None
    pause: bool = False


@dataclass(frozen=True)
class Cancelled:
    """It stopped because its owner wanted it to."""


@dataclass(frozen=True)
class Drained:
    """It stopped because this process ends; not a failure, and it keeps its place."""


Outcome: TypeAlias = Completed | Failed | Cancelled | Drained


def change(job: Job, outcome: Outcome, limits: QueueLimits, now: datetime, chance: float) -> Change:
    """What becomes of a running job whose claim ended so; `chance` in [0, 1) spreads the delays."""
    match outcome:
        case Completed(result):
            return _change(job, JobStatus.COMPLETED, result=result)
        case Cancelled():
            return _change(job, JobStatus.CANCELLED)
        case _ if job.cancel_requested_at:
            return _change(job, JobStatus.CANCELLED)
        case Drained():
            return _change(job, JobStatus.QUEUED, keeps_place=True)
        case Failed(message, _, retry_after_s, pause=True) if job.pauses < limits.max_pauses:
            wait_s = after_pause(job.pauses, retry_after_s, limits.max_pause_s, chance)
            return _change(
                job,
                JobStatus.SCHEDULED,
                pauses=job.pauses + 1,
                run_at=now + timedelta(seconds=wait_s),
                error_message=message,
            )
        case Failed(message, retryable, retry_after_s):
            return failed(job, message, limits, now, chance, retryable=retryable, retry_after_s=retry_after_s)


def failed(
    job: Job,
    message: str,
    limits: QueueLimits,
    now: datetime,
    chance: float,
    *,
    retryable: bool = True,
    retry_after_s: float | None = None,
) -> Change:
    """One failure more: tried again later, or the last."""
    failures = job.failures + 1
    if not retryable or failures >= job.max_failures:
        return _change(job, JobStatus.FAILED, failures=failures, error_message=message)
    wait_s = min(limits.max_pause_s, max(after_failure(failures, limits.backoff_s, chance), retry_after_s or 0.0))
    return _change(
        job,
        JobStatus.SCHEDULED,
        failures=failures,
        run_at=now + timedelta(seconds=wait_s),
        error_message=message,
    )


def lost(job: Job, limits: QueueLimits) -> Change:
    """Its hands are gone: cancelled if that was wanted, else back in the line at once, unless it happens ever again."""
    losses, failures = job.lost_leases + 1, job.failures + 1
    if job.cancel_requested_at:
        return _change(job, JobStatus.CANCELLED, lost_leases=losses, failures=failures)
    if losses >= limits.max_lost_leases or failures >= job.max_failures:
        message = (
            f"The program that worked on this stopped {losses} times in the midst of it, so it is not tried again. "
            "Perhaps it is this work that stops it: try with less of it, and look at the server's log."
        )
        return _change(job, JobStatus.FAILED, lost_leases=losses, failures=failures, error_message=message)
    return _change(job, JobStatus.QUEUED, lost_leases=losses, failures=failures)


def _change(
    job: Job,
    status: JobStatus,
    *,
    failures: int | None = None,
    lost_leases: int | None = None,
    pauses: int | None = None,
    run_at: datetime | None = None,
    result: Mapping[str, Any] | None = None,
    error_message: str | None = None,
    keeps_place: bool = False,
) -> Change:
    return Change(
        status,
        failures=job.failures if failures is None else failures,
        lost_leases=job.lost_leases if lost_leases is None else lost_leases,
        pauses=job.pauses if pauses is None else pauses,
        run_at=run_at,
        result=result,
        error_message=error_message,
        keeps_place=keeps_place,
    )
