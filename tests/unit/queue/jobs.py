"""A job as tests of decisions want it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from narrowcast.store.jobs.rows import Job, JobStatus

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def running(**values: Any) -> Job:
    """A job that began a minute ago and is well."""
    usual = {
        "id": "j",
        "owner_id": "sam",
        "kind": "episode",
        "status": JobStatus.RUNNING,
        "max_failures": 4,
        "lease_owner": "local:home:boot:0",
        "lease_until": NOW + timedelta(seconds=30),
        "started_at": NOW - timedelta(seconds=60),
        "moved_at": NOW - timedelta(seconds=10),
    }
    counts = dict.fromkeys(("priority", "rank", "epoch", "failures", "lost_leases", "pauses"), 0)
    return Job(**{**{field.name: None for field in fields(Job)}, **counts, **usual, **values})
