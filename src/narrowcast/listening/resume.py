"""Where to go on after a pause: a little before, the further the longer it was. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

STEPS = ((10_000, 0), (60_000, 3_000), (5 * 60_000, 10_000), (30 * 60_000, 20_000))
LONGEST_MS = 30_000
END_MS = 5_000
"""Who stopped within this of the end begins anew."""


def rewind_ms(paused_ms: int) -> int:
    """How far to go back after a pause."""
    return next((back for limit, back in STEPS if paused_ms < limit), LONGEST_MS)


def resume_ms(
    position_ms: int, paused_ms: int, duration_ms: int | None, chapters: Sequence[int], sentences: Sequence[int]
) -> int:
    """Where to go on: at the start of a sentence, never before the chapter that it was in.

    `chapters` and `sentences` are where they begin, in order.
    """
    if duration_ms is not None and position_ms >= duration_ms - END_MS:
        return 0
    back = rewind_ms(paused_ms)
    if not back:
        return position_ms
    chapter = _last(chapters, position_ms)
    wanted = max(position_ms - back, chapter, 0)
    return max(_last(sentences, wanted), chapter) if sentences else wanted


def _last(places: Sequence[int], at: int) -> int:
    index = bisect_right(places, at)
    return places[index - 1] if index else 0
