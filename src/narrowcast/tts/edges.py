"""Where clips begin and end, and how they are put one after another. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from narrowcast.tts.base import Samples

KEPT_MS = 25
"""How much silence a clip keeps at each end."""
FADE_MS = 4
"""Long enough that an edge is not heard as a click, too short to be heard as a fade."""


def trim(samples: Samples, rate: int, silent: float) -> tuple[Samples, int]:
    """`samples` with at most `KEPT_MS` of silence at each end, and how many samples went at the start.

    Nothing at or above `silent` (0-1) is ever cut. All silence: the first `KEPT_MS` of it.
    """
    kept = rate * KEPT_MS // 1000
    loud = np.flatnonzero(np.abs(samples) >= silent)
    if not len(loud):
        return samples[:kept], 0
    first, last = max(0, int(loud[0]) - kept), min(len(samples), int(loud[-1]) + 1 + kept)
    return samples[first:last], first


def join(clips: Sequence[Samples], rate: int, pauses_ms: Sequence[int]) -> tuple[Samples, list[int]]:
    """The clips with a pause between each two, faded in and out at the seams; and the sample at which each starts.

    `pauses_ms` has one entry less than `clips`. One clip is returned as it is.
    """
    if len(clips) == 1:
        return clips[0], [0]
    parts: list[Samples] = []
    starts: list[int] = []
    position = 0
    for index, clip in enumerate(clips):
        if index:
            pause = np.zeros(rate * pauses_ms[index - 1] // 1000, np.float32)
            parts.append(pause)
            position += len(pause)
        faded = _faded(clip, rate, start=index > 0, end=index < len(clips) - 1)
        starts.append(position)
        parts.append(faded)
        position += len(faded)
    return np.concatenate(parts), starts


def _faded(clip: Samples, rate: int, *, start: bool, end: bool) -> Samples:
    length = min(rate * FADE_MS // 1000, len(clip) // 2)
    faded = clip.copy()
    ramp = np.linspace(0.0, 1.0, length, endpoint=False, dtype=np.float32)
    if start:
        faded[:length] *= ramp
    if end and length:
        faded[-length:] *= ramp[::-1]
    return faded
