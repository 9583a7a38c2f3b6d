"""What each listener wants to hear next, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.tables import episode, up_next


@dataclass(frozen=True)
class Waiting:
    """An episode that waits to be heard; `revision` is 0 while there is nothing to hear of it."""

    episode_id: str
    title: str
    revision: int
    duration_ms: int | None


class UpNext:
    """The lists of one store's users. Raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner_id: str) -> Sequence[Waiting]:
        """The owner's list."""
        query = (
            select(episode.c.id, episode.c.title, episode.c.revision, episode.c.duration_ms)
            .join(up_next, up_next.c.episode_id == episode.c.id)
            .where(up_next.c.owner_id == owner_id, episode.c.owner_id == owner_id)
            .order_by(up_next.c.place, episode.c.id)
        )
        async with self._database.read() as connection:
            return [Waiting(*row) for row in await connection.execute(query)]

    async def put(self, owner_id: str, episode_ids: Sequence[str]) -> None:
        """Put these in the list's place, in this order. Raises `NotFoundError` where one is not the owner's."""
        wanted = list(dict.fromkeys(episode_ids))
        mine = select(episode.c.id).where(episode.c.owner_id == owner_id, episode.c.id.in_(wanted))
        async with self._database.write() as connection:
            if len((await connection.scalars(mine)).all()) < len(wanted):
                raise NotFoundError("One of these episodes is not there.", hint="Read the list again; nothing changed.")
            await connection.execute(delete(up_next).where(up_next.c.owner_id == owner_id))
            if wanted:
                rows = [{"owner_id": owner_id, "episode_id": each, "place": i} for i, each in enumerate(wanted)]
                await connection.execute(insert(up_next), rows)
