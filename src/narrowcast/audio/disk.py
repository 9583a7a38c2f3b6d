"""A file that PyAV writes into, with faults kept for us: it prints or swallows what is raised in its calls."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from narrowcast.errors import OutputError


class OutputFile:
    """A new file at `path`. What fails is kept and raised by `check()`; writes after a fault do nothing.

    Raises `OutputError` when it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fault: OSError | None = None
        try:
            # Unbuffered: no byte is left to fail in a later call.
            self._file = path.open("w+b", buffering=0)
        except OSError as error:
            raise output_error(path, error) from error

    def write(self, data: bytes) -> int:
        """Write all of `data`, or remember why not."""
        rest = memoryview(data)
        while rest and self._fault is None:
            try:
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                self._fault = error
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """As of any file."""
        return self._file.read(size)

    def open_again(self, _url: str, _flags: int, _options: object) -> BinaryIO:
        """A second reader of the same file, which a container needs to move its sound behind its index."""
        return self._path.open("rb")

    def check(self) -> None:
        """Raise `OutputError` for the first fault, if there was one."""
        if self._fault:
            raise output_error(self._path, self._fault) from self._fault

    def sync(self) -> None:
        """Wait until all of it is on the disk. Raises `OutputError`."""
        self.check()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise output_error(self._path, error) from error

    def close(self) -> None:
        """Close it; may be called twice."""
        self._file.close()


def output_error(path: Path, error: OSError) -> OutputError:
    """A fault of the disk, said to the person."""
    return OutputError(
        f"Cannot write {path}: {error.strerror or error}.",
        hint="Make room or choose another place with -o FILE; then run it again.",
    )
