"""How well an installation served through its faults, from what it wrote down of each job: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.laws import ENDED

WINDOW = timedelta(seconds=5)


@dataclass(frozen=True)
class Happened:
    """Something happened to a job; `kind` is its new status, or how it got on."""

    job_id: str
    kind: str
    at: datetime


def windows(happened: Sequence[Happened]) -> tuple[int, int]:
    """In how many windows of 5 s, of how many, the queue was available.

    It was where something happened to a job, its being asked for not counted, or where at the window's begin nothing
    was queued or running. Windows go from the first request to the last end. `happened` is in order of time.
    """
    if not happened:
        return 0, 0
    live: set[str] = set()
    good = total = 0
    at, end, rest = happened[0].at, happened[-1].at, list(happened)
    while at <= end:
        waiting = bool(live)
        moved = False
        while rest and rest[0].at < at + WINDOW:
            each = rest.pop(0)
            moved = moved or each.kind != "queued"
            if each.kind in ENDED or each.kind == "scheduled":
                live.discard(each.job_id)
            else:
                live.add(each.job_id)
        good += moved or not waiting
        total += 1
        at += WINDOW
    return good, total


def waits_s(happened: Sequence[Happened]) -> list[float]:
    """For how long each job that was begun had waited before, in seconds, sorted."""
    queued: dict[str, datetime] = {}
    begun: dict[str, datetime] = {}
    for each in happened:
        if each.kind == "queued":
            queued.setdefault(each.job_id, each.at)
        elif each.kind == "running":
            begun.setdefault(each.job_id, each.at)
    return sorted((at - queued[job_id]).total_seconds() for job_id, at in begun.items() if job_id in queued)


def share(values: Sequence[float], quantile: float) -> float:
    """The value below which so large a share of sorted values lies; 0 of none."""
    return values[min(len(values) - 1, int(len(values) * quantile))] if values else 0.0


def claims(happened: Sequence[Happened]) -> Counter[str]:
    """How many jobs were claimed how often."""
    return Counter(str(times) for times in Counter(each.job_id for each in happened if each.kind == "running").values())
