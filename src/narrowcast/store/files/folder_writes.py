"""Writing to a folder so that it lasts: whole under its name and on the disk, or not there.

obstore's own writing to a folder is atomic but not durable (it has no way to ask for fsync, as of 0.12).
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from narrowcast.store.crashpoint import crashpoint

INCOMING = "incoming"


class FolderWrites:
    """Files are written to `incoming/`, synced, and moved to their place. `owner` marks this process's unfinished ones.

    Every method waits for the disk, and raises `OSError`.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        self._owner = owner
        self._numbers = itertools.count(1)
        self._durable: set[Path] = set()

    def write(self, key: str, data: bytes | Path) -> None:
        """Put bytes, or a copy of a file's, under `key`."""
        incoming = self.folder / INCOMING / f"{self._owner}.{next(self._numbers)}"
        crashpoint("blob.before_write")
        incoming.parent.mkdir(parents=True, exist_ok=True)
        try:
            if isinstance(data, Path):
                shutil.copyfile(data, incoming)
            else:
                incoming.write_bytes(data)
            crashpoint("blob.written")
            self._publish(incoming, self.folder / key)
        except OSError:
            with suppress(OSError):
                incoming.unlink(missing_ok=True)
            raise
        crashpoint("blob.published")

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Remove the unfinished files of processes that are not `alive`."""
        for path in (self.folder / INCOMING).glob("*"):
            if not alive(path.name.partition(".")[0]):
                path.unlink(missing_ok=True)

    def _publish(self, source: Path, target: Path) -> None:
        _sync(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        crashpoint("blob.before_rename")
        source.replace(target)
        _sync(target.parent)
        # The entries of the folders above must be on the disk too; once in a process's life is enough.
        for parent in target.parents:
            if parent in self._durable or not parent.is_relative_to(self.folder):
                break
            _sync(parent.parent)
            self._durable.add(parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
