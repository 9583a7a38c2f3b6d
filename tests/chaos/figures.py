"""How well an installation served through its faults, from what it wrote down of each job: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=5)


@dataclass(frozen=True)
class Happened:
    """Something happened to a job; `kind` is its new status, or how it got on."""

    job_id: str
    kind: str
    at: datetime


def windows(happened: Sequence[Happened]) -> tuple[int, int]:
    """In how many windows of 5 s, of how many, the queue was available.

    It was where something happened to a job, its being asked for not counted, or where at the window's begin nobody
    waited in the line. A job in dead hands, which its lease holds for a minute, is none that waits: what it costs is
    seen in how often jobs were claimed. Windows go from the first request to the last end. `happened` is in order.
    """
    waiting: set[str] = set()
    good = total = at = 0
    while at < len(happened):
        until = happened[0].at + (total + 1) * WINDOW
        idle, moved = not waiting, False
        while at < len(happened) and happened[at].at < until:
            each = happened[at]
            moved = moved or each.kind != "queued"
            if each.kind == "queued":
                waiting.add(each.job_id)
            else:
                waiting.discard(each.job_id)
            at += 1
        good += idle or moved
        total += 1
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
