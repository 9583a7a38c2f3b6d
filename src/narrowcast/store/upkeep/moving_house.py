"""Moving house: a home's SQLite database into PostgreSQL, and back."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from narrowcast.errors import OutputError
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import open_database
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.places import DATABASE, sqlite_url
from narrowcast.store.upkeep.at_work import END_THEM, refuse_in_use, refuse_used
from narrowcast.store.upkeep.copying import Tell, copy_rows
from narrowcast.store.upkeep.in_place import put_aside
from narrowcast.store.upkeep.opened import in_use, scratch

SIDES = ("", "-wal", "-shm")


async def move_in(home: Path, url: str, tell: Tell = lambda _done, _all: None, *, replace: bool = False) -> int:
    """Copy the database of `home` into the one at `url`, which must be empty unless `replace`; how many rows.

    All or nothing; the file in `home` stays as it is. Raises `OutputError` (nothing there, in use, not empty).
    """
    if not (home / DATABASE).is_file():
        raise OutputError(f"There is no {DATABASE} in {home}.", hint="Set NARROWCAST_HOME to the folder that has it.")
    with telling_of_disk(home), scratch(home, "move") as (_folder, me):
        if in_use(home, me):
            raise OutputError(f"{home} is in use.", hint=END_THEM)
        target = await open_database(url)
        try:
            await refuse_in_use(target)
            source = await open_database(sqlite_url(home / DATABASE))
            try:
                async with source.snapshot() as there, target.write() as here:
                    if not replace:
                        await refuse_used(here, target)
                    rows = await copy_rows(there, here, tell)
                    crashpoint("move.before_commit")
            finally:
                await source.aclose()
        finally:
            await target.aclose()
    return rows


async def move_back(home: Path, url: str, tell: Tell = lambda _done, _all: None) -> int:
    """Copy the database at `url` into the home's own file; one that is there moves to `before-…`. How many rows.

    Raises `OutputError` (in use, the disk).
    """
    with telling_of_disk(home), scratch(home, "move") as (folder, me):
        if in_use(home, me):
            raise OutputError(f"{home} is in use.", hint=END_THEM)
        source = await open_database(url)
        try:
            await refuse_in_use(source)
            target = await open_database(sqlite_url(folder / DATABASE))
            try:
                async with source.snapshot() as there, target.write() as here:
                    rows = await copy_rows(there, here, tell)
            finally:
                await target.aclose()
        finally:
            await source.aclose()
        await asyncio.to_thread(_put_in_place, folder / DATABASE, home)
    return rows


def _put_in_place(fresh: Path, home: Path) -> None:
    there = [path for side in SIDES if (path := home / f"{DATABASE}{side}").exists()]
    if there:
        aside = put_aside(home)
        for path in there:
            path.rename(aside / path.name)
    crashpoint("move.put_aside")
    fresh.rename(home / DATABASE)
    descriptor = os.open(home, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
