"""Bringing the tables up to this version. Imports Alembic: import this only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from narrowcast.errors import SettingError
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


async def upgrade(database: Database) -> None:
    """Run the missing migrations as one transaction; other processes wait.

    Raises `SettingError` when the schema is newer than this version, `OutputError` as `Database` does.
    """
    async with database.upgrading() as connection:
        await connection.run_sync(_upgrade, str(database.kind))
        crashpoint("upgrade.before_commit")


def _upgrade(connection: Connection, name: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if inspect(connection).has_table("alembic_version"):
        version = connection.scalar(text("select version_num from alembic_version"))
        if version is not None and version not in known:
            raise SettingError(
                f"The database {name} was made by a newer version of Narrowcast (its schema is {version}).",
                hint="Install that version, or choose another place (NARROWCAST_HOME, NARROWCAST_DATABASE_URL).",
            )
    if connection.dialect.name == "postgresql":
        # Years of data take longer than any request may.
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("set local lock_timeout = 0"))
    command.upgrade(config, "head")
