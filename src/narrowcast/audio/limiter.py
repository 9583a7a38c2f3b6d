"""A look-ahead limiter for one clip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from narrowcast.audio.clip import Samples

ATTACK_DB_PER_MS = 1.0
"""How fast the gain goes down ahead of a peak."""

RELEASE_DB_PER_MS = 0.08
"""How fast it comes back after it."""


HOT = 0.6
"""Between samples the wave may rise above them; blocks whose samples stay below this part of the ceiling cannot."""

_TAPS = 8
"""Samples on each side that a point between two of them is computed from."""


def limit(samples: Samples, rate: int, ceiling: float) -> Samples:
    """`samples` with none above `ceiling` (linear, of full scale; but for rounding), nor the wave between them by much.

    Where nothing was above, they are returned as they are.

    Pure: it knows nothing before or after the clip, so a clip sounds the same whatever its neighbours are. Blocks of
    1 ms each need a reduction in dB; the envelope over them rises and falls by straight lines in dB, which is the
    running maximum of the needs tilted by the slope. The gain runs linearly between knots at the blocks' borders, each
    at most what both blocks beside it allow, so that no sample passes the ceiling.
    """
    block = max(1, rate // 1000)
    blocks = -(-len(samples) // block)
    padded = np.zeros(blocks * block, np.float32)
    padded[: len(samples)] = samples
    table = padded.reshape(blocks, block)
    peaks = np.maximum(table.max(axis=1, initial=0.0), -table.min(axis=1, initial=0.0))
    hot = np.flatnonzero(peaks > HOT * ceiling)
    if not hot.size:
        return samples
    peaks[hot] = np.maximum(peaks[hot], _peaks_between(padded, block, hot))
    if not (peaks > ceiling).any():
        return samples
    need = 20 * np.log10(np.maximum(peaks, ceiling).astype(np.float64) / ceiling)
    knots = np.maximum(np.append(need, 0.0), np.append(0.0, need))
    place = np.arange(len(knots)) * (1000 * block / rate)
    falling = np.maximum.accumulate(knots + RELEASE_DB_PER_MS * place) - RELEASE_DB_PER_MS * place
    tilted = (knots + ATTACK_DB_PER_MS * (place[-1] - place))[::-1]
    rising = np.maximum.accumulate(tilted)[::-1] - ATTACK_DB_PER_MS * (place[-1] - place)
    gain = (10 ** (-np.maximum(falling, rising) / 20)).astype(np.float32)
    ramp = np.arange(block, dtype=np.float32) / np.float32(block)
    table *= gain[:-1, None] + (gain[1:] - gain[:-1])[:, None] * ramp
    return padded[: len(samples)]


def _peaks_between(samples: Samples, block: int, which: npt.NDArray[np.intp]) -> Samples:
    """The highest level between the samples of each of these blocks, at quarters (BS.1770-4, annex 2: four times)."""
    width = block + 2 * _TAPS
    around = np.lib.stride_tricks.sliding_window_view(np.pad(samples, _TAPS), width)[which * block]
    flat = np.ascontiguousarray(around).ravel()
    peaks = np.zeros(len(which), np.float32)
    for quarter in (0.25, 0.5, 0.75):
        distance = np.arange(-_TAPS + 1, _TAPS + 1) - quarter
        window = np.cos(np.pi / 2 * distance / (_TAPS + 0.5)) ** 2
        between = np.convolve(flat, (np.sinc(distance) * window)[::-1].astype(np.float32), mode="same")
        rows = np.abs(between.reshape(-1, width))[:, _TAPS - 1 : _TAPS + block]
        peaks = np.maximum(peaks, rows.max(axis=1, initial=0.0))
    return peaks
