"""How much a user's documents and episodes take in storage, and whether there is room for more."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import TooLargeError
from narrowcast.store.tables import episode, revision, source


async def check_room(connection: AsyncConnection, owner_id: str, size: int, most_bytes: int | None) -> None:
    """Raise `TooLargeError` where `size` bytes more would be beyond `most_bytes`; none is no limit.

    Where it is asked in the transaction that adds them, no number of uploads at once comes beyond it.
    """
    if most_bytes is None:
        return
    wanted = await stored_bytes(connection, owner_id) + size
    if wanted > most_bytes:
        raise TooLargeError(
            f"With this your documents and episodes would take {wanted / 1e6:,.0f} MB; "
            f"you have {most_bytes / 1e6:,.0f} MB.",
            hint="Delete some, or ask the owner of this server for more.",
        )


async def stored_bytes(connection: AsyncConnection, owner_id: str) -> int:
    """How much a user's documents and episodes take."""
    documents = select(func.coalesce(func.sum(source.c.size_bytes), 0)).where(source.c.owner_id == owner_id)
    renderings = (
        select(func.coalesce(func.sum(revision.c.size_bytes), 0))
        .join(episode, episode.c.id == revision.c.episode_id)
        .where(episode.c.owner_id == owner_id)
    )
    both = select(documents.scalar_subquery() + renderings.scalar_subquery())
    return int(await connection.scalar(both) or 0)
