"""Jobs that ended, as the queue leaves them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from narrowcast.store.home import Store
from narrowcast.store.tables import episode, job


async def add_ended(
    store: Store,
    owner_id: str,
    status: str = "completed",
    *,
    title: str = "Deep sea",
    error_message: str | None = None,
    script_only: bool = False,
    at: datetime | None = None,
) -> str:
    """A job that ended that way, with its episode; the job's id."""
    at = at or datetime.now(UTC)
    episode_id, job_id = str(uuid.uuid4()), str(uuid.uuid4())
    made: dict[str, Any] = {"id": episode_id, "owner_id": owner_id, "title": title, "language": "en", "figures": {}}
    asked: dict[str, Any] = {"id": job_id, "owner_id": owner_id, "kind": "episode", "status": status, "priority": 0}
    async with store._database.write() as connection:
        await connection.execute(
            insert(episode).values(**made, status=status, duration_ms=720_000, created_at=at, updated_at=at)
        )
        await connection.execute(
            insert(job).values(
                **asked,
                rank=0,
                episode_id=episode_id,
                params={"stop_after_script": script_only},
                progress={},
                error_message=error_message,
                created_at=at,
                finished_at=at,
            )
        )
    return job_id
