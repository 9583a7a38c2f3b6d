"""How high samples rise, and where: by pieces, since a copy of a whole clip costs ten times what its sums do."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from narrowcast.audio.clip import Samples

HOT = 0.6
"""Between samples the wave may rise above them; from blocks whose samples stay below this part of a level it does not
reach that level."""

_TAPS = 8
"""Samples on each side that a point between two of them is computed from."""

_PIECE = 4096


def peak(samples: Samples) -> float:
    """The highest absolute value; 0 for no samples."""
    return float(max(samples.max(initial=0.0), -samples.min(initial=0.0)))


def span(samples: Samples, level: float, around: float = 0.0) -> tuple[int, int] | None:
    """The first sample that is `level` or more away from `around`, and the one behind the last such, if there are."""
    first = next(_away(samples, level, around, range(0, len(samples), _PIECE)), None)
    if first is None:
        return None
    start = (len(samples) - 1) // _PIECE * _PIECE
    last = next(_away(samples, level, around, range(start, -1, -_PIECE)))
    return int(first[0]), int(last[-1]) + 1


def _away(samples: Samples, level: float, around: float, pieces: range) -> Iterator[npt.NDArray[np.intp]]:
    """The places of such samples, for each of the pieces that has any."""
    for at in pieces:
        places = np.flatnonzero(np.abs(samples[at : at + _PIECE] - np.float32(around)) >= level)
        if places.size:
            yield places + at


def block_peaks(samples: Samples, block: int) -> Samples:
    """The highest absolute value of each `block` samples, the last of which may be shorter, shape (blocks,)."""
    starts = np.arange(0, len(samples), block)
    if not starts.size:
        return np.zeros(0, np.float32)
    return np.maximum(np.maximum.reduceat(samples, starts), -np.minimum.reduceat(samples, starts))


def peaks_between(samples: Samples, block: int, which: npt.NDArray[np.intp], parts: int = 4) -> Samples:
    """The highest level between the samples of each of these blocks, at each of `parts` (BS.1770-4, annex 2: four).

    Outside of `samples` there is silence.
    """
    width = block + 2 * _TAPS
    places = which[:, None] * block + np.arange(-_TAPS, block + _TAPS)
    around = samples.take(places, mode="clip")
    around[(places < 0) | (places >= len(samples))] = 0
    flat = around.ravel()
    peaks = np.zeros(len(which), np.float32)
    for part in range(1, parts):
        distance = np.arange(-_TAPS + 1, _TAPS + 1) - part / parts
        window = np.cos(np.pi / 2 * distance / (_TAPS + 0.5)) ** 2
        between = np.convolve(flat, (np.sinc(distance) * window)[::-1].astype(np.float32), mode="same")
        rows = between.reshape(-1, width)[:, _TAPS - 1 : _TAPS + block]
        peaks = np.maximum(peaks, np.maximum(rows.max(axis=1, initial=0.0), -rows.min(axis=1, initial=0.0)))
    return peaks


class TruePeak:
    """The highest level of the wave (linear, of full scale) over sound that comes in pieces, at 192 kHz or above.

    Only blocks from which it may rise above what was found so far are looked at between their samples.
    """

    def __init__(self, rate: int) -> None:
        self._block = max(2 * _TAPS, rate // 1000)
        self._parts = max(4, math.ceil(192_000 / rate))
        self._rest: Samples = np.zeros(0, np.float32)
        self._known = 0
        self.highest = 0.0

    def feed(self, samples: Samples) -> None:
        """Hear the next samples. The last block waits for what follows it."""
        sound = np.concatenate([self._rest, samples])
        ready = max(self._known, (len(sound) - _TAPS) // self._block)
        peaks = block_peaks(sound[: ready * self._block], self._block)
        peaks[: self._known] = 0
        self.highest = max(self.highest, float(peaks.max(initial=0.0)))
        hot = np.flatnonzero(peaks > HOT * self.highest)
        if hot.size:
            self.highest = max(self.highest, float(peaks_between(sound, self._block, hot, self._parts).max()))
        # The block before what is new is kept as its surroundings.
        self._known = min(1, ready)
        self._rest = sound[(ready - self._known) * self._block :]

    def close(self) -> None:
        """Hear the rest, and silence after it."""
        self.feed(np.zeros(2 * self._block, np.float32))
