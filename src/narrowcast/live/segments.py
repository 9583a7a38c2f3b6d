"""The segments of one stream, kept in one file on the disk: only where they lie is in memory. Blocks for the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narrowcast.audio.clip import Samples
from narrowcast.audio.disk import OutputFile
from narrowcast.live.boxes import FRAME, init_segment, media_segment
from narrowcast.live.coding import Coder
from narrowcast.live.cutting import frames_of


@dataclass(frozen=True)
class Segment:
    """One segment: `number` counts from 1, `start_s` and `seconds` are its place in the mix.

    `turns` and `chapters` are the cues of those that begin in it, as the API shows them.
    """

    number: int
    start_s: float
    seconds: float
    offset: int
    size: int
    turns: tuple[dict[str, Any], ...] = ()
    chapters: tuple[dict[str, Any], ...] = ()


class Segments:
    """Encodes a mix at `rate` Hz into segments of fragmented MP4 in `path`.

    What they are depends on the mix and its turns' ends alone, not on when these came.
    """

    def __init__(self, path: Path, rate: int) -> None:
        self._rate = rate
        self._path = path
        self._file = OutputFile(path)
        self._coder = Coder.begin("m4a", rate)
        self._frames: list[bytes] = []
        self._cut_frames = 0
        self._size = 0
        self._turns: list[dict[str, Any]] = []
        self._chapters: list[dict[str, Any]] = []
        self.made: list[Segment] = []
        self.init = init_segment(rate, self._coder.config, self._coder.bit_rate, self._coder.delay)

    @property
    def seconds(self) -> float:
        """How much can be played."""
        return self.made[-1].start_s + self.made[-1].seconds if self.made else 0.0

    def announce(self, turn: dict[str, Any], chapter: dict[str, Any] | None) -> None:
        """A turn that is about to be written, and the chapter that it opens."""
        self._turns.append(turn)
        if chapter:
            self._chapters.append(chapter)

    def write(self, samples: Samples) -> None:
        """Encode the next samples. Raises `OutputError`."""
        self._take(self._coder.encode(samples))

    def cut(self) -> None:
        """A turn has ended: what is complete of it makes a segment, however short."""
        if self._frames:
            self._cut(len(self._frames))

    def close(self) -> None:
        """The end of the mix."""
        self._take(self._coder.flush())
        self.cut()
        self._file.close()

    def give_up(self) -> None:
        """Close the file; may be called at any time."""
        self._file.close()

    def read(self, segment: Segment) -> bytes:
        """Its bytes. Raises `OSError` when they are gone."""
        with self._path.open("rb") as file:
            return os.pread(file.fileno(), segment.size, segment.offset)

    def _take(self, packets: list[bytes]) -> None:
        self._frames += packets
        while len(self._frames) >= (wanted := frames_of(len(self.made) + 1, self._rate, FRAME)):
            self._cut(wanted)

    def _cut(self, frames: int) -> None:
        number, start = len(self.made) + 1, self._cut_frames * FRAME
        data = media_segment(number, start, self._frames[:frames])
        del self._frames[:frames]
        self._cut_frames += frames
        self._file.write(data)
        self._file.check()
        # The delay is no part of the mix: the first segment is shorter by it.
        start_s = max(0, start - self._coder.delay) / self._rate
        end_s = max(0, self._cut_frames * FRAME - self._coder.delay) / self._rate
        begun = tuple(_before(self._turns, end_s)), tuple(_before(self._chapters, end_s))
        self.made.append(Segment(number, start_s, end_s - start_s, self._size, len(data), *begun))
        self._size += len(data)


def _before(cues: list[dict[str, Any]], end_s: float) -> Iterator[dict[str, Any]]:
    """Take those off that begin before `end_s`."""
    while cues and cues[0]["start"] < end_s:
        yield cues.pop(0)
