"""Figures of everybody for whoever runs the server: how many, how much, how well; never whose titles or words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from narrowcast.store.database import Database
from narrowcast.store.tables import account, episode, job, job_event, provider_pause, revision, source

WAITING = "waiting"
"""The kind of event that tells that a provider made a job wait."""


@dataclass(frozen=True)
class PersonFigures:
    """What became of a user's jobs since a moment, and what is theirs now."""

    user_id: str
    live: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    episodes: int = 0
    stored_bytes: int = 0


@dataclass(frozen=True)
class ProviderTrouble:
    """How often a provider made jobs wait since a moment, and until when nobody asks it now, and why."""

    provider: str
    waits: int = 0
    paused_until: datetime | None = None
    reason: str = ""


class Oversight:
    """Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self, since: datetime) -> dict[str, PersonFigures]:
        """By user."""
        ended = job.c.finished_at >= since

        def of(status: str) -> object:
            return func.sum(case(((job.c.status == status) & ended, 1), else_=0)).label(status)

        live = func.sum(case((job.c.status.in_(["scheduled", "queued", "running"]), 1), else_=0)).label("live")
        jobs = select(job.c.owner_id, live, *map(of, ("completed", "failed", "cancelled"))).group_by(job.c.owner_id)
        episodes = select(episode.c.owner_id, func.count()).group_by(episode.c.owner_id)
        audio = (
            select(episode.c.owner_id, func.sum(revision.c.size_bytes))
            .join(revision, revision.c.episode_id == episode.c.id)
            .group_by(episode.c.owner_id)
        )
        documents = select(source.c.owner_id, func.sum(source.c.size_bytes)).group_by(source.c.owner_id)
        async with self._database.read() as connection:
            identities = list(await connection.scalars(select(account.c.id)))
            done = {row.owner_id: row for row in await connection.execute(jobs)}
            counts = {owner: int(count) for owner, count in await connection.execute(episodes)}
            stored = [
                {owner: int(size or 0) for owner, size in await connection.execute(query)}
                for query in (audio, documents)
            ]
        return {
            identity: PersonFigures(
                identity,
                **{name: int(getattr(done.get(identity), name, 0) or 0) for name in _COUNTS},
                episodes=counts.get(identity, 0),
                stored_bytes=sum(sizes.get(identity, 0) for sizes in stored),
            )
            for identity in identities
        }

    async def troubles(self, since: datetime, now: datetime) -> dict[str, ProviderTrouble]:
        """By provider: those that made anybody wait since, or that nobody asks now."""
        name = job_event.c.data["provider"].as_string()
        waits = (
            select(name.label("provider"), func.count())
            .where(job_event.c.kind == WAITING, job_event.c.at >= since)
            .group_by(name)
        )
        async with self._database.read() as connection:
            waited = {str(provider or ""): int(count) for provider, count in await connection.execute(waits)}
            pauses = (await connection.execute(select(provider_pause).where(provider_pause.c.until > now))).all()
        paused = {row.provider.partition(":")[0]: row for row in pauses}
        return {
            provider: ProviderTrouble(
                provider,
                waited.get(provider, 0),
                paused[provider].until if provider in paused else None,
                paused[provider].reason if provider in paused else "",
            )
            for provider in {*waited, *paused}
        }


_COUNTS = ("live", "completed", "failed", "cancelled")
