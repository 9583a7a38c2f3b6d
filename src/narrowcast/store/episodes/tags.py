"""The tags of a person's episodes: how often each is borne, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.tables import episode, episode_tag


@dataclass(frozen=True)
class Tag:
    """A tag of a person's, and how many episodes bear it."""

    name: str
    episodes: int


class Tags:
    """The tags of each owner's episodes. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, owner_id: str) -> Sequence[Tag]:
        """The owner's tags in the order of the alphabet."""
        query = (
            select(episode_tag.c.tag, func.count())
            .join(episode, episode.c.id == episode_tag.c.episode_id)
            .where(episode.c.owner_id == owner_id)
            .group_by(episode_tag.c.tag)
            .order_by(episode_tag.c.tag)
        )
        async with self._database.read() as connection:
            return [Tag(name, int(count)) for name, count in await connection.execute(query)]

    async def rename(self, owner_id: str, tag: str, name: str | None) -> int:
        """Call a tag `name` on all of the owner's episodes, or take it off them; how many bore it.

        Raises `NotFoundError` where none does.
        """
        async with self._database.write() as connection:
            mine = select(episode.c.id).where(episode.c.owner_id == owner_id)
            bearing = episode_tag.c.episode_id.in_(mine) & (episode_tag.c.tag == tag)
            ids = list((await connection.scalars(select(episode_tag.c.episode_id).where(bearing))).all())
            if not ids:
                raise NotFoundError("None of your episodes has this tag.")
            if name != tag:
                await connection.execute(delete(episode_tag).where(bearing))
                for identity in ids:
                    await add_tags(connection, identity, [name] if name is not None else [])
            return len(ids)


async def add_tags(connection: AsyncConnection, episode_id: str, tags: Sequence[str]) -> None:
    """Add tags that the episode does not bear yet."""
    known = set(
        (await connection.scalars(select(episode_tag.c.tag).where(episode_tag.c.episode_id == episode_id))).all()
    )
    for tag in dict.fromkeys(tags):
        if tag not in known:
            await connection.execute(insert(episode_tag).values(episode_id=episode_id, tag=tag))
