"""A bed of music without an end: one file, over and over, streamed from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.envelope import crossfade
from narrowcast.audio.music_file import MusicFile, decoded
from narrowcast.audio.resample import resampled

CROSSFADE_S = 3.0
"""How long an end and the next beginning are heard together; of a short file at most a quarter."""


class Loop:
    """A file over and over, each end crossfaded with the next beginning, streamed from the disk. `peak` is linear."""

    def __init__(self, file: MusicFile, rate: int, gain: float) -> None:
        self._path, self._rate, self._gain = file.path, rate, np.float32(gain)
        # In a crossfade of equal power two peaks may meet.
        self.peak = file.peak * gain * float(np.sqrt(2))
        # Resampling may round the length: the last few samples are faded out anyway.
        self._length = int(file.seconds * rate) - rate // 100
        self._fade = min(round(CROSSFADE_S * rate), self._length // 4)
        self._passes: list[_Pass] = []
        self._next_start = 0
        self._position = 0

    def take(self, count: int) -> Samples:
        """The next so many samples. Raises `ProfileError` when the file is gone or no longer what it was."""
        sound = np.zeros(count, np.float32)
        end = self._position + count
        while self._next_start < end:
            self._passes.append(_Pass(self._path, self._rate, self._next_start))
            self._next_start += self._length - self._fade
        for passing in self._passes:
            start = max(self._position, passing.start)
            stop = min(end, passing.start + self._length)
            if start < stop:
                piece = passing.take(stop - start) * self._shape(passing.start, start, stop)
                sound[start - self._position : stop - self._position] += piece
            if stop == passing.start + self._length:
                passing.close()
        self._passes = [passing for passing in self._passes if passing.start + self._length > end]
        self._position = end
        return sound * self._gain

    def close(self) -> None:
        """Close the files."""
        for passing in self._passes:
            passing.close()

    def _shape(self, begin: int, start: int, stop: int) -> Samples:
        """The gain of the pass that began at `begin`, between two places: each comes and goes, the first only goes."""
        shape = np.ones(stop - start, np.float32)
        fading = crossfade(self._fade)
        if begin:
            head = fading[start - begin : stop - begin]
            shape[: len(head)] *= head
        leave = begin + self._length - self._fade
        if stop > leave:
            last = fading[::-1][max(0, start - leave) : stop - leave]
            shape[-len(last) :] *= last
        return shape


class _Pass:
    """One reading of a file from its start, which is heard from the sample `start` on."""

    def __init__(self, path: Path, rate: int, start: int) -> None:
        self.start = start
        self._decoded = decoded(path)
        self._pieces: Iterator[Samples] = resampled(self._decoded, rate)
        self._rest: Samples = np.zeros(0, np.float32)

    def take(self, count: int) -> Samples:
        """The next so many samples; silence behind its end."""
        parts, there = [self._rest], len(self._rest)
        while there < count:
            piece = next(self._pieces, None)
            if piece is None:
                piece = np.zeros(count - there, np.float32)
            parts.append(piece)
            there += len(piece)
        sound = np.concatenate(parts)
        self._rest = sound[count:]
        return sound[:count]

    def close(self) -> None:
        """Close the file."""
        self._decoded.close()
