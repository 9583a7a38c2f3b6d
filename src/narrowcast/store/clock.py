"""The one clock of what processes compare: leases, schedules, slots, due times."""

from __future__ import annotations

from datetime import UTC, datetime


def now_in_utc() -> datetime:
    """Now. One machine holds a SQLite file, so its clock is everybody's."""
    return datetime.now(UTC)
