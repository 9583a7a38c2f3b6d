"""Jobs whose end nobody was told of yet, and writing down that they were.

The inbox's message, the deliveries to webhooks and by e-mail and the job's mark are one transaction, so that none of
them is lost or doubled by a crash, however many servers do this.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update

from narrowcast.store.database import Database
from narrowcast.store.staying import owner_stays
from narrowcast.store.tables import account, delivery, episode, job, message, push_subscription, webhook

# As in the partial index, to the letter: SQLite uses it only where it can see that it holds.
_UNTOLD = text("job.status in ('completed', 'failed', 'cancelled') and job.told_at is null")


@dataclass(frozen=True)
class Untold:
    """A job that ended, with what there is to say about it. `email_on`, `push_on` none: its owner never chose."""

    job_id: str
    owner_id: str
    status: str
    script_only: bool
    finished_at: datetime
    error_message: str
    episode_id: str | None
    title: str
    duration_ms: int | None
    email_on: Sequence[str] | None
    push_on: Sequence[str] | None
    email: str


@dataclass(frozen=True)
class Notice:
    """What is told of a job: to the inbox, to the webhooks that want `event`, by e-mail if `by_email`.

    `push`, if there is any, is what the owner's browsers are told.
    """

    job_id: str
    owner_id: str
    episode_id: str | None
    event: str
    title: str
    body: str
    payload: Mapping[str, Any]
    by_email: bool
    push: Mapping[str, str] | None = None


class Telling:
    """What is still to be told. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self, limit: int) -> list[Untold]:
        """The jobs that ended first and were not told of."""
        query = (
            select(
                job.c.id,
                job.c.owner_id,
                job.c.status,
                job.c.params["stop_after_script"].as_boolean().label("script_only"),
                job.c.finished_at,
                job.c.created_at,
                job.c.error_message,
                job.c.episode_id,
                episode.c.title,
                episode.c.duration_ms,
                account.c.preferences,
                account.c.email,
            )
            .join(account, account.c.id == job.c.owner_id)
            .outerjoin(episode, episode.c.id == job.c.episode_id)
            .where(_UNTOLD)
            .order_by(job.c.finished_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Untold(
                job_id=row.id,
                owner_id=row.owner_id,
                status=row.status,
                script_only=bool(row.script_only),
                finished_at=row.finished_at or row.created_at,
                error_message=row.error_message or "",
                episode_id=row.episode_id,
                title=row.title or "",
                duration_ms=row.duration_ms,
                email_on=row.preferences.get("email_on"),
                push_on=row.preferences.get("push_on"),
                email=row.email,
            )
            for row in rows
        ]

    async def tell(self, notice: Notice, now: datetime) -> bool:
        """Write it all; false, and nothing written, if the job was told of meanwhile or is gone."""
        claimed = update(job).where(job.c.id == notice.job_id, _UNTOLD).values(told_at=now).returning(job.c.id)
        wanting = select(webhook.c.id, webhook.c.events).where(webhook.c.owner_id == notice.owner_id, webhook.c.active)
        wanting = wanting.order_by(webhook.c.id).with_for_update(read=True, key_share=True)
        async with self._database.write(None) as connection:
            if not await owner_stays(connection, notice.owner_id):
                return False
            if (await connection.execute(claimed)).first() is None:
                return False
            await connection.execute(
                insert(message).values(
                    id=str(uuid.uuid4()),
                    owner_id=notice.owner_id,
                    kind=notice.event,
                    title=notice.title,
                    body=notice.body,
                    job_id=notice.job_id,
                    episode_id=notice.episode_id,
                    created_at=now,
                )
            )
            shared = {
                "owner_id": notice.owner_id,
                "event": notice.event,
                "job_id": notice.job_id,
                "status": "pending",
                "due_at": now,
                "created_at": now,
            }
            hooks = [row.id for row in await connection.execute(wanting) if notice.event in row.events]
            rows: list[dict[str, Any]] = [
                {**shared, "channel": "webhook", "webhook_id": hook, "payload": dict(notice.payload)} for hook in hooks
            ]
            if notice.by_email:
                letter = {"title": notice.title, "body": notice.body, "episode_id": notice.episode_id}
                rows.append({**shared, "channel": "email", "webhook_id": None, "payload": letter})
            if notice.push:
                wanting_push = select(push_subscription.c.id).where(push_subscription.c.owner_id == notice.owner_id)
                for browser_id in (await connection.scalars(wanting_push)).all():
                    said = {**notice.push, "browser_id": browser_id}
                    rows.append({**shared, "channel": "push", "webhook_id": None, "payload": said})
            if rows:
                await connection.execute(insert(delivery), [{"id": str(uuid.uuid4()), **row} for row in rows])
        return True
