"""Looking through sources: by words, format and notebook, in an order of one's choice, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from narrowcast.errors import InputError
from narrowcast.script.folding import searched_words
from narrowcast.store.database import Database
from narrowcast.store.library.notebooks import check_notebook
from narrowcast.store.library.sources import StoredSource, source_record
from narrowcast.store.tables import notebook_source, source

TITLE_CHARACTERS = 60
"""Of a title that decide its place; titles that begin alike are in the order of their ids."""


class SourceOrder(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    LARGEST = "largest"


@dataclass(frozen=True)
class WantedSources:
    """Which sources: all conditions that are given hold. `words` are looked for as `searched_words` cuts them."""

    words: str = ""
    formats: Collection[str] = ()
    notebook_id: str | None = None
    order: SourceOrder = SourceOrder.NEWEST


@dataclass(frozen=True)
class Listed:
    """A source and its place in the list: `key` is what the list is ordered by, as text."""

    source: StoredSource
    key: str


@dataclass(frozen=True)
class Behind:
    """Where a page of the list ends."""

    key: str
    id: str


class SourceList:
    """The sources of one store's users, looked through. Raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, owner_id: str, wanted: WantedSources, after: Behind | None, limit: int) -> Sequence[Listed]:
        """The owner's that are `wanted`. Raises `NotFoundError` (notebook), `InputError` for a key of another list."""
        by = _key(wanted.order)
        query = select(source, by.label("place")).where(source.c.owner_id == owner_id, *_conditions(wanted))
        downwards = wanted.order in {SourceOrder.NEWEST, SourceOrder.LARGEST}
        if after:
            key, identity = _value(wanted.order, after.key), source.c.id
            further = by < key if downwards else by > key
            beside = identity < after.id if downwards else identity > after.id
            query = query.where(or_(further, and_(by == key, beside)))
        ordered = (by.desc(), source.c.id.desc()) if downwards else (by.asc(), source.c.id.asc())
        async with self._database.read() as connection:
            if wanted.notebook_id is not None:
                await check_notebook(connection, owner_id, wanted.notebook_id)
            rows = await connection.execute(query.order_by(*ordered).limit(limit))
            return [Listed(source_record(row), _text(row.place)) for row in rows]

    async def of_ids(self, owner_id: str, ids: Collection[str]) -> Sequence[StoredSource]:
        """Those of the ids that are the owner's, in the order in which they are named."""
        query = select(source).where(source.c.owner_id == owner_id, source.c.id.in_(list(ids)))
        async with self._database.read() as connection:
            found = {row.id: source_record(row) for row in await connection.execute(query)}
        return [found[identity] for identity in dict.fromkeys(ids) if identity in found]

    async def formats(self, owner_id: str) -> Sequence[str]:
        """The formats of the owner's sources, by the alphabet."""
        query = select(source.c.format).where(source.c.owner_id == owner_id).distinct().order_by(source.c.format)
        async with self._database.read() as connection:
            return list(await connection.scalars(query))


def _conditions(wanted: WantedSources) -> list[ColumnElement[bool]]:
    conditions = [_folded().contains(word, autoescape=True) for word in searched_words(wanted.words)]
    if wanted.formats:
        conditions.append(source.c.format.in_(wanted.formats))
    if wanted.notebook_id is not None:
        inside = select(notebook_source.c.source_id).where(notebook_source.c.notebook_id == wanted.notebook_id)
        conditions.append(source.c.id.in_(inside))
    return conditions


def _folded() -> ColumnElement[str]:
    return func.coalesce(source.c.folded, func.lower(source.c.title))


def _key(order: SourceOrder) -> ColumnElement[Any]:
    match order:
        case SourceOrder.TITLE:
            return func.substr(_folded(), 1, TITLE_CHARACTERS)
        case SourceOrder.LARGEST:
            return source.c.size_bytes
        case _:
            return source.c.created_at


def _text(key: datetime | str | int) -> str:
    return key.isoformat() if isinstance(key, datetime) else str(key)


def _value(order: SourceOrder, key: str) -> datetime | str | int:
    try:
        match order:
            case SourceOrder.TITLE:
                return key
            case SourceOrder.LARGEST:
                return int(key)
            case _:
                moment = datetime.fromisoformat(key)
                if moment.tzinfo is None:
                    raise ValueError("no zone")
                return moment
    except (ValueError, OverflowError) as error:
        raise InputError(
            "The cursor is not one of this list.", hint="Use the next_cursor of the page before."
        ) from error
