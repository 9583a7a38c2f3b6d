"""Which running jobs are taken from their hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from narrowcast.queue.limits import QueueLimits
from narrowcast.queue.outcome import failed, lost
from narrowcast.store.jobs.rows import Change, Job, JobStatus

LOCAL = "local:"
"""What the lease owner of every local hand begins with; then its home's name, its process's own, and its number."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: how many came due, lost their hands, hung; and how many of those ended as failed."""

    due: int = 0
    lost: int = 0
    hung: int = 0
    failed: int = 0

    @property
    def queued(self) -> bool:
        """Whether something may be waiting for hands now."""
        return bool(self.due or self.lost)


def verdict(job: Job, now: datetime, limits: QueueLimits, chance: float) -> Change | None:
    """What becomes of a running job whose lease ran out, or that hangs; none for one that is well."""
    if job.lease_until is None or job.lease_until < now:
        return lost(job, limits)
    if reason := hanging(job, now, limits):
        if job.cancel_requested_at:
            return lost(job, limits)
        return failed(job, reason, limits, now, chance)
    return None


def hanging(job: Job, now: datetime, limits: QueueLimits) -> str | None:
    """Why a running job is thought to hang."""
    if job.moved_at and (now - job.moved_at).total_seconds() > limits.hung_s:
        return f"It made no progress for {limits.hung_s / 60:.0f} minutes."
    longest_s = max(limits.longest_s, limits.estimates * (job.estimate_s or 0))
    if job.started_at and (now - job.started_at).total_seconds() > longest_s:
        return f"It took longer than {longest_s / 60:.0f} minutes."
    return None


def orphaned(job: Job, boot_id: str, limits: QueueLimits) -> Change | None:
    """What becomes of a running job of an earlier local engine of the same home; none where its hands are others'."""
    owner, home = job.lease_owner or "", boot_id.rpartition(":")[0]
    if not owner.startswith(f"{home}:") or owner.startswith(f"{boot_id}:"):
        return None
    return lost(job, limits)


def counted(due: int, taken: list[tuple[Job, Change]], now: datetime) -> Swept:
    """The figures of a sweep."""
    gone = sum(1 for job, _ in taken if job.lease_until is None or job.lease_until < now)
    return Swept(
        due=due,
        lost=gone,
        hung=len(taken) - gone,
        failed=sum(1 for _, change in taken if change.status is JobStatus.FAILED),
    )
