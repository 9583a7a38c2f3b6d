"""What becomes of jobs: the corners that the contract does not go through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.queue.outcome import Completed, Failed, change, lost
from narrowcast.queue.sweeping import hanging, orphaned, verdict
from narrowcast.store.jobs.rows import JobStatus

from .jobs import NOW, running

LIMITS = QueueLimits()


def test_what_was_done_stays_done_though_it_was_to_be_cancelled() -> None:
    job = running(cancel_requested_at=NOW)
    assert change(job, Completed({"turns": 1}), LIMITS, NOW, 0.5).status is JobStatus.COMPLETED


def test_a_failure_waits_at_least_as_long_as_it_was_told_to() -> None:
    failed = Failed("Not now.", retryable=True, retry_after_s=1000)
    assert change(running(), failed, LIMITS, NOW, 0.5).run_at == NOW + timedelta(seconds=1000)


def test_a_lost_lease_and_failures_count_together() -> None:
    assert lost(running(failures=3), LIMITS).status is JobStatus.FAILED
    assert lost(running(failures=1), LIMITS).status is JobStatus.QUEUED
    assert lost(running(cancel_requested_at=NOW), LIMITS).status is JobStatus.CANCELLED


def test_a_lease_holds_to_its_last_moment() -> None:
    assert verdict(running(lease_until=NOW), NOW, LIMITS, 0.5) is None
    swept = verdict(running(lease_until=NOW - timedelta(microseconds=1)), NOW, LIMITS, 0.5)
    assert swept
    assert (swept.status, swept.lost_leases) == (JobStatus.QUEUED, 1)


@pytest.mark.parametrize(
    ("moved", "began", "estimate", "hangs"),
    [
        (600, 700, None, False),
        (601, 700, None, True),
        (1, 2700, None, False),
        (1, 2701, None, True),
        (1, 2701, 901, False),
        (1, 2704, 901, True),
    ],
)
def test_a_job_hangs_without_progress_or_beyond_three_times_its_estimate(
    moved: int, began: int, estimate: int | None, *, hangs: bool
) -> None:
    job = running(
        moved_at=NOW - timedelta(seconds=moved), started_at=NOW - timedelta(seconds=began), estimate_s=estimate
    )
    assert (hanging(job, NOW, LIMITS) is not None) == hangs


def test_a_hung_job_that_was_to_be_cancelled_is() -> None:
    job = running(moved_at=NOW - timedelta(hours=1), cancel_requested_at=NOW)
    swept = verdict(job, NOW, LIMITS, 0.5)
    assert swept
    assert swept.status is JobStatus.CANCELLED


@pytest.mark.parametrize(
    ("owner", "taken"),
    [
        ("local:home:old:0", True),
        ("local:home:new:3", False),
        ("local:home:newer:0", True),
        ("local:other:old:0", False),
        ("celery:x", False),
        (None, False),
    ],
)
def test_only_local_hands_of_earlier_boots_are_orphaned(owner: str | None, *, taken: bool) -> None:
    assert (orphaned(running(lease_owner=owner), "local:home:new", LIMITS) is not None) == taken


def test_a_tier_that_nobody_knows_gets_what_is_usual() -> None:
    limits = QueueLimits(owner=OwnerLimits(1, 5), tiers={"premium": OwnerLimits(4, 200)})
    assert limits.of("premium").running == 4
    assert limits.of("of old") == OwnerLimits(1, 5)
