"""All that is kept as one file: the database as it stood at one moment, as SQLite, and every blob that it names."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tarfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text

from narrowcast.errors import NotFoundError, OutputError
from narrowcast.store.database import Database, open_database
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.places import DATABASE, Places, database_url, sqlite_url
from narrowcast.store.sqlite import Sqlite
from narrowcast.store.tables import SCHEMA, account, episode, source
from narrowcast.store.upkeep.copying import Tell, copy_rows, count
from narrowcast.store.upkeep.named_blobs import named_blobs
from narrowcast.store.upkeep.opened import open_blobs, scratch
from narrowcast.version import __version__

CONTENTS = "contents.json"
CONTENTS_BYTES = 1024
"""Written first, and once more at the end: so much room is kept for it."""
BESIDES = ("secret.key", "narrowcast.toml", "prompts")
"""What a home holds besides that cannot be made again. Downloaded voices can, and indexes too."""
CHUNK = 1 << 20
SMALL = 4 << 20
"""Blobs of a bucket up to this size are fetched ahead into memory, `AHEAD` of them; larger ones over a file."""
AHEAD = 8
HOUSE_S = 600.0
"""How long housekeeping may take until a backup begins."""


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself. `missing`: files that the database names and that were not there."""

    version: str
    schema: str
    made_at: str
    users: int
    episodes: int
    sources: int
    blobs: int
    missing: int = 0


async def back_up(
    home: Path, to: Path, tell: Tell = lambda _done, _all: None, places: Places | None = None
) -> Contents:
    """Write a backup of `home` to the file `to` (a tar, readable by its owner alone), also while it is being used.

    Raises `OutputError` when there is no database, or the file cannot be written; then there is no file.
    """
    places = places or Places()
    if not (places.database or (home / DATABASE).is_file()):
        raise OutputError(f"There is nothing to back up in {home}.", hint="Set NARROWCAST_HOME to the folder in use.")
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    with telling_of_disk(to), scratch(home, "backup") as (folder, me):
        blobs = await asyncio.to_thread(open_blobs, home, places, me.token)
        database = await open_database(database_url(home, places))
        try:
            async with _undisturbed(database):
                contents, keys = await _snapshot(database, folder / DATABASE)
                contents = await _write(home, folder, blobs, contents, keys, part, tell)
            await asyncio.to_thread(part.replace, to)
        finally:
            await database.aclose()
            await asyncio.to_thread(part.unlink, missing_ok=True)
    return contents


@asynccontextmanager
async def _undisturbed(database: Database) -> AsyncIterator[None]:
    """While nobody keeps house: files that nothing names any more, but the snapshot does, stay."""
    deadline = time.monotonic() + HOUSE_S
    while True:
        async with database.alone("housekeeping") as alone:
            if alone:
                yield
                return
        if time.monotonic() > deadline:
            raise OutputError("The house is being kept, or another backup made.", hint="Try again when that is done.")
        await asyncio.sleep(0.5)


async def _snapshot(database: Database, snapshot: Path) -> tuple[Contents, list[str]]:
    """The database as it stands now, in a SQLite file, and the blobs that it names: scripts first."""
    if isinstance(database.kind, Sqlite):
        async with database.read() as connection:
            await connection.execute(text("vacuum into :path"), {"path": str(snapshot)})
        copy = Database.at(sqlite_url(snapshot))
    else:
        copy = await open_database(sqlite_url(snapshot))
    try:
        if not isinstance(database.kind, Sqlite):
            async with database.snapshot() as there, copy.write() as here:
                await copy_rows(there, here)
        async with copy.snapshot() as connection:
            keys = list(dict.fromkeys([key async for key in named_blobs(connection)]))
            users, episodes, sources = [await count(connection, table) for table in (account, episode, source)]
    finally:
        await copy.aclose()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Contents(__version__, SCHEMA, now, users, episodes, sources, len(keys)), keys


async def _write(
    home: Path, folder: Path, blobs: Blobs, contents: Contents, keys: Sequence[str], part: Path, tell: Tell
) -> Contents:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, _tar(file) as tar:
        await asyncio.to_thread(_add_rows, tar, home, folder / DATABASE)
        if blobs.path("any"):
            missing = await asyncio.to_thread(_add_files, tar, blobs.path, keys, tell)
        else:
            missing = await _add_objects(tar, blobs, keys, folder / "large", tell)
        contents = replace(contents, missing=missing)
        await asyncio.to_thread(_finish, tar, file, contents)
    return contents


def _tar(file: BinaryIO) -> tarfile.TarFile:
    """One that holds what links lead to: no backup with links in it can be restored."""
    return tarfile.open(fileobj=file, mode="w", bufsize=CHUNK, dereference=True)


def _add_rows(tar: tarfile.TarFile, home: Path, snapshot: Path) -> None:
    about = _entry(CONTENTS, CONTENTS_BYTES)
    tar.addfile(about, io.BytesIO(b" " * CONTENTS_BYTES))
    tar.add(snapshot, DATABASE, filter=_plain)
    for name in BESIDES:
        _add_beside(tar, home / name, name)


def _add_beside(tar: tarfile.TarFile, path: Path, name: str, above: frozenset[Path] = frozenset()) -> None:
    """Add a file, or a folder with all below it; neither links that lead nowhere or back up, nor what is no file."""
    if path.is_dir() and (folder := path.resolve()) not in above:
        tar.add(path, name, recursive=False, filter=_plain)
        for inner in sorted(path.iterdir()):
            _add_beside(tar, inner, f"{name}/{inner.name}", above | {folder})
    elif path.is_file():
        tar.add(path, name, filter=_plain)


def _finish(tar: tarfile.TarFile, file: BinaryIO, contents: Contents) -> None:
    """Say what is in it, in the room that was kept for that."""
    said = json.dumps(asdict(contents), indent=2).encode().ljust(CONTENTS_BYTES)
    tar.close()
    file.seek(tarfile.BLOCKSIZE)
    file.write(said)
    file.flush()
    os.fsync(file.fileno())


def _add_files(tar: tarfile.TarFile, path: Callable[[str], Path | None], keys: Sequence[str], tell: Tell) -> int:
    """Add the blobs that lie in a folder; how many are not there."""
    missing = 0
    for done, key in enumerate(keys, start=1):
        try:
            tar.add(str(path(key)), f"blobs/{key}", filter=_plain)
        except FileNotFoundError:
            missing += 1
        tell(done, len(keys))
    return missing


async def _add_objects(tar: tarfile.TarFile, blobs: Blobs, keys: Sequence[str], large: Path, tell: Tell) -> int:
    """Add the blobs of a bucket; how many are not there."""
    wanted = set(keys)
    sizes = {entry.key: entry.size async for entry in blobs.entries() if entry.key in wanted}
    there = {key: sizes[key] for key in keys if key in sizes}
    missing = len(keys) - len(there)
    done = missing
    async with aclosing(_fetched(blobs, there, large)) as found:
        async for key, got in found:
            if got is None:
                missing += 1
            elif isinstance(got, bytes):
                await asyncio.to_thread(tar.addfile, _entry(f"blobs/{key}", len(got)), io.BytesIO(got))
            else:
                await asyncio.to_thread(tar.add, got, f"blobs/{key}", filter=_plain)
            done += 1
            tell(done, len(keys))
    return missing


async def _fetched(
    blobs: Blobs, sizes: Mapping[str, int], large: Path
) -> AsyncGenerator[tuple[str, bytes | Path | None]]:
    """Each blob in order, small ones fetched ahead: its bytes, or the file `large` that holds them until the next."""
    waiting: dict[str, asyncio.Task[bytes | None]] = {}
    small = iter([key for key, size in sizes.items() if size <= SMALL])
    try:
        for key, size in sizes.items():
            while len(waiting) < AHEAD and (ahead := next(small, None)) is not None:
                waiting[ahead] = asyncio.create_task(_bytes(blobs, ahead, sizes[ahead]))
            if size <= SMALL:
                yield key, await waiting[key]
                del waiting[key]
            else:
                yield key, await _file(blobs, key, size, large)
    finally:
        for task in waiting.values():
            task.cancel()
        await asyncio.gather(*waiting.values(), return_exceptions=True)


async def _bytes(blobs: Blobs, key: str, size: int) -> bytes | None:
    with suppress(NotFoundError):
        return b"".join([piece async for piece in blobs.read_range(key, 0, size)])
    return None


async def _file(blobs: Blobs, key: str, size: int, path: Path) -> Path | None:
    with telling_of_disk(path), path.open("wb") as file, suppress(NotFoundError):
        async for piece in blobs.read_range(key, 0, size):
            await asyncio.to_thread(file.write, piece)
        return path
    return None


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    return entry


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names and numbers of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
