"""Where the stream is cut into segments: a function of the sound alone, so that every server cuts the same. Pure."""

from __future__ import annotations

FIRST_S = (0.6, 1.0, 2.0)
"""The first segments are short: a player begins with the first, and HLS players want three."""
THEN_S = 4.0
LONGEST_S = 4
"""What a playlist promises: no segment is longer."""


def frames_of(number: int, rate: int, frame: int) -> int:
    """How many frames segment `number` (from 1) has at most; it is cut earlier where a turn ends before."""
    seconds = FIRST_S[number - 1] if number <= len(FIRST_S) else THEN_S
    return max(1, int(seconds * rate / frame))
