"""Who comes first.

A job's place is its priority, plus one for every ten minutes waited. Compared at any one time, that is the same as
`priority - queued_at / 600 s`: waiting lifts all alike, so the place can be computed once, when the job comes. In steps
of ten minutes it is a whole number that an index is sorted by. Within a step, the owner who runs least comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from narrowcast.store.jobs.claims import Load, Turns

STEP_S = 600


def rank(priority: int, at: datetime) -> int:
    """The place in the line of a job that came, or comes due, at that time; the lowest is the first."""
    return int(at.timestamp()) // STEP_S - priority


def turns(loads: Sequence[Load], cap: Callable[[str], int]) -> Turns:
    """Who may be served, given who runs how many, and the `cap` of a tier."""
    levels: dict[int, list[str]] = defaultdict(list)
    blocked = []
    for load in loads:
        if load.running >= cap(load.tier):
            blocked.append(load.owner_id)
        else:
            levels[load.running].append(load.owner_id)
    return Turns(blocked, [levels[running] for running in sorted(levels)])
