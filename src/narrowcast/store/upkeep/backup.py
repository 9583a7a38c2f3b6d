"""A home folder as one file: the database as it stood at one moment, and every blob that it names."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, text

from narrowcast.errors import OutputError
from narrowcast.store.database import Database, open_database
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.tables import SCHEMA, account, episode, source
from narrowcast.store.upkeep.named_blobs import named_blobs
from narrowcast.version import __version__

CONTENTS = "contents.json"
DATABASE = "narrowcast.db"
BESIDES = ("secret.key", "narrowcast.toml", "prompts")
"""What a home holds besides that cannot be made again. Downloaded voices can, and indexes too."""
CHUNK = 1 << 20

Tell = Callable[[int, int], None]
"""Told how many of how many blobs are done."""


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself."""

    version: str
    schema: str
    made_at: str
    users: int
    episodes: int
    sources: int
    blobs: int
    missing: int = 0


async def back_up(home: Path, to: Path, tell: Tell = lambda _done, _all: None) -> Contents:
    """Write a backup of `home` to the file `to` (a tar, readable by its owner alone), also while it is being used.

    Raises `OutputError` when there is no database, or the file cannot be written; then there is no file.
    """
    if not (home / DATABASE).is_file():
        raise OutputError(f"There is nothing to back up in {home}.", hint="Set NARROWCAST_HOME to the folder in use.")
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    with telling_of_disk(to), tempfile.TemporaryDirectory(dir=home, prefix=".backup.") as folder:
        snapshot = Path(folder) / DATABASE
        contents, keys = await _snapshot(home, snapshot)
        try:
            contents = await asyncio.to_thread(_write, home, snapshot, contents, keys, part, tell)
            await asyncio.to_thread(part.replace, to)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
    return contents


async def _snapshot(home: Path, snapshot: Path) -> tuple[Contents, list[str]]:
    """The database as it stands now, in a file of its own, and the blobs that it names."""
    database = await open_database(database_url(home / DATABASE))
    try:
        async with database.read() as connection:
            await connection.execute(text("vacuum into :path"), {"path": str(snapshot)})
    finally:
        await database.aclose()
    copy = Database.at(database_url(snapshot))
    try:
        async with copy.read() as connection:
            keys = sorted({key async for key in named_blobs(connection)})
            counts = [
                int(await connection.scalar(text(f"select count(*) from {table.name}")) or 0)  # noqa: S608 - our tables
                for table in (account, episode, source)
            ]
    finally:
        await copy.aclose()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    users, episodes, sources = counts
    return Contents(__version__, SCHEMA, now, users, episodes, sources, len(keys)), keys


def _write(home: Path, snapshot: Path, contents: Contents, keys: list[str], part: Path, tell: Tell) -> Contents:
    missing = [key for key in keys if not (home / "blobs" / key).is_file()]
    contents = replace(contents, missing=len(missing))
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w", bufsize=CHUNK) as tar:
        said = json.dumps(asdict(contents), indent=2).encode()
        about = tarfile.TarInfo(CONTENTS)
        about.size, about.mode, about.mtime = len(said), 0o600, int(time.time())
        tar.addfile(about, io.BytesIO(said))
        tar.add(snapshot, DATABASE, filter=_plain)
        for name in BESIDES:
            if (home / name).exists():
                tar.add(home / name, name, filter=_plain)
        for done, key in enumerate(keys, start=1):
            # One that was collected meanwhile is no loss: nothing names it any more.
            if key not in missing:
                tar.add(home / "blobs" / key, f"blobs/{key}", filter=_plain)
            tell(done, len(keys))
        tar.close()
        file.flush()
        os.fsync(file.fileno())
    return contents


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names and numbers of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def database_url(path: Path) -> URL:
    """How SQLAlchemy names a SQLite file."""
    return URL.create("sqlite+aiosqlite", database=str(path))
