"""What an owner's episode can be made from: their sources, one by one or by notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from narrowcast.errors import NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.tables import notebook, notebook_source, source


@dataclass(frozen=True)
class Ingredient:
    """One source as a job is to know it: `read_key` is the blob of what was read of it."""

    id: str
    title: str
    language: str
    characters: int
    digest: str
    read_key: str


@dataclass(frozen=True)
class Collection:
    """A notebook's sources, in the order in which they were added."""

    name: str
    ingredients: tuple[Ingredient, ...]


class Ingredients:
    """The sources of one store, as episodes draw on them. Raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sources(self, owner_id: str, ids: Sequence[str]) -> tuple[Ingredient, ...]:
        """Those sources, in that order, each once. Raises `NotFoundError`, which names the one that is not theirs."""
        wanted = list(dict.fromkeys(ids))
        query = select(*_COLUMNS).where(source.c.owner_id == owner_id, source.c.id.in_(wanted))
        async with self._database.read() as connection:
            found = {row.id: _record(row) for row in await connection.execute(query)}
        for identity in wanted:
            if identity not in found:
                raise NotFoundError(f"There is no source {identity}.")
        return tuple(found[identity] for identity in wanted)

    async def notebook(self, owner_id: str, notebook_id: str) -> Collection:
        """The sources of that notebook. Raises `NotFoundError`."""
        mine = (notebook.c.id == notebook_id, notebook.c.owner_id == owner_id)
        query = (
            select(*_COLUMNS)
            .join(notebook_source, notebook_source.c.source_id == source.c.id)
            .join(notebook, notebook.c.id == notebook_source.c.notebook_id)
            .where(*mine, source.c.owner_id == owner_id)
            .order_by(notebook_source.c.added_at, source.c.id)
        )
        async with self._database.read() as connection:
            name = await connection.scalar(select(notebook.c.name).where(*mine))
            if name is None:
                raise NotFoundError("There is no such notebook.")
            return Collection(name, tuple(_record(row) for row in await connection.execute(query)))


_COLUMNS = (
    source.c.id,
    source.c.title,
    source.c.language,
    source.c.characters,
    source.c.digest,
    source.c.read_key,
)


def _record(row: Any) -> Ingredient:
    return Ingredient(row.id, row.title, row.language, row.characters, row.digest, row.read_key)
