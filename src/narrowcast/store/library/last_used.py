"""What somebody used last, so that it need not be chosen again."""

from __future__ import annotations

from sqlalchemy import select

from narrowcast.store.database import Database
from narrowcast.store.tables import episode


class LastUsed:
    """What each owner used last. Raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def episode_profile(self, owner_id: str) -> str | None:
        """The name of the profile of the newest episode that was asked for; none where there is no such episode."""
        name = episode.c.snapshot["request"]["profile"]["name"].as_string()
        query = (
            select(name)
            .where(episode.c.owner_id == owner_id, episode.c.snapshot.is_not(None))
            .order_by(episode.c.created_at.desc(), episode.c.id.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(query)
            return found
