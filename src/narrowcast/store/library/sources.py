"""Sources: documents that people gave, and what was read of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.episodes.room import check_room
from narrowcast.store.episodes.shelf import delete_episodes
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.library.notebooks import check_notebook, put_in
from narrowcast.store.library.source_texts import searched_text
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.tables import episode, episode_source, notebook_source, source
from narrowcast.store.uninterrupted import uninterrupted


@dataclass(frozen=True)
class NewSource:
    """A source that was read. `read` is it as JSON; `file` is the file as it was given, if it was one.

    `digest` is equal for equal documents. `most_bytes` is what all of the owner's may take, episodes too.
    """

    title: str
    format: str
    origin: str
    language: str
    author: str | None
    words: int
    passages: int
    characters: int
    digest: str
    read: bytes
    file: Path | None
    size_bytes: int
    most_bytes: int | None = None


@dataclass(frozen=True)
class StoredSource:
    """A source as it is kept: `read_key` is the blob of what was read, `file_key` that of the file."""

    id: str
    title: str
    format: str
    origin: str
    language: str
    author: str | None
    words: int
    passages: int
    characters: int
    digest: str
    read_key: str
    file_key: str | None
    size_bytes: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class MadeFrom:
    """An episode that is made from a source."""

    id: str
    title: str


class Sources:
    """The sources of one store's users. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def all(
        self, owner_id: str, after: Place | None, limit: int, *, notebook_id: str | None = None
    ) -> Sequence[StoredSource]:
        """The owner's, newest first; or those of one notebook. Raises `NotFoundError`."""
        query = select(source).where(source.c.owner_id == owner_id)
        if notebook_id is not None:
            inside = select(notebook_source.c.source_id).where(notebook_source.c.notebook_id == notebook_id)
            query = query.where(source.c.id.in_(inside))
        async with self._database.read() as connection:
            if notebook_id is not None:
                await check_notebook(connection, owner_id, notebook_id)
            rows = await connection.execute(newest_first(query, source.c.created_at, source.c.id, after, limit))
            return [source_record(row) for row in rows]

    async def get(self, owner_id: str, identity: str) -> StoredSource:
        """That source. Raises `NotFoundError`."""
        async with self._database.read() as connection:
            return await _one(connection, owner_id, identity)

    async def check_notebook(self, owner_id: str, notebook_id: str) -> None:
        """Raise `NotFoundError` unless it is one of the owner's: before a document is read for it."""
        async with self._database.read() as connection:
            await check_notebook(connection, owner_id, notebook_id)

    async def check_room(self, owner_id: str, size: int, most_bytes: int | None) -> None:
        """Raise `TooLargeError` where there is no room for so many bytes more: before a document is read."""
        async with self._database.read() as connection:
            await check_room(connection, owner_id, size, most_bytes)

    async def add(self, owner_id: str, new: NewSource, notebook_id: str | None = None) -> tuple[StoredSource, bool]:
        """Keep a source, and put it in a notebook; whether it is new: an equal one of the owner's goes before.

        Raises `NotFoundError` for the notebook, `TooLargeError`; then nothing is kept.
        """
        return await uninterrupted(self._add(owner_id, new, notebook_id))

    async def _add(self, owner_id: str, new: NewSource, notebook_id: str | None) -> tuple[StoredSource, bool]:
        if known := await self._known(owner_id, new.digest, notebook_id):
            return known, False
        identity = str(uuid.uuid4())
        read_key, file_key = f"sources/{identity}/read.json", f"sources/{identity}/file" if new.file else None
        kept = False
        try:
            await self._blobs.put(read_key, new.read)
            if new.file and file_key:
                await self._blobs.put_file(file_key, new.file)
            async with self._database.write() as connection:
                found = await _equal(connection, owner_id, new.digest)
                if found is None:
                    await check_room(connection, owner_id, new.size_bytes, new.most_bytes)
                    await connection.execute(
                        insert(source).values(_values(owner_id, identity, new, read_key, file_key))
                    )
                if notebook_id is not None:
                    await put_in(connection, owner_id, notebook_id, found or identity)
                stored = await _one(connection, owner_id, found or identity)
            kept = found is None
            return stored, kept
        finally:
            if not kept:
                await self._remove(read_key, file_key)

    async def _known(self, owner_id: str, digest: str, notebook_id: str | None) -> StoredSource | None:
        async with self._database.write() as connection:
            found = await _equal(connection, owner_id, digest)
            if found is None:
                return None
            if notebook_id is not None:
                await put_in(connection, owner_id, notebook_id, found)
            return await _one(connection, owner_id, found)

    async def rename(self, owner_id: str, identity: str, title: str) -> StoredSource:
        """Give it another title. Raises `NotFoundError`."""
        async with self._database.write() as connection:
            known = await _one(connection, owner_id, identity)
            folded = searched_text(title, known.author, known.origin)
            await connection.execute(
                update(source)
                .where(_mine(owner_id, identity))
                .values(title=title, folded=folded, updated_at=datetime.now(UTC))
            )
            return await _one(connection, owner_id, identity)

    async def delete(self, owner_id: str, identity: str, *, with_episodes: bool) -> Sequence[MadeFrom]:
        """Remove a source, and the episodes that are made from it, with their jobs; or, if there are such episodes
        and that was not asked for, remove nothing. Either way they are told. Raises `NotFoundError`.
        """
        return await uninterrupted(self._delete(owner_id, identity, with_episodes=with_episodes))

    async def _delete(self, owner_id: str, identity: str, *, with_episodes: bool) -> Sequence[MadeFrom]:
        async with self._database.write() as connection:
            stored = await _one(connection, owner_id, identity)
            made = await _made_from(connection, owner_id, identity)
            if made and not with_episodes:
                return made
            await delete_episodes(connection, owner_id, [one.id for one in made])
            await connection.execute(delete(source).where(_mine(owner_id, identity)))
        await self._remove(stored.read_key, stored.file_key)
        return made

    async def _remove(self, *keys: str | None) -> None:
        for key in keys:
            if key:
                await self._blobs.delete(key)


async def _made_from(connection: AsyncConnection, owner_id: str, identity: str) -> list[MadeFrom]:
    query = (
        select(episode.c.id, episode.c.title)
        .join(episode_source, episode_source.c.episode_id == episode.c.id)
        .where(episode_source.c.source_id == identity, episode.c.owner_id == owner_id)
        .order_by(episode.c.created_at, episode.c.id)
    )
    return [MadeFrom(row.id, row.title) for row in await connection.execute(query)]


async def _equal(connection: AsyncConnection, owner_id: str, digest: str) -> str | None:
    query = select(source.c.id).where(source.c.owner_id == owner_id, source.c.digest == digest)
    found: str | None = await connection.scalar(query)
    return found


async def _one(connection: AsyncConnection, owner_id: str, identity: str) -> StoredSource:
    row = (await connection.execute(select(source).where(_mine(owner_id, identity)))).first()
    if row is None:
        raise NotFoundError("There is no such source.")
    return source_record(row)


def _mine(owner_id: str, identity: str) -> ColumnElement[bool]:
    return (source.c.owner_id == owner_id) & (source.c.id == identity)


def _values(owner_id: str, identity: str, new: NewSource, read_key: str, file_key: str | None) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": identity,
        "owner_id": owner_id,
        "title": new.title,
        "format": new.format,
        "origin": new.origin,
        "language": new.language,
        "author": new.author,
        "words": new.words,
        "passages": new.passages,
        "characters": new.characters,
        "digest": new.digest,
        "read_key": read_key,
        "file_key": file_key,
        "size_bytes": new.size_bytes,
        "folded": searched_text(new.title, new.author, new.origin),
        "created_at": now,
        "updated_at": now,
    }


def source_record(row: Row[Any]) -> StoredSource:
    """A row of the table as a value."""
    return StoredSource(
        id=row.id,
        title=row.title,
        format=row.format,
        origin=row.origin,
        language=row.language,
        author=row.author,
        words=row.words,
        passages=row.passages,
        characters=row.characters,
        digest=row.digest,
        read_key=row.read_key,
        file_key=row.file_key,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
