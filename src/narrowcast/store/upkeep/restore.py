"""Bringing a backup back: unpacked beside, checked whole, and only then put in place."""

from __future__ import annotations

import asyncio
import json
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import text, update

from narrowcast.errors import InputError, OutputError
from narrowcast.store.database import open_database
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.presence import Presence
from narrowcast.store.tables import SCHEMA, episode
from narrowcast.store.upkeep.backup import BESIDES, CHUNK, CONTENTS, DATABASE, Contents, Tell, database_url
from narrowcast.store.upkeep.named_blobs import named_blobs
from narrowcast.version import __version__


async def restore(backup: Path, home: Path, tell: Tell = lambda _done, _all: None) -> Contents:
    """Make `home` what it was when `backup` was made; what was in it before moves to a folder `before-…` in it.

    Everything is unpacked and checked first: a broken backup changes nothing. Raises `InputError` (no backup of ours,
    damaged, or newer than this version), `OutputError` (the folder is in use, or the disk full).
    """
    with telling_of_disk(home):
        await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
        if _in_use(home):
            raise OutputError(
                f"{home} is in use.", hint="End narrowcast serve and all else that uses it, then try again."
            )
        with tempfile.TemporaryDirectory(dir=home, prefix=".restore.") as folder:
            fresh = Path(folder) / "home"
            contents = await asyncio.to_thread(_unpack, backup, fresh, tell)
            await _check(fresh, contents)
            await asyncio.to_thread(_put_in_place, fresh, home)
    return contents


def _put_in_place(fresh: Path, home: Path) -> None:
    """Move by entries, not the folder: it may be a volume of its own."""
    there = [
        path for path in home.iterdir() if not path.name.startswith((".restore.", "before-")) and path.name != "run"
    ]
    if there:
        aside = home / f"before-{time.strftime('%Y%m%d-%H%M%S')}"
        aside.mkdir(mode=0o700)
        for path in there:
            path.rename(aside / path.name)
    for path in fresh.iterdir():
        path.rename(home / path.name)


def _unpack(backup: Path, fresh: Path, tell: Tell) -> Contents:
    with _opened(backup) as tar:
        contents = _contents(tar, backup)
        fresh.mkdir(mode=0o700)
        done = 0
        for entry in tar:
            _checked(entry, backup)
            # Python's own filter refuses links, devices, and paths that lead elsewhere.
            tar.extract(entry, fresh, filter="data")
            if entry.name.startswith("blobs/"):
                done += 1
                tell(done, contents.blobs)
    for secret in (DATABASE, "secret.key", "narrowcast.toml"):
        if (fresh / secret).exists():
            (fresh / secret).chmod(0o600)
    return contents


def _contents(tar: tarfile.TarFile, backup: Path) -> Contents:
    first = tar.next()
    file = tar.extractfile(first) if first and first.name == CONTENTS and first.size < CHUNK else None
    try:
        fields: dict[str, Any] = json.loads(_all(file))
        contents = Contents(**fields)
    except (ValueError, TypeError) as error:
        raise _no_backup(backup) from error
    if contents.schema > SCHEMA:
        raise InputError(
            f"{backup} was made by a newer version of Narrowcast ({contents.version}).",
            hint=f"This is {__version__}. Install that version or a later one.",
        )
    return contents


def _all(file: IO[bytes] | None) -> bytes:
    return file.read() if file else b""


def _checked(entry: tarfile.TarInfo, backup: Path) -> None:
    top = entry.name.split("/", 1)[0]
    if not (entry.isreg() or entry.isdir()) or top not in {CONTENTS, DATABASE, "blobs", *BESIDES}:
        raise InputError(f"{backup} holds {entry.name!r}, which no backup of ours does.", hint="It is left alone.")


@contextmanager
def _opened(backup: Path) -> Iterator[tarfile.TarFile]:
    try:
        with backup.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"Cannot read {backup}: {error.strerror}.") from error
    except tarfile.FilterError as error:
        raise InputError(f"{backup} holds a file that leads elsewhere; it is left alone.") from error
    except (tarfile.TarError, EOFError) as error:
        raise _no_backup(backup) from error


def _no_backup(backup: Path) -> InputError:
    return InputError(
        f"{backup} is no whole backup of Narrowcast.", hint="Was it cut off on its way? Take another one."
    )


async def _check(fresh: Path, contents: Contents) -> None:
    """That the database is sound and each of its blobs there; and bring it to this version."""
    try:
        database = await open_database(database_url(fresh / DATABASE))
    except OutputError as fault:
        raise _not_whole("its database is damaged") from fault
    try:
        async with database.read() as connection:
            if await connection.scalar(text("pragma quick_check")) != "ok":
                raise _not_whole("its database is damaged")
            missing = {key async for key in named_blobs(connection) if not (fresh / "blobs" / key).is_file()}
        if len(missing) > contents.missing:
            raise _not_whole(f"{len(missing)} of its files are missing")
        async with database.write() as connection:
            # Whoever was making one then cannot go on with it; jobs of the queue are taken up again.
            orphans = update(episode).where(episode.c.status == "generating", episode.c.owner_id.is_(None))
            await connection.execute(orphans.values(status="failed", maker=None))
    finally:
        await database.aclose()


def _not_whole(why: str) -> InputError:
    return InputError(f"The backup is not whole: {why}.", hint="Nothing was changed. Take another one.")


def _in_use(home: Path) -> bool:
    run = home / "run"
    if not run.is_dir():
        return False
    me = Presence.enter(run)
    try:
        others = {path.name.removesuffix(".alive") for path in run.glob("*.alive")} - {me.token}
        return any(me.alive(token) for token in others)
    finally:
        me.leave()
