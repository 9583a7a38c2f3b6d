"""Never paying twice: results by the hash of what was asked, each worked on by one holder at a time.

Laws: a ready row always has its blob, which is on the disk before the row is; what `save_partial` or `finish`
returned from survives any crash; a holder that died blocks nobody; of two answers the first one stands.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from narrowcast.errors import NarrowcastError
from narrowcast.store.database import Database
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.presence import Presence
from narrowcast.store.results import rows
from narrowcast.store.results.rows import Move, ResultRow
from narrowcast.store.tables import READY
from narrowcast.store.uninterrupted import uninterrupted

LEASE_S = 60.0
POLL_S = 0.1
USE_NOTED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Stored:
    """A finished result: its bytes, and what its maker noted of it."""

    key: str
    kind: str
    data: bytes
    meta: Mapping[str, Any]


class Reservation:
    """The right to work on one result. Either `stored` is there already, or this holder is the only one.

    `partial` is what an interrupted earlier holder saved.
    """

    def __init__(self, results: Results, key: str, kind: str, epoch: int, partial: bytes | None) -> None:
        self.key = key
        self.kind = kind
        self.epoch = epoch
        self.partial = partial
        self.stored: Stored | None = None
        self._results = results

    async def save_partial(self, data: bytes) -> None:
        """Keep `data`, over an earlier partial, for whoever goes on after an interruption; on the disk on return.

        A holder that lost its lease, or has finished, saves nothing.
        """
        await self._results.keep_partial(self, data)

    async def finish(self, data: bytes, meta: Mapping[str, Any], *, suffix: str) -> Stored:
        """Make the result ready and return it; `suffix` (`.flac`) ends its file's name, `meta` is plain JSON.

        When another holder was first, after this one had lost its lease, that one's is returned. Runs to its end
        even when cancelled: what was paid for is kept. Raises `OutputError`.
        """
        self.stored = await self._results.publish(self, data, meta, suffix)
        return self.stored


class Results:
    """The paid results of one store. Every method raises `OutputError` when the disk or database fails.

    `lease_s` is how long a holder that stopped moving is waited for.
    """

    def __init__(
        self, database: Database, blobs: Blobs, presence: Presence, *, lease_s: float = LEASE_S, poll_s: float = POLL_S
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._presence = presence
        self._lease = timedelta(seconds=lease_s)
        self._poll_s = poll_s
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._held: dict[str, int] = {}
        self._heart: asyncio.Task[None] | None = None

    async def get(self, key: str) -> Stored | None:
        """The result, if it is ready. One whose bytes are missing or damaged counts as never made."""
        row = await rows.find(self._database, key)
        return await self._load(row) if row and row.status == READY else None

    async def many_ready(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` that are ready; their bytes are not looked at."""
        return await rows.ready_among(self._database, keys)

    async def noted(self, kind: str, name: str, value: str) -> dict[str, Mapping[str, Any]]:
        """What is noted of the ready results of a kind whose meta holds `value` under `name`, by key, oldest first."""
        return await rows.noted(self._database, kind, name, value)

    @asynccontextmanager
    async def reserve(self, key: str, kind: str) -> AsyncIterator[Reservation]:
        """Wait until nobody else works on `key`, then hold it.

        Leaving the block without `finish` keeps the partial and lets the next one in at once.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            try:
                yield await self._claim(key, kind)
            except BaseException:
                # What went wrong in the block is what the caller should hear of.
                with suppress(NarrowcastError):
                    await self._release(key)
                raise
            await self._release(key)

    async def aclose(self) -> None:
        """Stop renewing leases; may be called twice."""
        if self._heart:
            self._heart.cancel()
            with suppress(asyncio.CancelledError):
                await self._heart
            self._heart = None

    async def keep_partial(self, reservation: Reservation, data: bytes) -> None:
        """See `Reservation.save_partial`."""
        await uninterrupted(rows.keep_partial(self._database, reservation.key, reservation.epoch, data))

    async def publish(self, reservation: Reservation, data: bytes, meta: Mapping[str, Any], suffix: str) -> Stored:
        """See `Reservation.finish`."""
        return await uninterrupted(self._publish(reservation.key, reservation.kind, data, meta, suffix))

    async def _claim(self, key: str, kind: str) -> Reservation:
        while True:
            row = await rows.find(self._database, key)
            now = self._database.now()
            match rows.next_move(row, me=self._presence.token, now=now, alive=self._presence.alive):
                case Move.LOAD if row:
                    if stored := await self._load(row):
                        await self._note_use(row, now)
                        reservation = Reservation(self, key, kind, row.epoch, None)
                        reservation.stored = stored
                        return reservation
                case Move.CLAIM:
                    if epoch := await uninterrupted(self._take(row, key, kind, now)):
                        return Reservation(self, key, kind, epoch, row.partial if row else None)
                case _:
                    await asyncio.sleep(self._poll_s)

    async def _note_use(self, row: ResultRow, now: datetime) -> None:
        """Once a day: what is in use is never collected, and most uses cost no write."""
        last = row.used_at or row.finished_at
        if last is None or now - last > USE_NOTED_EVERY:
            await rows.use(self._database, row.key, now)

    async def _take(self, seen: ResultRow | None, key: str, kind: str, now: datetime) -> int | None:
        until = now + self._lease
        epoch = await rows.claim(
            self._database, seen, key=key, kind=kind, me=self._presence.token, now=now, until=until
        )
        if epoch:
            self._held[key] = epoch
            if self._heart is None:
                self._heart = asyncio.create_task(self._beat())
        return epoch

    async def _release(self, key: str) -> None:
        if epoch := self._held.pop(key, None):
            await uninterrupted(rows.release(self._database, key, epoch))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 4)
            if self._held:
                until = self._database.now() + self._lease
                # A beat that fails is made good by the next one; if none succeeds, the lease runs out as it should.
                with suppress(NarrowcastError):
                    await rows.renew(self._database, list(self._held), me=self._presence.token, until=until)

    async def _publish(self, key: str, kind: str, data: bytes, meta: Mapping[str, Any], suffix: str) -> Stored:
        digest = hashlib.sha256(data).hexdigest()
        # Two answers to one question get two names, so that a late one never lies where the row expects the first.
        blob_key = f"{kind}s/{key[:2]}/{key}-{digest[:12]}{suffix}"
        await self._blobs.put(blob_key, data)
        published = await rows.publish(
            self._database,
            key,
            blob_key=blob_key,
            sha256=digest,
            size_bytes=len(data),
            meta=meta,
            now=self._database.now(),
        )
        self._held.pop(key, None)
        if published:
            return Stored(key, kind, data, meta)
        row = await rows.find(self._database, key)
        if row and row.status == READY and (stored := await self._load(row)):
            if row.blob_key != blob_key:
                await self._blobs.delete(blob_key)
            return stored
        return await self._publish(key, kind, data, meta, suffix)

    async def _load(self, row: ResultRow) -> Stored | None:
        data = await self._blobs.get(str(row.blob_key))
        if data is not None and len(data) == row.size_bytes and hashlib.sha256(data).hexdigest() == row.sha256:
            return Stored(row.key, row.kind, data, row.meta or {})
        if await rows.withdraw(self._database, row) and data is not None:
            await self._blobs.delete(str(row.blob_key))
        return None
