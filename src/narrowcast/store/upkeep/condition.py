"""How a PostgreSQL server is doing, and what lies in the home folder's own file that it does not have."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from narrowcast.store.database import Database
from narrowcast.store.places import DATABASE
from narrowcast.store.sqlite import Sqlite
from narrowcast.store.tables import episode
from narrowcast.store.upkeep.copying import count


@dataclass(frozen=True)
class Condition:
    """`connections` are all that the server has now, of at most `connections_at_most`; `longest_s` is how long the
    oldest transaction is open; `ahead_s` its clock before ours; `episodes_left_behind` lie in the home's own file.
    """

    name: str
    version: str
    connections: int
    connections_at_most: int
    longest_s: float
    ahead_s: float
    episodes: int
    episodes_left_behind: int


async def condition(database: Database, home: Path) -> Condition | None:
    """None of a SQLite file. Raises `OutputError` when the database does not answer."""
    if isinstance(database.kind, Sqlite):
        return None
    query = text(
        "select current_setting('server_version'),"
        " (select count(*) from pg_stat_activity where backend_type = 'client backend'),"
        " cast(current_setting('max_connections') as integer),"
        " (select coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0) from pg_stat_activity"
        "  where datname = current_database()),"
        " clock_timestamp()"
    )
    async with database.read() as connection:
        before = datetime.now(UTC)
        version, connections, at_most, longest, told = (await connection.execute(query)).one()
        here = before + (datetime.now(UTC) - before) / 2
        episodes = await count(connection, episode)
    return Condition(
        name=str(database.kind),
        version=str(version).partition(" ")[0],
        connections=int(connections),
        connections_at_most=int(at_most),
        longest_s=float(longest),
        ahead_s=(told - here).total_seconds(),
        episodes=episodes,
        episodes_left_behind=await asyncio.to_thread(_episodes_in, home / DATABASE),
    )


def _episodes_in(file: Path) -> int:
    """How many episodes a SQLite file holds, whatever its version; none where there is no such file."""
    if not file.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("select count(*) from episode").fetchone()[0])
    except sqlite3.Error:
        return 0
