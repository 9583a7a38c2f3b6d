"""Where clips begin and end, and how they are put one after another. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from narrowcast.audio.clip import Samples, faded
from narrowcast.audio.level import span

KEPT_MS = 25
"""How much silence a clip keeps at each end."""


def trim(samples: Samples, rate: int, silent: float) -> tuple[Samples, int]:
    """`samples` with at most `KEPT_MS` of silence at each end, and how many samples went at the start.

    Nothing at or above `silent` (0-1) is ever cut. All silence: the first `KEPT_MS` of it.
    """
    kept = rate * KEPT_MS // 1000
    heard = span(samples, silent)
    if heard is None:
        return samples[:kept], 0
    first, last = max(0, heard[0] - kept), min(len(samples), heard[1] + kept)
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
        starts.append(position)
        parts.append(faded(clip, rate, start=index > 0, end=index < len(clips) - 1))
        position += len(clip)
    return np.concatenate(parts), starts
