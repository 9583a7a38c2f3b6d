"""Bytes by key, in a folder or wherever obstore reaches: whole and on the disk once `put` returns, or not there."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from narrowcast.errors import NotFoundError as Missing
from narrowcast.errors import OutputError, SettingError
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.faults import FULL_HINT, PLACE_HINT, telling_of_disk

INCOMING = "incoming"
PIECE = 1 << 20
"""Bytes that are read at once."""


class Blobs:
    """An object store. Every method raises `OutputError` when the place cannot be used.

    `owner` marks this process's unfinished files. obstore's own writing to a folder is atomic but not durable (it has
    no way to ask for fsync, as of 0.12): there, files are written to `incoming/`, synced, and moved to their place.
    """

    def __init__(self, store: ObjectStore, owner: str) -> None:
        self._store = store
        self._folder = Path(store.prefix) if isinstance(store, LocalStore) and store.prefix else None
        self._owner = owner
        self._numbers = itertools.count(1)
        self._durable: set[Path] = set()

    @classmethod
    def open(cls, url: str, owner: str) -> Self:
        """The store at `url`; a folder is made. Raises `OutputError`, `SettingError`."""
        folder = unquote(urlsplit(url).path) if url.startswith("file:") else None
        try:
            return cls(LocalStore(folder, mkdir=True) if folder else from_url(url), owner)
        except (BaseError, OSError, ValueError) as error:
            if folder:
                raise _fault(error, folder) from error
            raise SettingError(
                # Such a URL may hold a key, and so may the reason: neither is shown.
                f"The storage URL of the kind {urlsplit(url).scheme or 'none'} cannot be used.",
                hint="It should look like file:///FOLDER or s3://BUCKET/PREFIX.",
            ) from error

    async def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, over what was there."""
        if self._folder is None:
            await self._send(key, data)
            return
        incoming = f"{INCOMING}/{self._owner}.{next(self._numbers)}"
        crashpoint("blob.before_write")
        await self._send(incoming, data)
        crashpoint("blob.written")
        with telling_of_disk(self._folder):
            await asyncio.to_thread(self._publish, self._folder, incoming, key)
        crashpoint("blob.published")

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file at `path` under `key`, over what was there; it is read piece by piece, and stays."""
        if self._folder is None:
            await self._send(key, path)
            return
        incoming = f"{INCOMING}/{self._owner}.{next(self._numbers)}"
        crashpoint("blob.before_write")
        with telling_of_disk(self._folder):
            await asyncio.to_thread(_copy, path, self._folder / incoming)
            crashpoint("blob.written")
            await asyncio.to_thread(self._publish, self._folder, incoming, key)
        crashpoint("blob.published")

    def path(self, key: str) -> Path | None:
        """The file that holds `key`, where blobs lie in a folder: it is never changed, only replaced or removed."""
        return self._folder / key if self._folder else None

    async def size(self, key: str) -> int | None:
        """How many bytes are under `key`, if there is something."""
        try:
            return (await self._store.head_async(key))["size"]
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise _fault(error, key) from error

    async def read_range(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`, piece by piece. Raises `NotFoundError`."""
        for begin in range(start, end, PIECE):
            try:
                piece = await self._store.get_range_async(key, start=begin, end=min(begin + PIECE, end))
            except (NotFoundError, FileNotFoundError) as error:
                raise Missing(f"{key} is gone.") from error
            except (BaseError, OSError) as error:
                raise _fault(error, key) from error
            yield bytes(piece)

    async def get(self, key: str) -> bytes | None:
        """The bytes under `key`, if there are any."""
        try:
            answer = await self._store.get_async(key)
            return bytes(await answer.bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise _fault(error, key) from error

    async def delete(self, key: str) -> None:
        """Remove `key`; it is no fault when it is not there."""
        try:
            await self._store.delete_async(key)
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as error:
            raise _fault(error, key) from error

    async def exists(self, key: str) -> bool:
        """Whether there is something under `key`."""
        try:
            await self._store.head_async(key)
        except (NotFoundError, FileNotFoundError):
            return False
        except (BaseError, OSError) as error:
            raise _fault(error, key) from error
        return True

    async def older_than(self, moment: datetime) -> AsyncIterator[tuple[str, int]]:
        """Key and size in bytes of each blob that was last written before `moment`."""
        try:
            async for page in self._store.list():
                for entry in page:
                    if entry["last_modified"] < moment and not entry["path"].startswith(f"{INCOMING}/"):
                        yield entry["path"], entry["size"]
        except (BaseError, OSError) as error:
            raise _fault(error, self._folder or "the storage") from error

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Remove the unfinished files of processes that are not `alive`. Raises `OSError`."""
        if self._folder is None:
            return
        for path in (self._folder / INCOMING).glob("*"):
            if not alive(path.name.partition(".")[0]):
                path.unlink(missing_ok=True)

    async def _send(self, key: str, data: bytes | Path) -> None:
        try:
            await self._store.put_async(key, data)
        except (BaseError, OSError) as error:
            raise _fault(error, self._folder or key) from error

    def _publish(self, folder: Path, incoming: str, key: str) -> None:
        source, target = folder / incoming, folder / key
        try:
            _sync(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            crashpoint("blob.before_rename")
            source.replace(target)
        except OSError:
            with suppress(OSError):
                source.unlink(missing_ok=True)
            raise
        _sync(target.parent)
        # The entries of the folders above must be on the disk too; once in a process's life is enough.
        for parent in target.parents:
            if parent in self._durable or not parent.is_relative_to(folder):
                break
            _sync(parent.parent)
            self._durable.add(parent)


def _copy(source: Path, target: Path) -> None:
    """Copy a file's bytes; nothing is left of them when that fails. Raises `OSError`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
    except OSError:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fault(error: Exception, place: str | Path) -> OutputError:
    reason = _reason(error)
    if "No space left" in reason or "Disk quota" in reason:
        return OutputError(f"The disk that holds {place} is full.", hint=FULL_HINT)
    return OutputError(f"{place} cannot be used: {reason}.", hint=PLACE_HINT)


def _reason(error: Exception) -> str:
    """obstore's message without the Rust structure that it prints after it."""
    return str(error).partition("\n")[0].strip().rstrip(".")
