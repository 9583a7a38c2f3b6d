"""What is true of the whole installation, however many servers share its database."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from narrowcast.store.database import Database
from narrowcast.store.tables import installation


class Installation:
    """Facts by name. Every method raises `OutputError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def of_many(self) -> bool:
        """Whether servers on other machines may share the database."""
        return not self._database.kind.one_writer

    async def known(self, name: str) -> str | None:
        """What holds under that name, if anything does."""
        async with self._database.read() as connection:
            known: str | None = await connection.scalar(select(installation.c.value).where(installation.c.name == name))
            return known

    async def agree(self, name: str, value: str) -> str:
        """What holds under that name: what is kept, else `value`, which is kept from now on. Asked by many at once."""
        kept = select(installation.c.value).where(installation.c.name == name)
        async with self._database.write() as connection:
            known: str | None = await connection.scalar(kept)
            if known is None:
                await connection.execute(insert(installation).values(name=name, value=value))
            return value if known is None else known

    async def put(self, name: str, value: str) -> None:
        """Have `value` hold from now on."""
        async with self._database.write() as connection:
            await connection.execute(delete(installation).where(installation.c.name == name))
            await connection.execute(insert(installation).values(name=name, value=value))
