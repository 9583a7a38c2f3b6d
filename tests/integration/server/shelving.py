"""Episodes as a job leaves them that is done, for tests of what is heard, read and found of them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from tests.integration.server.conftest import Served

from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.revisions import NewRevision, Publication
from narrowcast.store.episodes.texts import keep_text, searched_text
from narrowcast.store.tables import episode

SOUND = bytes(range(256)) * 3000
"""More than two pieces of an answer."""
TEXTS = {
    ".txt": b"Bees\n\nMaya: Bees dance.\n",
    ".vtt": b"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v Maya>Bees dance.\n",
    ".srt": b"1\n00:00:00,000 --> 00:00:01,000\nMaya: Bees dance.\n",
    ".transcript.json": b'{"version": "1.0.0", "segments": []}',
    ".chapters.json": b'{"version": "1.2.0", "chapters": [{"startTime": 0.0, "title": "The dance"}]}',
    ".notes.md": b"# Bees\n",
}


async def owner_of(served: Served, name: str) -> str:
    """The id of one of the cast."""
    return str((await getattr(served, name).get("me")).json()["id"])


async def shelve(
    served: Served,
    *,
    owner: str = "sam",
    title: str = "On bees",
    said: str = "",
    status: EpisodeStatus = EpisodeStatus.QUEUED,
    minutes_ago: float = 0,
    **values: Any,
) -> str:
    """An episode of theirs, without sound; its id."""
    database = served.context.store._database
    identity, at = str(uuid.uuid4()), datetime.now(UTC) - timedelta(minutes=minutes_ago)
    row = {"title": title, "language": "en", "status": status, "figures": {}, "created_at": at, "updated_at": at}
    owner_id = await owner_of(served, owner)
    async with database.write() as connection:
        await connection.execute(insert(episode).values(id=identity, owner_id=owner_id, **row | values))
        await keep_text(connection, identity, searched_text(title, str(values.get("description", "")), said))
    return identity


async def render(served: Served, identity: str, sound: bytes = SOUND, texts: Mapping[str, bytes] = TEXTS) -> None:
    """A rendering of it, and so its next revision."""
    store = served.context.store
    folder = f"episodes/{identity}/{uuid.uuid4()}"
    await store.blobs.put(f"{folder}/audio.mp3", sound)
    for ending, text in texts.items():
        await store.blobs.put(f"{folder}/audio{ending}", text)
    new = NewRevision(
        audio_key=f"{folder}/audio.mp3",
        media_type="audio/mpeg",
        size_bytes=len(sound),
        sha256=hashlib.sha256(sound).hexdigest(),
        duration_ms=61_500,
        files={ending: f"{folder}/audio{ending}" for ending in texts},
        figures={},
    )
    async with store._database.write() as connection:
        await Publication(identity, new).write(connection, datetime.now(UTC))
