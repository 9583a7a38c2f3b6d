"""Files that people send, while they are being received: in a folder of their own, gone when they were dealt with."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from narrowcast.store.faults import telling_of_disk

PIECE = 1 << 20
"""Bytes that are gathered before a thread writes them."""


class IncomingFile:
    """A file that is being received. `size` is what came so far; `sha256` is true once it is `closed`."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.size = 0
        self._file = file
        self._gathered = bytearray()
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The digest of what was written, in hexadecimal."""
        return self._digest.hexdigest()

    async def write(self, data: bytes) -> None:
        """Take more of the file. Raises `OutputError` when the disk does not."""
        self.size += len(data)
        self._gathered += data
        if len(self._gathered) >= PIECE:
            await self._flush()

    async def close(self) -> None:
        """Everything came. Raises `OutputError`."""
        await self._flush()
        with telling_of_disk(self.path.parent):
            self._file.close()

    async def _flush(self) -> None:
        piece, self._gathered = bytes(self._gathered), bytearray()
        with telling_of_disk(self.path.parent):
            await asyncio.to_thread(self._take, piece)

    def _take(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._file.write(piece)
        self._file.flush()

    def discard(self) -> None:
        """Remove the file, whatever became of it."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


class Incoming:
    """The folder of such files. `owner` marks this process's: those of dead ones are found at the next start."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder = folder
        self._owner = owner
        self._numbers = itertools.count(1)

    async def free(self) -> int:
        """Bytes that are free on the folder's disk. Raises `OutputError`."""
        with telling_of_disk(self._folder):
            return await asyncio.to_thread(_free, self._folder)

    @asynccontextmanager
    async def file(self) -> AsyncIterator[IncomingFile]:
        """A new file, to be written; it is removed when the block ends, however. Raises `OutputError`."""
        path = self._folder / f"{self._owner}.{next(self._numbers)}"
        with telling_of_disk(self._folder):
            file = IncomingFile(path, await asyncio.to_thread(_open, path))
        try:
            yield file
        finally:
            # Not in a thread: a cancelled request has no moment left to wait for one.
            file.discard()

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Remove the files of processes that are not `alive`. Raises `OSError`."""
        for path in self._folder.glob("*"):
            if not alive(path.name.partition(".")[0]):
                path.unlink(missing_ok=True)


def _free(folder: Path) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def _open(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("xb", buffering=0)
