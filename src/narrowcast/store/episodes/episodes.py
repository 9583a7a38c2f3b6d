"""What was made, so that it is remembered."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update

from narrowcast.store.database import Database
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.tables import episode
from narrowcast.store.uninterrupted import uninterrupted


class EpisodeStatus(StrEnum):
    """Where an episode stands."""

    QUEUED = "queued"
    GENERATING = "generating"
    SCRIPT_READY = "script_ready"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Episode:
    """One episode as it is remembered. `figures` is what `--json` prints; `output_path` is where its sound lies."""

    id: str
    title: str
    language: str
    status: EpisodeStatus
    created_at: datetime
    updated_at: datetime
    output_path: Path | None = None
    duration_ms: int | None = None
    has_script: bool = False
    figures: Mapping[str, Any] = field(default_factory=dict)


class Episodes:
    """The episodes of one store; `owner` is this process. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database, blobs: Blobs, owner: str) -> None:
        self._database = database
        self._blobs = blobs
        self._owner = owner

    async def begin(self, *, title: str, language: str) -> str:
        """Remember that an episode is being made; its id. If this process dies, it will be found as failed."""
        identity, now = str(uuid.uuid4()), datetime.now(UTC)
        values = {
            "id": identity,
            "title": title,
            "language": language,
            "status": EpisodeStatus.GENERATING,
            "maker": self._owner,
            "created_at": now,
            "updated_at": now,
            "figures": {},
        }
        async with self._database.write() as connection:
            await connection.execute(insert(episode).values(**values))
        return identity

    async def save_script(self, identity: str, script: bytes) -> None:
        """Keep the script, over an earlier one; the status stays."""
        await uninterrupted(self._save_script(identity, script))

    async def _save_script(self, identity: str, script: bytes) -> None:
        earlier = await self._script_key(identity)
        key = f"episodes/{identity}/script-{hashlib.sha256(script).hexdigest()[:12]}.json"
        await self._blobs.put(key, script)
        await self._update(identity, script_blob_key=key)
        if earlier and earlier != key:
            await self._blobs.delete(earlier)

    async def script(self, identity: str) -> bytes | None:
        """The script that was kept last."""
        key = await self._script_key(identity)
        return await self._blobs.get(key) if key else None

    async def finish(self, identity: str, *, output: Path, duration_ms: int, figures: Mapping[str, Any]) -> None:
        """The episode is completed."""
        await self._update(
            identity,
            status=EpisodeStatus.COMPLETED,
            maker=None,
            output_path=str(output),
            duration_ms=duration_ms,
            figures=dict(figures),
        )

    async def end(self, identity: str, status: EpisodeStatus, figures: Mapping[str, Any] | None = None) -> None:
        """The making ended in another way: `script_ready` (as asked), `failed`, `cancelled`."""
        values = {} if figures is None else {"figures": dict(figures)}
        await self._update(identity, status=status, maker=None, **values)

    async def get(self, identity: str) -> Episode | None:
        """The episode, if it is known."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(episode).where(episode.c.id == identity))).first()
        return _record(row) if row else None

    async def latest(self, limit: int = 50) -> list[Episode]:
        """The newest episodes, newest first."""
        query = select(episode).order_by(episode.c.created_at.desc(), episode.c.id).limit(limit)
        async with self._database.read() as connection:
            return [_record(row) for row in await connection.execute(query)]

    async def fail_those_of(self, owner: str) -> None:
        """What a process that is no more was making is failed."""
        statement = (
            update(episode)
            .where(episode.c.maker == owner, episode.c.status == EpisodeStatus.GENERATING)
            .values(status=EpisodeStatus.FAILED, maker=None, updated_at=datetime.now(UTC))
        )
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def _update(self, identity: str, **values: Any) -> None:
        statement = update(episode).where(episode.c.id == identity).values(updated_at=datetime.now(UTC), **values)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def _script_key(self, identity: str) -> str | None:
        async with self._database.read() as connection:
            key: str | None = await connection.scalar(select(episode.c.script_blob_key).where(episode.c.id == identity))
        return key


def _record(row: Row[Any]) -> Episode:
    return Episode(
        id=row.id,
        title=row.title,
        language=row.language,
        status=EpisodeStatus(row.status),
        created_at=row.created_at,
        updated_at=row.updated_at,
        output_path=Path(row.output_path) if row.output_path else None,
        duration_ms=row.duration_ms,
        has_script=row.script_blob_key is not None,
        figures=row.figures,
    )
