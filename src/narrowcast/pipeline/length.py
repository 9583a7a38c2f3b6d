"""How long each segment should be: pure, so that the same episode is planned the same way.

Length is counted as it will be heard: words at the voices' rate, pauses included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrowcast.script.dialogue import OutlineSegment, Size

WEIGHT = {Size.SHORT: 0.6, Size.MEDIUM: 1.0, Size.LONG: 1.5}
WORDS_PER_MEDIUM_SEGMENT = 320
"""Two to three minutes, when no length is asked."""
MIN_SEGMENT_WORDS = 40
PAUSE_SHARE = 0.06
"""The part of an episode that is pauses between turns, at usual turn lengths (measured on the examples)."""


@dataclass(frozen=True)
class Heard:
    """What is known of one written turn: its words, and its clip's length once it is voiced."""

    words: int
    clip_ms: int | None = None


def spoken_minutes(minutes: float | None, music_s: float) -> float | None:
    """What is left for the voices of the minutes asked, if any were, beside music heard alone: half at least."""
    return None if minutes is None else max(minutes / 2, minutes - music_s / 60)


def planned_words(minutes: float, words_per_minute: float) -> int:
    """The words that fill `minutes` at the voices' rate, pauses taken off."""
    return max(MIN_SEGMENT_WORDS, round(minutes * (1 - PAUSE_SHARE) * words_per_minute))


def segment_words(
    entry: OutlineSegment,
    later: Sequence[OutlineSegment | None],
    *,
    minutes: float | None,
    words_per_minute: float,
    written: Sequence[Heard],
) -> int:
    """The word budget of the segment to be written next.

    `later` are the entries after it, none for those not known yet (counted as medium). With a length asked, what is
    left of it after `written` is shared out by size; otherwise the size alone decides.
    """
    weight = WEIGHT[entry.size]
    if minutes is None:
        return round(WORDS_PER_MEDIUM_SEGMENT * weight)
    rate = corrected_rate(words_per_minute, written)
    left = planned_words(minutes, rate) - sum(turn.words for turn in written)
    share = weight / (weight + sum(WEIGHT[other.size] if other else 1.0 for other in later))
    return max(MIN_SEGMENT_WORDS, round(left * share))


def corrected_rate(words_per_minute: float, written: Sequence[Heard]) -> float:
    """The voices' rate in words a minute, corrected by the clips that exist.

    The plan's rate counts as a prior worth 100 words, so that the first short clips do not swing it.
    """
    prior_words = 100.0
    words = prior_words + sum(turn.words for turn in written if turn.clip_ms)
    minutes = prior_words / words_per_minute + sum(turn.clip_ms or 0 for turn in written) / 60_000
    return words / minutes
