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
from narrowcast.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"


async def upgrade(database: Database, to: str = "head") -> None:
    """Run the missing migrations up to that one, as one transaction; other processes wait.

    Raises `SettingError` when the schema is newer than this version, `OutputError` as `Database` does.
    """
    async with database.upgrading() as connection:
        await connection.run_sync(_upgrade, str(database.kind), to)
        crashpoint("upgrade.before_commit")


def _upgrade(connection: Connection, name: str, to: str) -> None:
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
    command.upgrade(config, to)
    if connection.dialect.name == "postgresql":
        _order_as_sqlite(connection)


def _order_as_sqlite(connection: Connection) -> None:
    """Have texts compared by their bytes, whatever the database's language: then lists are in one order on both.

    Indexes are made anew where that was otherwise, tables are not.
    """
    columns: dict[str, list[str]] = {}
    for table, column, kind in connection.execute(_OTHERWISE):
        if table in metadata.tables:
            columns.setdefault(table, []).append(f'alter column "{column}" type {kind} collate "C"')
    for table, changes in columns.items():
        connection.execute(text(f'alter table "{table}" {", ".join(changes)}'))


_OTHERWISE = text("""
    select pg_class.relname, attname, format_type(atttypid, atttypmod)
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
        and attcollation not in (0, 'pg_catalog."C"'::regcollation)
    order by 1, attnum
""")
