"""The scripts of a server's episodes: read, and replaced by who has read the one that is there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ChangedError, ConflictError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.tables import episode, job
from narrowcast.store.uninterrupted import uninterrupted

EDITED = "edited"
"""In an episode's snapshot: the version of the script that a person made last, so that no job goes back behind it."""
NO_EPISODE = "There is no such episode."
BEING_MADE = (EpisodeStatus.QUEUED, EpisodeStatus.GENERATING)


@dataclass(frozen=True)
class KeptScript:
    """An episode's script as it stands: `data` is its JSON, `key` the blob that holds it.

    `version` grows with every change. `snapshot` and `revision` are those of its episode.
    """

    episode_id: str
    title: str
    status: EpisodeStatus
    version: int
    revision: int
    snapshot: Mapping[str, Any]
    key: str
    data: bytes
    etag: str

    @property
    def being_made(self) -> bool:
        """Whether a job is at it, so that it is not to be changed."""
        return self.status in BEING_MADE


@dataclass(frozen=True)
class Unchanged:
    """Lets a job be added only while the script is the one that was read, and nothing else makes its episode.

    Given to `Queue.enqueue` beside the job. Raises `ChangedError`, `ConflictError`.
    """

    owner_id: str
    kept: KeptScript

    async def write(self, connection: AsyncConnection, at: datetime) -> None:  # noqa: ARG002 - as all that is written beside
        """Look."""
        query = select(episode.c.script_version, episode.c.status).where(
            episode.c.id == self.kept.episode_id, episode.c.owner_id == self.owner_id
        )
        row = (await connection.execute(query.with_for_update())).first()
        if row is None:
            raise NotFoundError(NO_EPISODE)
        if row.status in BEING_MADE:
            raise being_made()
        if row.script_version != self.kept.version:
            raise ChangedError("The script was changed since you read it.", hint="Read it again, then render it.")


class Scripts:
    """The scripts of one store; others' episodes are not there. Raises `OutputError` when disk or database fails."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def etag(self, owner_id: str, episode_id: str) -> str:
        """What tells this version from others. Raises `NotFoundError`, `ConflictError` (none is written yet)."""
        return _etag(await self._row(owner_id, episode_id))

    async def get(self, owner_id: str, episode_id: str) -> KeptScript:
        """The script. Raises `NotFoundError`, `ConflictError` (none is written yet)."""
        row = await self._row(owner_id, episode_id)
        data = await self._blobs.get(row.script_blob_key)
        if data is None:
            raise NotFoundError("The script's file is gone.", hint="Restore it from a backup, or generate anew.")
        return _kept(row, data)

    async def edited(self, owner_id: str, episode_id: str) -> int:
        """The version that a person made last; 0 where nobody has, or there is no such episode."""
        query = select(episode.c.snapshot).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
        async with self._database.read() as connection:
            snapshot = await connection.scalar(query)
        return int((snapshot or {}).get(EDITED, 0))

    async def replace(
        self, owner_id: str, before: KeptScript, data: bytes, *, title: str | None = None
    ) -> KeptScript | None:
        """Put `data` in the place of `before`, as the next version; none when somebody else was first.

        The episode gets the `title` too, where one is given. Nothing is changed while a job is at the episode.
        Raises `NotFoundError`, `ConflictError`.
        """
        return await uninterrupted(self._replace(owner_id, before, data, title or before.title))

    async def save_made(self, episode_id: str, data: bytes, *, job_id: str, epoch: int) -> bool:
        """Keep what a job has written, while that claim of it stands; the same script again is no new version."""
        return await uninterrupted(self._save_made(episode_id, data, job_id, epoch))

    async def _save_made(self, episode_id: str, data: bytes, job_id: str, epoch: int) -> bool:
        key = await self._put(episode_id, data)
        statement = (
            update(episode)
            .where(episode.c.id == episode_id, episode.c.script_blob_key.is_distinct_from(key))
            .values(script_blob_key=key, script_version=episode.c.script_version + 1, updated_at=datetime.now(UTC))
            .returning(episode.c.id)
        )
        async with self._database.write(None) as connection:
            # Locked: nobody takes the job away between this look and the commit.
            if not await connection.scalar(_at_work(job_id, epoch).with_for_update()):
                return False
            return (await connection.execute(statement)).first() is not None

    async def _replace(self, owner_id: str, before: KeptScript, data: bytes, title: str) -> KeptScript | None:
        key = await self._put(before.episode_id, data)
        mine = (episode.c.id == before.episode_id, episode.c.owner_id == owner_id)
        statement = (
            update(episode)
            .where(*mine, episode.c.script_version == before.version, episode.c.status.not_in(BEING_MADE))
            .values(
                script_blob_key=key,
                script_version=before.version + 1,
                snapshot={**before.snapshot, EDITED: before.version + 1},
                title=title,
                updated_at=datetime.now(UTC),
            )
            .returning(episode)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).first()
        if row:
            return _kept(row, data)
        now = await self._row(owner_id, before.episode_id)
        if now.script_version == before.version:
            raise being_made()
        return None

    async def _put(self, episode_id: str, data: bytes) -> str:
        """Put a script's bytes on the disk. Those of earlier versions stay until `gc`: a job may name them."""
        key = f"episodes/{episode_id}/script-{hashlib.sha256(data).hexdigest()[:24]}.json"
        await self._blobs.put(key, data)
        return key

    async def _row(self, owner_id: str, episode_id: str) -> Row[Any]:
        query = select(episode).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise NotFoundError(NO_EPISODE)
        if row.script_blob_key is None:
            raise ConflictError(
                "This episode has no script.",
                hint="Uploaded episodes have none." if row.uploaded else "Wait until it is written, or retry its job.",
            )
        return row


def being_made() -> ConflictError:
    """The episode's script cannot be changed now."""
    return ConflictError(
        "The episode is being made.", hint="Wait until its job has ended, or cancel it; then change the script."
    )


def _at_work(job_id: str, epoch: int) -> Select[Any]:
    """The job, while that claim of it stands."""
    return select(job.c.id).where(job.c.id == job_id, job.c.epoch == epoch, job.c.status == "running")


def _etag(row: Row[Any]) -> str:
    """The version, and what tells it from the same version of a restored backup."""
    return f'"{row.script_version}-{hashlib.sha256(row.script_blob_key.encode()).hexdigest()[:12]}"'


def _kept(row: Row[Any], data: bytes) -> KeptScript:
    return KeptScript(
        episode_id=row.id,
        title=row.title,
        status=EpisodeStatus(row.status),
        version=row.script_version,
        revision=row.revision,
        snapshot=row.snapshot or {},
        key=row.script_blob_key,
        data=data,
        etag=_etag(row),
    )
