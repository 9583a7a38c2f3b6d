"""How often each place of an episode was heard, kept as a difference array: where it changes, and by how much. Pure.

What is added commutes, and a stretch that is told in pieces is the same as one told whole: their ends cancel out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from narrowcast.listening.spans import gaps, union
from narrowcast.store.listening.records import Spans

Heat = tuple[tuple[int, int], ...]
"""Places in order, and how many more times what follows was heard than what is before."""

BUCKETS = 100
MOST = 4000
"""Changes that are kept at their own places; beyond them places are rounded."""
SHORTEST_SKIP_MS = 2_000


@dataclass(frozen=True)
class Buckets:
    """Hundredths of an episode: how many times each was heard on average, heard again, and which share passed over."""

    heard: tuple[float, ...]
    replays: tuple[float, ...]
    skips: tuple[float, ...]


@dataclass(frozen=True)
class MostReplayed:
    """The stretch that was heard most often, if any was heard again."""

    start_ms: int
    end_ms: int
    times: int


def warmed(heat: Heat, spans: Iterable[tuple[int, int]]) -> Heat:
    """With these stretches heard once more."""
    changes = dict(heat)
    for start, end in spans:
        if end > start:
            changes[start] = changes.get(start, 0) + 1
            changes[end] = changes.get(end, 0) - 1
    return bounded(changes.items())


def bounded(changes: Iterable[tuple[int, int]]) -> Heat:
    """The changes in order, without those that cancel out; at coarser places where they are too many."""
    grid = 1
    out = _at(changes, grid)
    while len(out) > MOST:
        grid *= 10
        out = _at(out, grid)
    return out


def levels(heat: Heat) -> Iterator[tuple[int, int, int]]:
    """Stretches that were heard: from, to, how many times."""
    times = 0
    for (start, change), (end, _) in pairwise(heat):
        times += change
        if times > 0:
            yield start, end, times


def ever(heat: Heat) -> Spans:
    """What was ever heard."""
    return union((start, end) for start, end, _ in levels(heat))


def skipped(heat: Heat) -> Spans:
    """What was passed over: never heard, though something behind it was."""
    heard = ever(heat)
    if not heard:
        return ()
    return tuple(gap for gap in gaps(heard, 0, heard[-1][1]) if gap[1] - gap[0] >= SHORTEST_SKIP_MS)


def buckets(heat: Heat, duration_ms: int) -> Buckets:
    """An episode in a hundred parts."""
    if duration_ms <= 0:
        none = (0.0,) * BUCKETS
        return Buckets(none, none, none)
    known = list(levels(heat))
    return Buckets(
        heard=_spread(known, duration_ms),
        replays=_spread([(start, end, times - 1) for start, end, times in known if times > 1], duration_ms),
        skips=_spread([(start, end, 1) for start, end in skipped(heat)], duration_ms),
    )


def most_replayed(heat: Heat, shortest_ms: int = 1_000) -> MostReplayed | None:
    """Where one listens again most; the first such stretch that is long enough to be one."""
    again = [level for level in levels(heat) if level[2] > 1 and level[1] - level[0] >= shortest_ms]
    if not again:
        return None
    start, end, times = max(again, key=lambda level: (level[2], -level[0]))
    return MostReplayed(start, end, times)


def _at(changes: Iterable[tuple[int, int]], grid: int) -> Heat:
    summed: dict[int, int] = {}
    for place, change in changes:
        there = round(place / grid) * grid
        summed[there] = summed.get(there, 0) + change
    return tuple(sorted((place, change) for place, change in summed.items() if change))


def _spread(weighted: Sequence[tuple[int, int, int]], duration_ms: int) -> tuple[float, ...]:
    """How much of each bucket the stretches fill, by their weights. Whole buckets go through a difference array."""
    steps = [0.0] * (BUCKETS + 1)
    own = [0.0] * BUCKETS
    for start, end, weight in weighted:
        a, b = (min(max(place, 0), duration_ms) * BUCKETS / duration_ms for place in (start, end))
        first, last = min(int(a), BUCKETS - 1), min(int(b), BUCKETS - 1)
        if first == last:
            own[first] += (b - a) * weight
            continue
        own[first] += (first + 1 - a) * weight
        own[last] += (b - last) * weight
        steps[first + 1] += weight
        steps[last] -= weight
    out = []
    level = 0.0
    for step, mine in zip(steps, own, strict=False):
        level += step
        out.append(round(level + mine, 6))
    return tuple(out)
