"""Whether a store is whole: what `narrowcast doctor` looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from narrowcast.store.database import Database
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.tables import READY, result, revision
from narrowcast.store.upkeep.named_blobs import named_blobs


@dataclass(frozen=True)
class Checkup:
    """What was found. `verdict` is the database's own, `ok` when it is sound; `damaged` is looked for when asked."""

    verdict: str
    database_bytes: int
    blobs: int
    blob_bytes: int
    missing: Sequence[str] = field(default=())
    damaged: Sequence[str] = field(default=())


async def check_up(database: Database, blobs: Blobs, *, deep: bool = False) -> Checkup:
    """Look at the database and at every blob that it names; `deep`: read each and compare its hash."""
    async with database.snapshot() as connection:
        verdict = await database.kind.soundness(connection)
        size = await database.kind.size(connection)
        keys = {key async for key in named_blobs(connection)}
        hashes: dict[str, str] = {}
        if deep:
            ready = select(result.c.blob_key, result.c.sha256).where(result.c.status == READY)
            for query in (ready, select(revision.c.audio_key, revision.c.sha256)):
                hashes |= dict((await connection.execute(query)).all())
    sizes = {entry.key: entry.size async for entry in blobs.entries() if entry.key in keys}
    damaged = [key for key in sorted(sizes) if key in hashes and await blobs.sha256(key) != hashes[key]]
    return Checkup(
        verdict=verdict,
        database_bytes=size,
        blobs=len(sizes),
        blob_bytes=sum(sizes.values()),
        missing=sorted(keys - sizes.keys()),
        damaged=damaged,
    )
