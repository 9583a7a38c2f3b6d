"""Bringing a backup back into any kind of database and storage: checked whole first, and only then put in place.

The database comes last: until then, whatever ends the restoring, doing it again goes on with it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, select, text, update

from narrowcast.errors import InputError, OutputError, one_fault
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import Database, open_database
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.files.besides import MARK
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.places import DATABASE, Places, sqlite_url
from narrowcast.store.tables import READY, episode, installation, result, revision
from narrowcast.store.upkeep.at_work import refuse_in_use, refuse_used
from narrowcast.store.upkeep.backup import SMALL, Contents
from narrowcast.store.upkeep.backup_file import Unpacked, blob_key, opened, unpack
from narrowcast.store.upkeep.copying import Tell, copy_rows
from narrowcast.store.upkeep.in_place import put_besides, put_in_place
from narrowcast.store.upkeep.mark import FACT
from narrowcast.store.upkeep.named_blobs import named_blobs
from narrowcast.store.upkeep.opened import FOLDER, all_in_home, in_use, open_blobs, scratch

AT_ONCE = 4
"""Blobs that are stored at once."""


@dataclass(frozen=True)
class Restored:
    """`damaged`: files whose hash is not what the database says; `notes`: what is to be known besides."""

    contents: Contents
    damaged: int = 0
    notes: list[str] = field(default_factory=list)


async def restore(
    backup: Path,
    home: Path,
    tell: Tell = lambda _done, _all: None,
    places: Places | None = None,
    *,
    replace: bool = False,
) -> Restored:
    """Make the home, its database and its storage what they were when `backup` was made.

    What was in the home folder before moves to a folder `before-…` in it. A database or a storage elsewhere must be
    empty, or `replace` be asked for. A broken backup changes nothing. Raises `InputError` (no backup of ours, damaged,
    or newer than this version), `OutputError` (in use, not empty, the disk full).
    """
    places = places or Places()
    with telling_of_disk(home):
        await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
        with scratch(home, "restore") as (folder, me):
            if in_use(home, me):
                raise OutputError(
                    f"{home} is in use.", hint="End narrowcast serve and all else that uses it, then try again."
                )
            fresh = folder / "home"
            if all_in_home(home, places):
                unpacked = await asyncio.to_thread(unpack, backup, fresh, tell, blobs=True)
                hashes = await _check(fresh, unpacked)
                damaged = await asyncio.to_thread(_damaged, fresh / FOLDER, hashes)
                return Restored(unpacked.contents, damaged, await asyncio.to_thread(put_in_place, fresh, home))
            blobs = await asyncio.to_thread(open_blobs, home, places, me.token)
            return await _restore_apart(backup, home, fresh, blobs, places.database, tell, replace=replace)


async def _restore_apart(
    backup: Path, home: Path, fresh: Path, blobs: Blobs, url: str | None, tell: Tell, *, replace: bool
) -> Restored:
    """The same where the database or the blobs are not in the home folder."""
    unpacked = await asyncio.to_thread(unpack, backup, fresh, tell, blobs=False)
    hashes = await _check(fresh, unpacked)
    async with AsyncExitStack() as stack:
        database = await open_database(url) if url else None
        if database:
            stack.push_async_callback(database.aclose)
            await refuse_in_use(database)
            if not replace:
                async with database.read() as connection:
                    await refuse_used(connection, database)
        if not replace:
            await _refuse_strange(blobs, unpacked.sizes.keys())
        damaged = await _store(backup, blobs, hashes, fresh.parent, tell, anew=replace)
        await blobs.delete(MARK)
        crashpoint("restore.blobs_stored")
        if not database:
            notes = await asyncio.to_thread(put_in_place, fresh, home, blobs.path(""))
            return Restored(unpacked.contents, damaged, notes)
        # Before the database: without the secret, sealed keys in it could not be read.
        notes = await asyncio.to_thread(put_besides, fresh, home)
        crashpoint("restore.besides_in_place")
        await _put_rows(fresh / DATABASE, database, replace=replace)
    return Restored(unpacked.contents, damaged, notes)


async def _put_rows(file: Path, database: Database, *, replace: bool) -> None:
    source = await open_database(sqlite_url(file))
    try:
        await refuse_in_use(database)
        async with source.snapshot() as there, database.write() as here:
            if not replace:
                await refuse_used(here, database)
            await copy_rows(there, here)
            crashpoint("restore.before_commit")
    finally:
        await source.aclose()


async def _refuse_strange(blobs: Blobs, ours: Collection[str]) -> None:
    """Raises `OutputError` where the storage holds what this backup does not: it is another installation's."""
    async with aclosing(blobs.entries()) as entries:
        async for entry in entries:
            if entry.key not in ours:
                raise OutputError(
                    f"The storage {blobs.place} is not empty: it holds {entry.key}, which is not of this backup.",
                    hint="Choose an empty prefix or folder; or add --replace, to write over what is there.",
                )


async def _store(
    backup: Path, blobs: Blobs, hashes: dict[str, str | None], folder: Path, tell: Tell, *, anew: bool
) -> int:
    """Store the blobs that the database names; those that are there in full size already only `anew`.

    How many differ from their hash.
    """
    room = asyncio.Semaphore(AT_ONCE)
    damaged: list[str] = []
    done = 0

    async def put(key: str, data: bytes | Path) -> None:
        nonlocal done
        try:
            if (known := hashes[key]) and await asyncio.to_thread(_digest, data) != known:
                damaged.append(key)
            if isinstance(data, Path):
                await blobs.put_file(key, data)
                await asyncio.to_thread(data.unlink)
            else:
                await blobs.put(key, data)
            crashpoint("restore.blob_stored")
            done += 1
            tell(done, len(hashes))
        finally:
            room.release()

    with opened(backup) as tar, one_fault():
        async with asyncio.TaskGroup() as tasks:
            for number, entry in enumerate(tar):
                key = blob_key(entry, backup)
                if key not in hashes or (not anew and await blobs.size(key) == entry.size):
                    continue
                await room.acquire()
                if entry.size > SMALL:
                    path = folder / f"large.{number}"
                    entry.name = path.name
                    await asyncio.to_thread(tar.extract, entry, folder, filter="data")
                    tasks.create_task(put(key, path))
                else:
                    file = tar.extractfile(entry)
                    tasks.create_task(put(key, await asyncio.to_thread(file.read) if file else b""))
    return len(damaged)


async def _check(fresh: Path, unpacked: Unpacked) -> dict[str, str | None]:
    """That the database is sound and each of its blobs there; bring it to this version.

    Its blobs, with the hashes of those whose hash is known.
    """
    try:
        database = await open_database(sqlite_url(fresh / DATABASE))
    except OutputError as fault:
        raise _not_whole("its database is damaged") from fault
    try:
        async with database.snapshot() as connection:
            if await connection.scalar(text("pragma quick_check")) != "ok":
                raise _not_whole("its database is damaged")
            named = {key async for key in named_blobs(connection)}
            hashes: dict[str, str | None] = dict.fromkeys(named & unpacked.sizes.keys())
            ready = select(result.c.blob_key, result.c.sha256).where(result.c.status == READY)
            for query in (ready, select(revision.c.audio_key, revision.c.sha256)):
                hashes |= {key: known for key, known in await connection.execute(query) if key in hashes}
        if (missing := len(named) - len(hashes)) > unpacked.contents.missing:
            raise _not_whole(f"{missing} of its files are missing")
        async with database.write() as connection:
            # Whoever was making one then cannot go on with it; jobs of the queue are taken up again.
            orphans = update(episode).where(episode.c.status == "generating", episode.c.owner_id.is_(None))
            await connection.execute(orphans.values(status="failed", maker=None))
            # It is a storage of its own from here on: its first start marks it.
            await connection.execute(delete(installation).where(installation.c.name == FACT))
    finally:
        await database.aclose()
    return hashes


def _damaged(folder: Path, hashes: dict[str, str | None]) -> int:
    return sum(known is not None and _digest(folder / key) != known for key, known in hashes.items())


def _digest(data: bytes | Path) -> str:
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _not_whole(why: str) -> InputError:
    return InputError(f"The backup is not whole: {why}.", hint="Nothing was changed. Take another one.")
