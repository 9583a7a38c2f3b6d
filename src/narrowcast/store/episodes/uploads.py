"""An episode that was not made here: a recording with its transcript, written in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NarrowcastError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.revisions import NewRevision, Publication
from narrowcast.store.episodes.room import check_room
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.tables import episode, episode_source, source
from narrowcast.store.uninterrupted import uninterrupted


@dataclass(frozen=True)
class NewUpload:
    """What was sent. `texts` lie beside the audio, by ending; `transcript` is what is said, folded.

    `most_bytes` is what all of the owner's may take, sources too.
    """

    owner_id: str
    title: str
    description: str
    language: str
    audio: Path
    suffix: str
    media_type: str
    size_bytes: int
    sha256: str
    duration_ms: int
    bit_rate: int
    source_id: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    transcript: str = ""
    most_bytes: int | None = None


class Uploads:
    """Takes uploads in. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def add(self, new: NewUpload) -> str:
        """Keep it as a completed episode, whole or not at all; its id.

        Raises `NotFoundError` for its source, `TooLargeError`.
        """
        async with self._database.read() as connection:
            await check_room(connection, new.owner_id, new.size_bytes, new.most_bytes)
            if new.source_id:
                await _check_source(connection, new.owner_id, new.source_id)
        return await uninterrupted(self._add(new))

    async def _add(self, new: NewUpload) -> str:
        identity = str(uuid.uuid4())
        folder = f"episodes/{identity}/r1"
        audio_key = f"{folder}/audio{new.suffix}"
        files = {ending: f"{folder}/audio{ending}" for ending in new.texts}
        try:
            await self._blobs.put_file(audio_key, new.audio)
            for ending, text in new.texts.items():
                await self._blobs.put(files[ending], text.encode())
            figures = {"bit_rate": new.bit_rate}
            revision = NewRevision(
                audio_key, new.media_type, new.size_bytes, new.sha256, new.duration_ms, files, figures
            )
            async with self._database.write() as connection:
                await self._write(connection, identity, new, revision)
        except NarrowcastError:
            # What a fault of ours leaves is collected by `gc`.
            for key in (audio_key, *files.values()):
                await self._blobs.delete(key)
            raise
        return identity

    async def _write(self, connection: AsyncConnection, identity: str, new: NewUpload, revision: NewRevision) -> None:
        await check_room(connection, new.owner_id, new.size_bytes, new.most_bytes)
        now = datetime.now(UTC)
        values = {
            "id": identity,
            "owner_id": new.owner_id,
            "title": new.title,
            "description": new.description,
            "language": new.language,
            "status": EpisodeStatus.COMPLETED,
            "uploaded": True,
            "figures": {},
            "created_at": now,
            "updated_at": now,
        }
        await connection.execute(insert(episode).values(**values))
        if new.source_id:
            # Asked again: it may have gone while the file was stored.
            await _check_source(connection, new.owner_id, new.source_id)
            await connection.execute(insert(episode_source).values(episode_id=identity, source_id=new.source_id))
        await Publication(identity, revision, transcript=new.transcript).write(connection, now)


async def _check_source(connection: AsyncConnection, owner_id: str, source_id: str) -> None:
    query = select(source.c.id).where(source.c.id == source_id, source.c.owner_id == owner_id)
    if await connection.scalar(query) is None:
        raise NotFoundError("There is no such source.")
