"""A person's episodes: listed, searched, named, tagged and removed. Those of the command line are not among them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.tags import add_tags
from narrowcast.store.episodes.texts import has_words, keep_names
from narrowcast.store.paging import Place, Spot, in_order, newest_first
from narrowcast.store.recent import Recent
from narrowcast.store.staying import lock_jobs
from narrowcast.store.tables import (
    account,
    episode,
    episode_source,
    episode_tag,
    episode_text,
    job,
    listening_progress,
    notebook,
    revision,
)


class Order(StrEnum):
    """In which other orders than by age a library can be looked through."""

    TITLE = "title"
    LENGTH = "length"
    PLAYED = "played"


TITLE_CHARACTERS = 40
"""Of a title, by which it is put in order: a cursor holds them."""
_ORDERS: Mapping[Order, tuple[ColumnElement[Any], bool]] = MappingProxyType(
    {
        Order.TITLE: (func.lower(func.substr(episode.c.title, 1, TITLE_CHARACTERS)), False),
        Order.LENGTH: (func.coalesce(episode.c.duration_ms, -1), True),
        Order.PLAYED: (func.coalesce(listening_progress.c.played_at_ms, 0), True),
    }
)
"""By what, and whether from the top down."""


@dataclass(frozen=True)
class LatestJob:
    """The last job that was, or is, at work on an episode; `progress` is what it said last."""

    id: str
    kind: str
    status: str
    progress: Mapping[str, Any]
    estimate_s: int | None


@dataclass(frozen=True)
class Shelved:
    """An episode of a person's library. `size_bytes` and `media_type` are those of the newest rendering, if any."""

    id: str
    title: str
    description: str
    language: str
    status: EpisodeStatus
    uploaded: bool
    revision: int
    has_script: bool
    notebook_id: str | None
    duration_ms: int | None
    size_bytes: int | None
    media_type: str | None
    audio_key: str
    files: Mapping[str, str]
    figures: Mapping[str, Any]
    error_message: str | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    tags: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    job: LatestJob | None = None
    plays: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which episodes: all conditions that are given hold. `words` are looked for as `searched_words` cuts them."""

    statuses: Collection[EpisodeStatus] = ()
    tag: str | None = None
    notebook_id: str | None = None
    source_id: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Changes:
    """What is to be changed; none stays as it is. An empty `notebook_id` takes the episode out of its notebook."""

    title: str | None = None
    description: str | None = None
    notebook_id: str | None = None
    tags: Sequence[str] | None = None


class Shelf:
    """The episodes of each owner. Raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._titles: Recent[str] = Recent(database)

    async def list(self, owner_id: str, wanted: Wanted, after: Place | None, limit: int) -> Sequence[Shelved]:
        """The owner's episodes that are `wanted`, newest first."""
        query = newest_first(_wanted(owner_id, wanted), episode.c.created_at, episode.c.id, after, limit)
        async with self._database.read() as connection:
            return await _shelved(connection, (await connection.execute(query)).all())

    async def in_order(
        self, owner_id: str, wanted: Wanted, order: Order, after: Spot | None, limit: int
    ) -> Sequence[tuple[Shelved, Spot]]:
        """The owner's episodes that are `wanted`, in another order; each with where a page behind it begins."""
        by, down = _ORDERS[order]
        query = _wanted(owner_id, wanted).add_columns(by.label("by"))
        if order is Order.PLAYED:
            theirs = listening_progress.c.owner_id == owner_id
            query = query.outerjoin(listening_progress, theirs & (listening_progress.c.episode_id == episode.c.id))
        query = in_order(query, by, episode.c.id, after, limit, down=down)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            found = await _shelved(connection, rows)
        return [(one, Spot(row.by, one.id)) for one, row in zip(found, rows, strict=True)]

    async def several(self, owner_id: str, episode_ids: Sequence[str]) -> Sequence[Shelved]:
        """Those of these episodes that are the owner's, in that order."""
        async with self._database.read() as connection:
            rows = (await connection.execute(_of(owner_id).where(episode.c.id.in_(episode_ids)))).all()
            found = {one.id: one for one in await _shelved(connection, rows)}
        return [found[identity] for identity in episode_ids if identity in found]

    async def get(self, owner_id: str, episode_id: str) -> Shelved:
        """One of the owner's. Raises `NotFoundError`."""
        async with self._database.read() as connection:
            return await _one(connection, owner_id, episode_id)

    async def change(self, owner_id: str, episode_id: str, changes: Changes) -> Shelved:
        """Change what is given; the episode as it is then. Raises `NotFoundError`, of a notebook too."""
        values: dict[str, Any] = {"updated_at": datetime.now(UTC)}
        values |= {name: text for name in ("title", "description") if (text := getattr(changes, name)) is not None}
        async with self._database.write() as connection:
            if changes.notebook_id is not None:
                values["notebook_id"] = changes.notebook_id or None
                await _check_notebook(connection, owner_id, changes.notebook_id)
            await _check(connection, owner_id, episode_id)
            await connection.execute(update(episode).where(episode.c.id == episode_id).values(**values))
            if changes.title is not None or changes.description is not None:
                await keep_names(connection, episode_id)
            if changes.tags is not None:
                await connection.execute(delete(episode_tag).where(episode_tag.c.episode_id == episode_id))
                await add_tags(connection, episode_id, changes.tags)
            return await _one(connection, owner_id, episode_id)

    async def title(self, owner_id: str, episode_id: str) -> str:
        """What one of the owner's episodes is called. Raises `NotFoundError`."""
        title = await self._titles((owner_id, episode_id), lambda: self._title(owner_id, episode_id))
        if title is None:
            raise NotFoundError("There is no such episode.")
        return title

    async def titles(self, owner_id: str, episode_ids: Collection[str]) -> Mapping[str, str]:
        """What these are called, of those that are the owner's."""
        if not episode_ids:
            return {}
        query = select(episode.c.id, episode.c.title).where(
            episode.c.owner_id == owner_id, episode.c.id.in_(episode_ids)
        )
        async with self._database.read() as connection:
            return {row.id: row.title or "" for row in await connection.execute(query)}

    async def _title(self, owner_id: str, episode_id: str) -> str | None:
        query = select(episode.c.title).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
        async with self._database.read() as connection:
            title: str | None = await connection.scalar(query)
        return title

    async def made_with(self, owner_id: str, episode_id: str) -> str:
        """The name of the profile that one of the owner's episodes is made with; empty where there is none."""
        name = episode.c.snapshot["request"]["profile"]["name"].as_string()
        async with self._database.read() as connection:
            query = select(name).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
            return str(await connection.scalar(query) or "")

    async def owner_of(self, episode_id: str) -> str | None:
        """Whose episode it is, if they may still sign in: for who shows a signature instead of who they are."""
        query = (
            select(episode.c.owner_id)
            .join(account, account.c.id == episode.c.owner_id)
            .where(episode.c.id == episode_id, account.c.active)
        )
        async with self._database.read() as connection:
            owner_id: str | None = await connection.scalar(query)
        return owner_id

    async def delete(self, owner_id: str, episode_ids: Collection[str]) -> Sequence[str]:
        """Remove episodes with all that is theirs in the database, jobs too; the ids of those that there were.

        A worker at such a job finds it gone, and stops. What lies under `episodes/ID/` in the storage belongs to
        nothing then, and `gc` takes it.
        """
        async with self._database.write() as connection:
            return await delete_episodes(connection, owner_id, episode_ids)


async def delete_episodes(connection: AsyncConnection, owner_id: str, episode_ids: Collection[str]) -> Sequence[str]:
    """As `Shelf.delete`, in a transaction that does more."""
    query = select(episode.c.id).where(episode.c.owner_id == owner_id, episode.c.id.in_(episode_ids))
    found = list((await connection.scalars(query)).all())
    await lock_jobs(connection, job.c.episode_id.in_(found))
    # Jobs, revisions, tags and text go with them: ON DELETE CASCADE.
    await connection.execute(delete(episode).where(episode.c.id.in_(found)))
    return found


def _of(owner_id: str) -> Select[Any]:
    newest = (revision.c.episode_id == episode.c.id) & (revision.c.number == episode.c.revision)
    theirs = listening_progress.alias()
    plays = (
        select(func.coalesce(func.sum(theirs.c.plays), 0))
        .where(theirs.c.episode_id == episode.c.id)
        .correlate(episode)
        .scalar_subquery()
    )
    return (
        select(
            episode,
            revision.c.size_bytes,
            revision.c.media_type,
            revision.c.audio_key,
            revision.c.files,
            plays.label("plays"),
        )
        .select_from(episode)
        .outerjoin(revision, newest)
        .where(episode.c.owner_id == owner_id)
    )


def _wanted(owner_id: str, wanted: Wanted) -> Select[Any]:
    query = _of(owner_id)
    if wanted.statuses:
        query = query.where(episode.c.status.in_(wanted.statuses))
    if wanted.tag is not None:
        query = query.where(_bears(wanted.tag))
    if wanted.notebook_id is not None:
        query = query.where(episode.c.notebook_id == wanted.notebook_id)
    if wanted.source_id is not None:
        query = query.where(
            select(episode_source.c.episode_id)
            .where(episode_source.c.episode_id == episode.c.id, episode_source.c.source_id == wanted.source_id)
            .exists()
        )
    if conditions := has_words(wanted.words):
        query = query.join(episode_text, episode_text.c.episode_id == episode.c.id).where(*conditions)
    return query


def _bears(tag: str) -> Any:
    return (
        select(episode_tag.c.episode_id)
        .where(episode_tag.c.episode_id == episode.c.id, episode_tag.c.tag == tag)
        .exists()
    )


async def _check(connection: AsyncConnection, owner_id: str, episode_id: str) -> None:
    query = select(episode.c.id).where(episode.c.id == episode_id, episode.c.owner_id == owner_id)
    if await connection.scalar(query) is None:
        raise NotFoundError("There is no such episode.")


async def _check_notebook(connection: AsyncConnection, owner_id: str, notebook_id: str) -> None:
    query = select(notebook.c.id).where(notebook.c.id == notebook_id, notebook.c.owner_id == owner_id)
    if notebook_id and await connection.scalar(query) is None:
        raise NotFoundError("There is no such notebook.")


async def _one(connection: AsyncConnection, owner_id: str, episode_id: str) -> Shelved:
    rows = (await connection.execute(_of(owner_id).where(episode.c.id == episode_id))).all()
    if not rows:
        raise NotFoundError("There is no such episode.")
    return (await _shelved(connection, rows))[0]


async def _shelved(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> Sequence[Shelved]:
    """The records of these rows, with what is in other tables, asked for once for all of them."""
    ids = [row.id for row in rows]
    tags: dict[str, list[str]] = {}
    sources: dict[str, list[str]] = {}
    query = select(episode_tag).where(episode_tag.c.episode_id.in_(ids)).order_by(episode_tag.c.tag)
    for identity, tag in await connection.execute(query):
        tags.setdefault(identity, []).append(tag)
    query = select(episode_source).where(episode_source.c.episode_id.in_(ids)).order_by(episode_source.c.source_id)
    for identity, source_id in await connection.execute(query):
        sources.setdefault(identity, []).append(source_id)
    jobs = await _latest_jobs(connection, ids)
    return [
        Shelved(
            id=row.id,
            title=row.title,
            description=row.description,
            language=row.language,
            status=EpisodeStatus(row.status),
            uploaded=bool(row.uploaded),
            revision=row.revision,
            has_script=row.script_blob_key is not None,
            notebook_id=row.notebook_id,
            duration_ms=row.duration_ms,
            size_bytes=row.size_bytes,
            media_type=row.media_type,
            audio_key=row.audio_key or "",
            files=row.files or {},
            figures=row.figures,
            error_message=row.error_message,
            created_at=row.created_at,
            updated_at=row.updated_at,
            completed_at=row.completed_at,
            tags=tuple(tags.get(row.id, ())),
            source_ids=tuple(sources.get(row.id, ())),
            job=jobs.get(row.id),
            plays=row.plays,
        )
        for row in rows
    ]


async def _latest_jobs(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, LatestJob]:
    place = func.row_number().over(partition_by=job.c.episode_id, order_by=(job.c.created_at.desc(), job.c.id.desc()))
    wanted = (job.c.id, job.c.kind, job.c.status, job.c.progress, job.c.estimate_s, job.c.episode_id)
    ranked = select(*wanted, place.label("place")).where(job.c.episode_id.in_(ids)).subquery()
    found = await connection.execute(select(ranked).where(ranked.c.place == 1))
    return {
        row.episode_id: LatestJob(row.id, row.kind, row.status, row.progress or {}, row.estimate_s) for row in found
    }
