"""Files that can be made again at any time from what else is there: indexes. Losing one costs seconds, no money."""

from __future__ import annotations

import itertools
import mmap
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

INCOMING = "incoming"


class Derived:
    """A folder of such files by key. Nothing here ever fails a run: what cannot be read or kept is not there.

    The whole folder may be removed at any time, by hand too. `owner` marks this process's unfinished files.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder = folder
        self._owner = owner
        self._numbers = itertools.count(1)

    def get(self, key: str) -> memoryview | None:
        """The file under `key`, mapped into memory and read as it is looked at; none where there is none.

        It stays readable when the file is replaced or removed meanwhile.
        """
        try:
            with self._path(key).open("rb") as file:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError):  # ValueError: an empty file cannot be mapped
            return None

    def put(self, key: str, parts: Iterable[bytes | memoryview]) -> None:
        """Keep the parts, one after the other, under `key`; whole or not at all, over what was there."""
        incoming = self._folder / INCOMING / f"{self._owner}.{next(self._numbers)}"
        target = self._path(key)
        try:
            for folder in (incoming.parent, target.parent):
                folder.mkdir(parents=True, exist_ok=True)
            with incoming.open("wb") as file:
                file.writelines(parts)
            incoming.replace(target)
        except OSError:
            with suppress(OSError):
                incoming.unlink(missing_ok=True)

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Remove the unfinished files of processes that are not `alive`. Raises `OSError`."""
        for path in (self._folder / INCOMING).glob("*"):
            if not alive(path.name.partition(".")[0]):
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key
