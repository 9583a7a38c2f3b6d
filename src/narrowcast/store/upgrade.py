"""Bringing the tables up to this version. Imports Alembic: import this only when there is something to do."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from narrowcast.errors import OutputError, SettingError
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import Database
from narrowcast.store.faults import telling_of_disk

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE_S = 120.0


async def upgrade(database: Database) -> None:
    """Run the missing migrations as one transaction; other processes wait.

    Raises `SettingError` when the schema is newer than this version, `OutputError` as `Database` does.
    """
    async with _alone(database.path):
        async with database.read() as connection:
            # Kept in the file. SQLite does not wait its turn for this one, hence the lock around it.
            await connection.execute(text("pragma journal_mode = wal"))
        async with database.write() as connection:
            await connection.run_sync(_upgrade, database.path)
            crashpoint("upgrade.before_commit")


def _upgrade(connection: Connection, path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if inspect(connection).has_table("alembic_version"):
        version = connection.scalar(text("select version_num from alembic_version"))
        if version is not None and version not in known:
            raise SettingError(
                f"The database {path} was made by a newer version of Narrowcast (its schema is {version}).",
                hint="Install that version or a later one, or set NARROWCAST_HOME to another folder.",
            )
    command.upgrade(config, "head")


@asynccontextmanager
async def _alone(database: Path) -> AsyncIterator[None]:
    """Hold the file lock beside the database, which the kernel drops with the process."""
    path = database.with_name(f"{database.name}.lock")
    with telling_of_disk(path):
        # Left where it is: a lock file that is removed lets two in.
        file = path.open("ab")
    with file:
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not _locked(file.fileno()):
            if asyncio.get_running_loop().time() > deadline:
                raise OutputError(
                    f"Another process has been upgrading {database} for {PATIENCE_S:.0f} s.",
                    hint="Wait for it, or end it and run the same command again.",
                )
            await asyncio.sleep(0.02)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
