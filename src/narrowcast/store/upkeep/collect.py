"""Collecting what nobody needs: results that are not used any more, and blobs that no row names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
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
LOOKED_AT_ONCE = 50
"""Blobs whose age is looked at once more, right before they go."""


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
    by_storage = (now or await blobs.now()) - GRACE
    now = now or database.now()
    gone = await _old_results(database, now - max(unused, GRACE), dry=dry) if unused is not None else set()
    old = {key: size async for key, size in blobs.older_than(by_storage)}
    removed: list[str] = []
    if dry:
        # Nothing was removed: the rows that would be still name theirs.
        removed += [key for key in old if key in gone]
    async for some in _unnamed(database, list(old)):
        removed += some if dry else await _delete(blobs, some, by_storage)
    return Collected(results=len(gone), blobs=len(removed), bytes=sum(old[key] for key in removed))


async def _unnamed(database: Database, keys: Sequence[str]) -> AsyncIterator[list[str]]:
    """Those of `keys` that no row names, in batches: asked before each, for deleting takes its time."""
    left = dict.fromkeys(keys)
    while left:
        async with database.snapshot() as connection:
            async for key in named_blobs(connection):
                left.pop(key, None)
        some = list(left)[:AT_ONCE]
        for key in some:
            del left[key]
        yield some


async def _delete(blobs: Blobs, keys: Sequence[str], before: datetime) -> list[str]:
    """Delete those that are still as old; which they were.

    Some names are made of what is in them: the same content may be put there again, for a row that is to come.
    """
    removed: list[str] = []
    for start in range(0, len(keys), LOOKED_AT_ONCE):
        some = keys[start : start + LOOKED_AT_ONCE]
        written = await asyncio.gather(*(blobs.written_at(key) for key in some))
        still = [key for key, at in zip(some, written, strict=True) if at and at < before]
        await blobs.delete_all(still)
        removed += still
    return removed


async def _old_results(database: Database, before: datetime, *, dry: bool) -> set[str]:
    """Remove the rows of old results; the keys of their blobs."""
    async with database.read() as connection:
        named = {key for (clips,) in await connection.execute(select(revision.c.clips)) for key in clips}
        last = func.coalesce(result.c.used_at, result.c.finished_at)
        query = select(result.c.key, result.c.blob_key).where(result.c.status == READY, last < before)
        old = {key: str(blob) for key, blob in (await connection.execute(query)) if key not in named}
    if dry:
        return set(old.values())
    keys = tuple(old)
    removed: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        removed |= await _remove(database, keys[start : start + AT_ONCE], before)
    return removed


async def _remove(database: Database, keys: Collection[str], before: datetime) -> set[str]:
    """Those that were used meanwhile stay."""
    last = func.coalesce(result.c.used_at, result.c.finished_at)
    old = delete(result).where(result.c.key.in_(keys), result.c.status == READY, last < before)
    async with database.write() as connection:
        return {str(key) for (key,) in await connection.execute(old.returning(result.c.blob_key))}
