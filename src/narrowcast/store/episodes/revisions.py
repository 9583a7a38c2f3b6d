"""What was made of an episode of a server: its renderings, and how making ended.

What changes together with a job is written by functions that take the job's own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.database import Database
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.texts import keep_names
from narrowcast.store.recent import Recent
from narrowcast.store.tables import episode, revision


@dataclass(frozen=True)
class NewRevision:
    """A rendering whose blobs are all on the disk. `files` are the blob keys beside the audio, by ending (`.vtt`).

    `clips` are the keys of the results that it was mixed from: they stay as long as it.
    """

    audio_key: str
    media_type: str
    size_bytes: int
    sha256: str
    duration_ms: int
    files: Mapping[str, str]
    figures: Mapping[str, Any]
    clips: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Revision(NewRevision):
    """A rendering of an episode; `number` counts from 1."""

    episode_id: str
    number: int
    created_at: datetime


@dataclass(frozen=True)
class Publication:
    """What a job that completed leaves of its episode: a `revision`, or the script alone.

    `title` and `language` replace the episode's where they are given; by `transcript`, folded, it is found.
    """

    episode_id: str
    revision: NewRevision | None = None
    title: str | None = None
    language: str | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    transcript: str | None = None

    async def write(self, connection: AsyncConnection, at: datetime) -> None:
        """Write it in the transaction that ends the job. A deleted episode takes nothing."""
        found = select(episode.c.revision).where(episode.c.id == self.episode_id).with_for_update()
        earlier = await connection.scalar(found)
        if earlier is None:
            return
        named = {"title": self.title, "language": self.language, "figures": dict(self.figures)}
        values: dict[str, Any] = {name: value for name, value in named.items() if value}
        if self.revision:
            fields = {name: getattr(self.revision, name) for name in NewRevision.__dataclass_fields__}
            fields |= {"files": dict(self.revision.files), "figures": dict(self.revision.figures)}
            fields["clips"] = list(self.revision.clips)
            row = {"episode_id": self.episode_id, "number": int(earlier) + 1, "created_at": at, **fields}
            await connection.execute(insert(revision).values(**row))
            values |= {"revision": row["number"], "duration_ms": self.revision.duration_ms, "completed_at": at}
        status = EpisodeStatus.COMPLETED if self.revision or earlier else EpisodeStatus.SCRIPT_READY
        values |= {"status": status, "error_message": None, "updated_at": at}
        await connection.execute(update(episode).where(episode.c.id == self.episode_id).values(**values))
        await keep_names(connection, self.episode_id, self.transcript)


def settled(status: EpisodeStatus, *, revision: int, has_script: bool) -> EpisodeStatus:
    """What an episode is once making it ended so: what it had before, it keeps.

    One that can be heard stays completed when a further render fails; one whose script stands waits for its voices
    when that is cancelled.
    """
    if status in {EpisodeStatus.FAILED, EpisodeStatus.CANCELLED} and revision:
        return EpisodeStatus.COMPLETED
    if status is EpisodeStatus.CANCELLED and has_script:
        return EpisodeStatus.SCRIPT_READY
    return status


class Revisions:
    """The renderings of a store's episodes. Raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: Recent[Revision] = Recent(database)

    async def get(self, owner_id: str, episode_id: str, number: int | None = None) -> Revision | None:
        """One rendering, the newest without a `number`; none where there is none, or it is somebody else's."""
        return await self._recent((owner_id, episode_id, number), lambda: self._get(owner_id, episode_id, number))

    async def _get(self, owner_id: str, episode_id: str, number: int | None) -> Revision | None:
        query = self._of(owner_id, episode_id)
        query = query.where(revision.c.number == (episode.c.revision if number is None else number))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return _record(row) if row else None

    async def all(self, owner_id: str, episode_id: str) -> list[Revision]:
        """Every rendering, newest first."""
        query = self._of(owner_id, episode_id).order_by(revision.c.number.desc())
        async with self._database.read() as connection:
            return [_record(row) for row in await connection.execute(query)]

    def _of(self, owner_id: str, episode_id: str) -> Any:
        joined = revision.join(episode, episode.c.id == revision.c.episode_id)
        return select(revision).select_from(joined).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)


def _record(row: Row[Any]) -> Revision:
    fields = {**row._mapping}  # noqa: SLF001 - SQLAlchemy's public name for it
    return Revision(**{**fields, "clips": tuple(fields["clips"])})
