"""Copying all blobs from one storage to another: stopped at any time, and begun again where it was."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass

from narrowcast.errors import InputError, NotFoundError, OutputError
from narrowcast.store.files.besides import MARK
from narrowcast.store.files.blobs import Blobs, Entry
from narrowcast.store.upkeep.apart import probed, refuse_seen

AT_ONCE = 8
SMALL = 8 << 20
"""Bytes up to which a blob is read whole; larger ones pass through in pieces."""


@dataclass(frozen=True)
class Moved:
    """How far it got. `equal` were there already; `gone` were removed at the source meanwhile."""

    blobs: int = 0
    all_bytes: int = 0
    copied: int = 0
    copied_bytes: int = 0
    equal: int = 0
    equal_bytes: int = 0
    gone: int = 0
    seconds: float = 0.0

    @property
    def remaining_s(self) -> float | None:
        """How long it takes from here at the rate so far; unknown while nothing was copied."""
        left = self.all_bytes - self.equal_bytes - self.copied_bytes
        return self.seconds * left / self.copied_bytes if self.copied_bytes else None


Tell = Callable[[Moved], None]


async def move(source: Blobs, target: Blobs, *, deep: bool = False, tell: Tell = lambda _moved: None) -> Moved:
    """Copy every blob that is not in `target` yet, several at once; nothing is removed.

    What is there with the same size counts as equal: a name never stands for other bytes, and writing is whole or not
    at all. `deep` compares the bytes too. What is copied is read back and compared with what was sent. The mark of the
    storage goes last. Raises `InputError` (both are the same, one lies within the other, `target` is another's),
    `OutputError`; what was copied stays, and the same call goes on from there.
    """
    async with probed(source, target) as probe:
        entries = [entry async for entry in source.entries()]
        refuse_seen(probe, entries)
    there = {entry.key: entry.size async for entry in target.entries()}
    mark, other = await source.get(MARK), await target.get(MARK)
    if there and other is not None and mark != other:
        raise InputError(
            f"{target.place} holds the files of another database.", hint="Choose an empty prefix or folder."
        )
    work = _Work(
        source, target, there, deep=deep, tell=tell, blobs=len(entries), all_bytes=sum(e.size for e in entries)
    )
    waiting = iter(entries)
    tasks = [asyncio.create_task(work.through(waiting)) for _ in range(min(AT_ONCE, len(entries)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    # Last: with half of its files it is no storage to start with.
    if mark is not None:
        await target.put(MARK, mark)
    return work.moved


async def remove_moved(source: Blobs, target: Blobs) -> int:
    """Remove from `source` what `target` has with the same bytes: how many. Raises as `move`, before it removes."""
    async with probed(source, target) as probe:
        entries = [entry async for entry in source.entries()]
        refuse_seen(probe, entries)
        there = {entry.key: entry.size async for entry in target.entries()}
        same = [
            entry.key
            for entry in entries
            if there.get(entry.key) == entry.size and await source.sha256(entry.key) == await target.sha256(entry.key)
        ]
        # First: a storage that is being emptied is none to start with.
        if await source.get(MARK) == await target.get(MARK):
            await source.delete(MARK)
        await source.delete_all(same)
    return len(same)


class _Work:
    def __init__(
        self,
        source: Blobs,
        target: Blobs,
        there: dict[str, int],
        *,
        deep: bool,
        tell: Tell,
        blobs: int,
        all_bytes: int,
    ) -> None:
        self._source, self._target, self._there, self._deep, self._tell = source, target, there, deep, tell
        self._began = time.monotonic()
        self._counts = dict.fromkeys(("copied", "copied_bytes", "equal", "equal_bytes", "gone"), 0)
        self._blobs, self._all_bytes = blobs, all_bytes

    @property
    def moved(self) -> Moved:
        return Moved(
            blobs=self._blobs, all_bytes=self._all_bytes, seconds=time.monotonic() - self._began, **self._counts
        )

    async def through(self, waiting: Iterator[Entry]) -> None:
        """Take blobs until there are none."""
        for entry in waiting:
            await self._one(entry)
            self._tell(self.moved)

    async def _one(self, entry: Entry) -> None:
        if self._there.get(entry.key) == entry.size and not (self._deep and await self._differs(entry.key)):
            self._count("equal", entry.size)
            return
        try:
            await copied(self._source, self._target, entry)
        except NotFoundError:
            self._counts["gone"] += 1
            return
        self._count("copied", entry.size)

    async def _differs(self, key: str) -> bool:
        return await self._source.sha256(key) != await self._target.sha256(key)

    def _count(self, what: str, size: int) -> None:
        self._counts[what] += 1
        self._counts[f"{what}_bytes"] += size


async def copied(source: Blobs, target: Blobs, entry: Entry) -> None:
    """Copy one blob, and look whether it arrived. Raises `NotFoundError` (it is gone), `OutputError`."""
    digest = hashlib.sha256()

    async def pieces() -> AsyncGenerator[bytes]:
        async for piece in source.read_range(entry.key, 0, entry.size):
            digest.update(piece)
            yield piece

    if target.path(entry.key) or entry.size <= SMALL:
        data = b"".join([piece async for piece in pieces()])
        await target.put(entry.key, data)
    else:
        await target.put_pieces(entry.key, pieces())
    if await target.sha256(entry.key) != digest.hexdigest():
        await target.delete(entry.key)
        raise OutputError(f"{entry.key} did not arrive as it was sent.", hint="Run the same command again.")
