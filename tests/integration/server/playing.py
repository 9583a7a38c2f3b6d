"""Play intervals as a player would send them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any


def zone_at_noon() -> str:
    """A zone where it is about noon: nothing falls on two days."""
    ahead = (12 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


def interval(
    start: float, end: float, *, at: datetime | None = None, rate: float = 1.0, **changes: Any
) -> dict[str, Any]:
    """One of so many seconds that ended just now, or began `at`."""
    took = timedelta(seconds=(end - start) / rate)
    began = at or datetime.now(UTC) - took
    return {
        "event_id": str(uuid.uuid4()),
        "revision": 1,
        "from": start,
        "to": end,
        "rate": rate,
        "wall_start": began.isoformat(),
        "wall_end": (began + took).isoformat(),
        "tz": zone_at_noon(),
        "device": "phone-1",
        **changes,
    }
