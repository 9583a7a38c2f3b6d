"""An episode of a server while and after it is made: its script in versions, its renderings, and how making ended.

What changes together with a job is written by functions that take the job's own transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.database import Database
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.texts import keep_names
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.tables import episode, job, revision
from narrowcast.store.uninterrupted import uninterrupted


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
        earlier = await connection.scalar(select(episode.c.revision).where(episode.c.id == self.episode_id))
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
    """The scripts and renderings of a store's episodes. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def get(self, owner_id: str, episode_id: str, number: int | None = None) -> Revision | None:
        """One rendering, the newest without a `number`; none where there is none, or it is somebody else's."""
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

    async def script(self, owner_id: str, episode_id: str) -> tuple[int, bytes] | None:
        """The script as it stands, and its version (from 1)."""
        query = select(episode.c.script_version, episode.c.script_blob_key).where(
            episode.c.id == episode_id, episode.c.owner_id == owner_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        data = await self._blobs.get(row.script_blob_key) if row and row.script_blob_key else None
        return (int(row.script_version), data) if row and data is not None else None

    async def keep_script_blob(self, episode_id: str, script: bytes) -> str:
        """Put a script's bytes on the disk, under a name of their own; earlier versions stay until `gc`."""
        key = f"episodes/{episode_id}/script-{hashlib.sha256(script).hexdigest()[:24]}.json"
        await self._blobs.put(key, script)
        return key

    async def save_script(self, owner_id: str, episode_id: str, script: bytes, *, after: int) -> int | None:
        """Keep `script` as the version that follows `after`; its number. None when another was saved meanwhile."""
        return await uninterrupted(self._save(episode_id, script, after, episode.c.owner_id == owner_id))

    async def save_made_script(self, episode_id: str, script: bytes, *, job_id: str, epoch: int) -> bool:
        """Keep what a job has written, while it is the job's; the same script again is no new version."""
        key = await self.keep_script_blob(episode_id, script)
        statement = (
            update(episode)
            .where(episode.c.id == episode_id, _at_work(job_id, epoch), episode.c.script_blob_key.is_distinct_from(key))
            .values(script_blob_key=key, script_version=episode.c.script_version + 1, updated_at=datetime.now(UTC))
        )
        return await uninterrupted(self._write(statement))

    async def _save(self, episode_id: str, script: bytes, after: int, mine: Any) -> int | None:
        key = await self.keep_script_blob(episode_id, script)
        statement = (
            update(episode)
            .where(episode.c.id == episode_id, mine, episode.c.script_version == after)
            .values(script_blob_key=key, script_version=after + 1, updated_at=datetime.now(UTC))
        )
        return after + 1 if await self._write(statement) else None

    async def _write(self, statement: Any) -> bool:
        async with self._database.write() as connection:
            done = cast("CursorResult[Any]", await connection.execute(statement))
        return done.rowcount > 0

    def _of(self, owner_id: str, episode_id: str) -> Any:
        joined = revision.join(episode, episode.c.id == revision.c.episode_id)
        return select(revision).select_from(joined).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)


def _at_work(job_id: str, epoch: int) -> Any:
    """Whether that claim of the job still stands."""
    return (
        select(job.c.id)
        .where(job.c.id == job_id, job.c.epoch == epoch, job.c.status == "running")
        .correlate(None)
        .exists()
    )


def _record(row: Row[Any]) -> Revision:
    fields = {**row._mapping}  # noqa: SLF001 - SQLAlchemy's public name for it
    return Revision(**{**fields, "clips": tuple(fields["clips"])})
