"""A look-ahead limiter for one clip."""

from __future__ import annotations

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.level import HOT, block_peaks, peaks_between

ATTACK_DB_PER_MS = 1.0
"""How fast the gain goes down ahead of a peak."""

RELEASE_DB_PER_MS = 0.08
"""How fast it comes back after it."""

_AT_ONCE = 512
"""Blocks; what they need stays in the processor's cache."""


def limit(samples: Samples, rate: int, ceiling: float) -> Samples:
    """`samples` with none above `ceiling` (linear, of full scale; but for rounding), nor the wave between them by much.

    Where nothing was above, they are returned as they are.

    Pure: it knows nothing before or after the clip, so a clip sounds the same whatever its neighbours are. Blocks of
    1 ms each need a reduction in dB; the envelope over them rises and falls by straight lines in dB, which is the
    running maximum of the needs tilted by the slope. The gain runs linearly between knots at the blocks' borders, each
    at most what both blocks beside it allow, so that no sample passes the ceiling.
    """
    block = max(1, rate // 1000)
    peaks = block_peaks(samples, block)
    hot = np.flatnonzero(peaks > HOT * ceiling)
    if not hot.size:
        return samples
    peaks[hot] = np.maximum(peaks[hot], peaks_between(samples, block, hot, ceiling))
    if not (peaks > ceiling).any():
        return samples
    need = 20 * np.log10(np.maximum(peaks, ceiling).astype(np.float64) / ceiling)
    knots = np.maximum(np.append(need, 0.0), np.append(0.0, need))
    place = np.arange(len(knots)) * (1000 * block / rate)
    falling = np.maximum.accumulate(knots + RELEASE_DB_PER_MS * place) - RELEASE_DB_PER_MS * place
    tilted = (knots + ATTACK_DB_PER_MS * (place[-1] - place))[::-1]
    rising = np.maximum.accumulate(tilted)[::-1] - ATTACK_DB_PER_MS * (place[-1] - place)
    gain = (10 ** (-np.maximum(falling, rising) / 20)).astype(np.float32)
    return _shaped(samples, block, gain)


def _shaped(samples: Samples, block: int, gain: Samples) -> Samples:
    """A copy whose gain runs linearly between the `gain` at each border of its blocks."""
    shaped = samples.copy()
    whole = len(samples) // block
    ramp = np.arange(block, dtype=np.float32) / np.float32(block)
    table = shaped[: whole * block].reshape(whole, block)
    # Most blocks are as they were.
    changed = np.flatnonzero((gain[:whole] < 1) | (gain[1 : whole + 1] < 1))
    for start in range(0, len(changed), _AT_ONCE):
        rows = changed[start : start + _AT_ONCE]
        table[rows] *= gain[rows, None] + (gain[rows + 1] - gain[rows])[:, None] * ramp
    if rest := len(samples) - whole * block:
        shaped[-rest:] *= gain[whole] + (gain[whole + 1] - gain[whole]) * ramp[:rest]
    return shaped
