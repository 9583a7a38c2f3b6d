"""The same mix as one MP3 without an end, for players that know nothing better. Blocks for the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from narrowcast.audio.clip import Samples
from narrowcast.audio.disk import OutputFile
from narrowcast.live.coding import Coder

MEDIA_TYPE = "audio/mpeg"


class Stream:
    """Encodes a mix at `rate` Hz into `path`; `size` bytes of it can be read."""

    def __init__(self, path: Path, rate: int) -> None:
        self._path = path
        self._file = OutputFile(path)
        self._coder = Coder("mp3", rate)
        self.size = 0

    def announce(self, turn: dict[str, Any], chapter: dict[str, Any] | None) -> None:
        """Nothing: a stream tells no cues."""

    def write(self, samples: Samples) -> None:
        """Encode the next samples. Raises `OutputError`."""
        self._put(b"".join(self._coder.encode(samples)))

    def cut(self) -> None:
        """Nothing: frames go out as they are complete."""

    def close(self) -> None:
        """The end of the mix."""
        self._put(b"".join(self._coder.flush()))
        self._file.close()

    def give_up(self) -> None:
        """Close the file; may be called at any time."""
        self._file.close()

    def read(self, offset: int, most: int) -> bytes:
        """What there is at `offset`. Raises `OSError` when it is gone."""
        with self._path.open("rb") as file:
            return os.pread(file.fileno(), min(most, self.size - offset), offset)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._file.check()
        self.size += len(data)
