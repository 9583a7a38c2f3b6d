"""Where a place in one rendering of an episode is found in another: it follows the turn that was heard there. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One turn in a rendering, in seconds from its start. `turn_id` none: nobody knows which turn it is."""

    turn_id: str | None
    start: float
    end: float


def moved(at: float, before: Sequence[Place], after: Sequence[Place]) -> float:
    """Where `at` seconds of the rendering `before` lie in the rendering `after`; both in playing order.

    Within a turn that both have: as far into it, in proportion to its lengths. In a pause: as long after the turn's
    end, but not beyond where the next one begins. Where the turn is gone, the next later one that both have begins,
    so that nothing is missed; with none, the end of the last earlier one. Without any common turn `at` itself, within
    what `after` has. What is at the beginning stays there.
    """
    end = max((place.end for place in after), default=0.0)
    if not before or not after:
        return max(at, 0.0)
    there = {place.turn_id: number for number, place in enumerate(after) if place.turn_id is not None}
    here = bisect_right(before, at, key=lambda place: place.start) - 1
    if here < 0:
        return min(max(at, 0.0), after[0].start)
    old = before[here]
    if old.turn_id in there:
        number = there[old.turn_id]
        new = after[number]
        if at <= old.end:
            share = (at - old.start) / (old.end - old.start) if old.end > old.start else 0.0
            return new.start + share * (new.end - new.start)
        following = after[number + 1].start if number + 1 < len(after) else new.end
        return max(new.end, min(new.end + at - old.end, following))
    for later in before[here + 1 :]:
        if later.turn_id in there:
            return after[there[later.turn_id]].start
    for earlier in reversed(before[:here]):
        if earlier.turn_id in there:
            return after[there[earlier.turn_id]].end
    return min(max(at, 0.0), end)
