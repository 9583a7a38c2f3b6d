"""An episode that is still to be made, written together with the job that makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.texts import searched_text
from narrowcast.store.tables import episode, episode_source, episode_text


@dataclass(frozen=True)
class NewEpisode:
    """An episode to add. `snapshot` is what it is made with; `source_ids` are its owner's, checked by who asks."""

    id: str
    owner_id: str
    title: str
    language: str
    description: str = ""
    notebook_id: str | None = None
    source_ids: Sequence[str] = ()
    snapshot: Mapping[str, Any] | None = None

    async def write(self, connection: AsyncConnection, at: datetime) -> None:
        """Add it, queued."""
        values = {
            "id": self.id,
            "owner_id": self.owner_id,
            "title": self.title,
            "description": self.description,
            "language": self.language,
            "status": EpisodeStatus.QUEUED,
            "notebook_id": self.notebook_id,
            "snapshot": dict(self.snapshot) if self.snapshot is not None else None,
            "figures": {},
            "created_at": at,
            "updated_at": at,
        }
        await connection.execute(insert(episode).values(**values))
        if self.source_ids:
            rows = [{"episode_id": self.id, "source_id": source_id} for source_id in dict.fromkeys(self.source_ids)]
            await connection.execute(insert(episode_source), rows)
        folded = searched_text(self.title, self.description, "")
        await connection.execute(insert(episode_text).values(episode_id=self.id, folded=folded))
