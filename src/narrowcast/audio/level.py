"""How high samples rise, and where: by pieces, since a copy of a whole clip costs ten times what its sums do."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from narrowcast.audio.clip import Samples

HOT = 0.7
"""Between samples the wave may rise above them, by 3 dB for a tone at a quarter of the rate: blocks whose samples stay
below this part of a level are taken not to reach it."""

_TAPS = 8
"""Samples on each side that a point between two of them is computed from."""

HALFWAY = 0.8
"""The same for the wave beyond what it is at the samples and halfway between them: cos(0.2 π) for the highest tones
that voices have, at four tenths of the rate."""

_PIECE = 4096
_AT_ONCE = 512
"""Blocks; what they need stays in the processor's cache, and is not fetched from the system anew each time."""


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


def peaks_between(samples: Samples, block: int, which: npt.NDArray[np.intp], above: float, parts: int = 4) -> Samples:
    """The highest level between the samples of each of these blocks, at each of `parts` (BS.1770-4, annex 2: four).

    Where it cannot be `above`, a lower one may be given. Outside of `samples` there is silence.
    """
    peaks = np.zeros(len(which), np.float32)
    for start in range(0, len(which), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        around = _surroundings(samples, block, which[some])
        peaks[some] = _highest(around, 0.5)
        own = around[:, _TAPS:-_TAPS]
        near = np.flatnonzero(np.maximum(peaks[some], np.abs(own).max(axis=1)) > HALFWAY * above)
        if near.size:
            rest = [_highest(around[near], part / parts) for part in range(1, parts) if 2 * part != parts]
            peaks[start + near] = np.maximum(peaks[start + near], np.max(rest, axis=0))
    return peaks


def _surroundings(samples: Samples, block: int, which: npt.NDArray[np.intp]) -> Samples:
    """Each of these blocks with `_TAPS` samples before and after it, shape (blocks, block + 2 * _TAPS)."""
    places = which[:, None] * block + np.arange(-_TAPS, block + _TAPS)
    around = samples.take(places, mode="clip")
    if places[0, 0] < 0 or places[-1, -1] >= len(samples):
        around[(places < 0) | (places >= len(samples))] = 0
    return around


def _highest(around: Samples, share: float) -> Samples:
    """The highest level of each row's block at this share of the way from each sample to the next."""
    distance = np.arange(-_TAPS + 1, _TAPS + 1) - share
    window = np.cos(np.pi / 2 * distance / (_TAPS + 0.5)) ** 2
    taps = (np.sinc(distance) * window)[::-1].astype(np.float32)
    # Column n is what lies between n - 1 and n: from before the block's first sample to behind its last.
    between = np.convolve(around.ravel(), taps, mode="same").reshape(around.shape)[:, _TAPS : 1 - _TAPS]
    highest: Samples = np.maximum(between.max(axis=1), -between.min(axis=1))
    return highest


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
            self.highest = max(
                self.highest, float(peaks_between(sound, self._block, hot, self.highest, self._parts).max())
            )
        # The block before what is new is kept as its surroundings.
        self._known = min(1, ready)
        self._rest = sound[(ready - self._known) * self._block :]

    def close(self) -> None:
        """Hear the rest, and silence after it."""
        self.feed(np.zeros(2 * self._block, np.float32))
