"""Bytes by key, in a folder or a bucket: whole and lasting once `put` returns, or not there."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Self

from obstore.exceptions import BaseError, NotFoundError

from narrowcast.errors import NotFoundError as Missing
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.files.besides import BESIDES, PROBES
from narrowcast.store.files.folder_writes import FolderWrites
from narrowcast.store.files.storage_faults import is_absent_bucket, storage_fault
from narrowcast.store.files.storage_place import StoragePlace, storage_place
from narrowcast.store.files.storages import Storage, open_storage

PIECE = 1 << 20
"""Bytes that are read at once."""
PART, PARTS_AT_ONCE = 8 << 20, 3
"""Of a large upload: at most 24 MB of it are in memory."""
AT_ONCE = 1000
"""Keys that are deleted with one request, where the storage can."""
REACHED_FOR_S = 60.0
"""For how long a bucket that was there counts as there."""
PATIENCE_S = 10.0
"""How long a storage may take to answer when it is opened."""
MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".jpg": "image/jpeg",
    ".json": "application/json",
}
"""What a bucket says of an object where its address does not say otherwise."""


@dataclass(frozen=True)
class Entry:
    """One blob as it lies there; `written_at` by the storage's own clock."""

    key: str
    size: int
    written_at: datetime


class Blobs:
    """All that is kept, but for rows. `owner` marks this process's unfinished files.

    Every method raises `OutputError` when the place cannot be used.
    """

    def __init__(self, place: StoragePlace, storage: Storage, owner: str) -> None:
        self.place = place
        self._storage = storage
        self._store = storage.store
        self._reached: float | None = None
        self._writes = FolderWrites(place.folder, owner) if place.folder else None

    @classmethod
    def open(cls, where: StoragePlace | str, owner: str) -> Self:
        """The blobs at `where`; a folder is made. May wait a few seconds for a machine's keys: not for an event loop.

        Raises `OutputError`, `SettingError`.
        """
        place = storage_place(where) if isinstance(where, str) else where
        return cls(place, open_storage(place), owner)

    async def reach(self) -> None:
        """Ask a bucket whether it is there, within ten seconds. Raises `OutputError`."""
        if self._writes:
            return
        with self._telling():
            async with asyncio.timeout(PATIENCE_S):
                async for _page in self._store.list(f"{PROBES}/", chunk_size=1):
                    break
        self._reached = time.monotonic()

    async def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, over what was there."""
        await self._put(key, data)

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file at `path` under `key`, over what was there; it is read piece by piece, and stays."""
        await self._put(key, path)

    async def put_pieces(self, key: str, pieces: AsyncIterator[bytes]) -> None:
        """Store what comes, of any length, under `key` of a bucket."""
        with self._telling():
            await self._store.put_async(
                key, pieces, attributes=_attributes(key), chunk_size=PART, max_concurrency=PARTS_AT_ONCE
            )

    def path(self, key: str) -> Path | None:
        """The file that holds `key`, where blobs lie in a folder: it is never changed, only replaced or removed."""
        return self._writes.folder / key if self._writes else None

    async def size(self, key: str) -> int | None:
        """How many bytes are under `key`, if there is something."""
        with self._telling():
            try:
                return (await self._store.head_async(key))["size"]
            except (NotFoundError, FileNotFoundError):
                # The answer to HEAD has no body that would say whether it is the object or the bucket.
                if self._reached is None or time.monotonic() - self._reached > REACHED_FOR_S:
                    await self.reach()
                return None

    async def exists(self, key: str) -> bool:
        """Whether there is something under `key`."""
        return await self.size(key) is not None

    async def written_at(self, key: str) -> datetime | None:
        """When what is under `key` was written last, by the storage's own clock, if there is something."""
        with self._telling():
            try:
                return (await self._store.head_async(key))["last_modified"]
            except (NotFoundError, FileNotFoundError) as error:
                self._refuse_absent_bucket(error)
                return None

    async def read_range(self, key: str, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to, not including, `end`, piece by piece. Raises `NotFoundError`."""
        for begin in range(start, end, PIECE):
            with self._telling():
                try:
                    piece = await self._store.get_range_async(key, start=begin, end=min(begin + PIECE, end))
                except (NotFoundError, FileNotFoundError) as error:
                    self._refuse_absent_bucket(error)
                    raise Missing(f"{key} is gone.") from error
            yield bytes(piece)

    async def get(self, key: str) -> bytes | None:
        """The bytes under `key`, if there are any."""
        with self._telling():
            try:
                answer = await self._store.get_async(key)
                return bytes(await answer.bytes_async())
            except (NotFoundError, FileNotFoundError) as error:
                self._refuse_absent_bucket(error)
                return None

    async def sha256(self, key: str) -> str | None:
        """The digest of what is under `key`, in hexadecimal, if there is something."""
        path = self.path(key)
        if path:
            with telling_of_disk(path):
                return await asyncio.to_thread(_sha256, path)
        size = await self.size(key)
        if size is None:
            return None
        digest = hashlib.sha256()
        try:
            async with aclosing(self.read_range(key, 0, size)) as pieces:
                async for piece in pieces:
                    digest.update(piece)
        except Missing:
            return None
        return digest.hexdigest()

    async def delete(self, key: str) -> None:
        """Remove `key`; it is no fault when it is not there."""
        with self._telling():
            try:
                await self._store.delete_async(key)
            except (NotFoundError, FileNotFoundError) as error:
                self._refuse_absent_bucket(error)

    async def delete_all(self, keys: Sequence[str]) -> None:
        """Remove many; it is no fault when some are not there."""
        for start in range(0, len(keys), AT_ONCE):
            some = list(keys[start : start + AT_ONCE])
            with self._telling():
                try:
                    await self._store.delete_async(some)
                except (NotFoundError, FileNotFoundError) as error:
                    self._refuse_absent_bucket(error)
                    # Storages that delete one by one stop at what is not there.
                    for key in some:
                        await self.delete(key)

    async def entries(self) -> AsyncGenerator[Entry]:
        """All blobs that are there, in no order; not the mark."""
        with self._telling():
            async for page in self._store.list():
                for entry in page:
                    if not entry["path"].startswith(BESIDES):
                        yield Entry(entry["path"], entry["size"], entry["last_modified"])

    async def older_than(self, moment: datetime) -> AsyncGenerator[tuple[str, int]]:
        """Key and size in bytes of each blob that was last written before `moment` of the storage's clock."""
        async with aclosing(self.entries()) as entries:
            async for entry in entries:
                if entry.written_at < moment:
                    yield entry.key, entry.size

    async def now(self) -> datetime:
        """The time by the storage's own clock, which `older_than` goes by: something is written there and removed."""
        if self._writes:
            return datetime.now(UTC)
        key = f"{PROBES}/{uuid.uuid4()}"
        with self._telling():
            await self._store.put_async(key, b"")
            try:
                return (await self._store.head_async(key))["last_modified"]
            finally:
                await self._store.delete_async(key)

    @property
    def links_begin_with(self) -> str | None:
        """What the addresses begin with that `link` gives; none where it gives none."""
        return self._storage.links.base if self._storage.links else None

    async def link(self, key: str, seconds: int, headers: Mapping[str, str]) -> str | None:
        """An address that opens `key` to whoever has it, for `seconds` at most; none where there is no such thing.

        `headers` (`Content-Type`, `Content-Disposition`) is what an S3 store answers with; others say what they know.
        """
        if self._storage.links is None:
            return None
        query = {f"response-{name.lower()}": value for name, value in headers.items()}
        return await self._storage.links.sign(key, seconds, query)

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Remove the unfinished files of processes that are not `alive`. Raises `OSError`."""
        if self._writes:
            self._writes.sweep(alive)

    async def _put(self, key: str, data: bytes | Path) -> None:
        if self._writes:
            with telling_of_disk(self._writes.folder):
                await asyncio.to_thread(self._writes.write, key, data)
            return
        crashpoint("blob.before_write")
        with self._telling():
            await self._store.put_async(
                key, data, attributes=_attributes(key), chunk_size=PART, max_concurrency=PARTS_AT_ONCE
            )
        crashpoint("blob.published")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, TimeoutError) as error:
            raise storage_fault(error, self.place) from error

    def _refuse_absent_bucket(self, error: Exception) -> None:
        """A bucket that is gone is not the same as an object that is: what was paid for would count as lost."""
        if is_absent_bucket(error):
            raise storage_fault(error, self.place) from error


def _attributes(key: str) -> dict[str, str]:
    return {"Content-Type": MEDIA_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")}


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
