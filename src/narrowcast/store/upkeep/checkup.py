"""Whether a store is whole: what `narrowcast doctor` looks at."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from narrowcast.store.database import Database
from narrowcast.store.tables import READY, result, revision
from narrowcast.store.upkeep.named_blobs import named_blobs

CHUNK = 1 << 20


@dataclass(frozen=True)
class Checkup:
    """What was found. `verdict` is the database's own, `ok` when it is sound; `damaged` is looked for when asked."""

    verdict: str
    database_bytes: int
    blobs: int
    blob_bytes: int
    missing: Sequence[str] = field(default=())
    damaged: Sequence[str] = field(default=())


async def check_up(database: Database, folder: Path, *, deep: bool = False) -> Checkup:
    """Look at the database and at every blob that it names below `folder`; `deep`: read each and compare its hash."""
    async with database.snapshot() as connection:
        verdict = await database.kind.soundness(connection)
        size = await database.kind.size(connection)
        keys = {key async for key in named_blobs(connection)}
        hashes: dict[str, str] = {}
        if deep:
            ready = select(result.c.blob_key, result.c.sha256).where(result.c.status == READY)
            for query in (ready, select(revision.c.audio_key, revision.c.sha256)):
                hashes |= dict((await connection.execute(query)).all())
    sizes = await asyncio.to_thread(_sizes, folder, keys)
    damaged = await asyncio.to_thread(_damaged, folder, {key: hashes[key] for key in sizes if key in hashes})
    return Checkup(
        verdict=verdict,
        database_bytes=size,
        blobs=len(sizes),
        blob_bytes=sum(sizes.values()),
        missing=sorted(keys - sizes.keys()),
        damaged=damaged,
    )


def _sizes(folder: Path, keys: set[str]) -> dict[str, int]:
    return {key: (folder / key).stat().st_size for key in keys if (folder / key).is_file()}


def _damaged(folder: Path, hashes: dict[str, str]) -> list[str]:
    found = []
    for key, expected in sorted(hashes.items()):
        digest = hashlib.sha256()
        with (folder / key).open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != expected:
            found.append(key)
    return found
