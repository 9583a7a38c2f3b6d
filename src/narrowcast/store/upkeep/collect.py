"""Collecting what nobody needs: results that are not used any more, and blobs that no row names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from narrowcast.store.database import Database
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.tables import READY, result, revision
from narrowcast.store.upkeep.named_blobs import named_blobs

GRACE = timedelta(hours=24)
"""A blob is written before the row that names it: younger ones may still get theirs."""
AT_ONCE = 500


@dataclass(frozen=True)
class Collected:
    """What was removed, or would be."""

    results: int = 0
    blobs: int = 0
    bytes: int = 0


async def collect(
    database: Database, blobs: Blobs, *, unused: timedelta | None = None, dry: bool = False, now: datetime | None = None
) -> Collected:
    """Remove the blobs that no row names, and with `unused` the results that nobody used for so long.

    Results that an episode was mixed from stay as long as the episode, and so does what was used within a day: a job
    that lives may name it. `dry`: count only. Raises `OutputError`.
    """
    by_storage = now or await blobs.now()
    now = now or database.now()
    gone = await _old_results(database, now - max(unused, GRACE), dry=dry) if unused is not None else set()
    old = {key: size async for key, size in blobs.older_than(by_storage - GRACE)}
    async with database.snapshot() as connection:
        # Asked after the listing: what was named meanwhile is left out.
        async for key in named_blobs(connection):
            if key not in gone:
                old.pop(key, None)
    if not dry:
        await blobs.delete_all(list(old))
    return Collected(results=len(gone), blobs=len(old), bytes=sum(old.values()))


async def _old_results(database: Database, before: datetime, *, dry: bool) -> set[str]:
    """Remove the rows of old results; the keys of their blobs."""
    async with database.read() as connection:
        named = {key for (clips,) in await connection.execute(select(revision.c.clips)) for key in clips}
        last = func.coalesce(result.c.used_at, result.c.finished_at)
        query = select(result.c.key, result.c.blob_key).where(result.c.status == READY, last < before)
        old = {key: blob for key, blob in (await connection.execute(query)) if key not in named}
    if not dry:
        keys = tuple(old)
        for start in range(0, len(keys), AT_ONCE):
            await _remove(database, keys[start : start + AT_ONCE], before)
    return {str(blob) for blob in old.values()}


async def _remove(database: Database, keys: Collection[str], before: datetime) -> None:
    last = func.coalesce(result.c.used_at, result.c.finished_at)
    async with database.write() as connection:
        await connection.execute(delete(result).where(result.c.key.in_(keys), result.c.status == READY, last < before))
