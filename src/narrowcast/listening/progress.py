"""How far a listener is: derived of play intervals, in whatever order they come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from narrowcast.listening.heat import warmed
from narrowcast.listening.spans import total, union, within
from narrowcast.store.listening.records import Played, Progress, Spans

WHOLE = 0.95
"""With so much of it a segment, or an episode, counts as heard."""
END_MS = 10_000
MINUTE_MS = 60_000


def heard(progress: Progress, played: Iterable[Played], now_ms: int) -> Progress:
    """With these intervals, which are of its rendering. The newest position and rate win by their own time."""
    given = list(played)
    if not given:
        return progress
    # A clock that is a little ahead must not win over what is done until then.
    at, position = max((min(one.end_ms, now_ms), one.to_ms) for one in given)
    rated_at, rate = max((min(one.end_ms, now_ms), one.rate) for one in given)
    fresh = [(one.from_ms, one.to_ms) for one in given if one.start_ms >= progress.since_ms]
    out = replace(
        progress,
        heard=union((*progress.heard, *fresh)),
        heat=warmed(progress.heat, ((one.from_ms, one.to_ms) for one in given)),
        played_at_ms=max(progress.played_at_ms or 0, at),
    )
    if (at, position) > (progress.position_at_ms, progress.position_ms):
        out = replace(out, position_ms=position, position_at_ms=at)
    if (rated_at, rate) > (progress.rate_at_ms, progress.rate):
        out = replace(out, rate=rate, rate_at_ms=rated_at)
    return out


def share(progress: Progress, duration_ms: int | None) -> float:
    """Which share of the episode was heard, from 0 to 1; all of it, where it was marked as finished."""
    if progress.finished:
        return 1.0
    if not duration_ms:
        return 0.0
    return total(within(progress.heard, 0, duration_ms)) / duration_ms


def is_finished(progress: Progress, duration_ms: int | None) -> bool:
    """Whether it was marked so, or (nearly) all of it was heard, or its end and half of it."""
    known = share(progress, duration_ms)
    at_end = duration_ms is not None and bool(progress.heard) and progress.heard[-1][1] >= duration_ms - END_MS
    return known >= WHOLE or (at_end and known >= 0.5)


def segments(chapters: Sequence[int], duration_ms: int | None) -> Spans:
    """What progress is counted in: chapters, where there are some; else minutes. `chapters` are where they begin."""
    if not duration_ms:
        return ()
    begins = [at for at in chapters if at < duration_ms] if len(chapters) > 1 else range(0, duration_ms, MINUTE_MS)
    return tuple(pair for pair in pairwise([*begins, duration_ms]) if pair[1] > pair[0])


def completed(progress: Progress, parts: Spans) -> tuple[int, ...]:
    """Which of the segments were heard, counted from 0."""
    if progress.finished:
        return tuple(range(len(parts)))
    return tuple(
        index
        for index, (start, end) in enumerate(parts)
        if total(within(progress.heard, start, end)) >= WHOLE * (end - start)
    )


def sought(progress: Progress, position_ms: int, at_ms: int) -> Progress:
    """At another place, which was chosen at that time."""
    return replace(progress, position_ms=position_ms, position_at_ms=at_ms)


def marked(progress: Progress, duration_ms: int | None, at_ms: int, *, finished: bool) -> Progress:
    """Marked as finished, or as not heard yet: then what was heard before does not count any more."""
    if finished:
        return replace(sought(progress, duration_ms or progress.position_ms, at_ms), finished=True)
    return replace(sought(progress, 0, at_ms), finished=False, heard=(), since_ms=at_ms)
