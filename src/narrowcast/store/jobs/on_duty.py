"""Processes that have hands, as each says of itself every few seconds: how many, for which kinds, how many work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from narrowcast.store.database import Database
from narrowcast.store.tables import worker

FRESH_S = 50.0
"""Who was not seen for so long is gone: three times he did not come to say that he is there."""
FORGOTTEN_S = 3600.0
TURN = "on duty"


@dataclass(frozen=True)
class Crew:
    """The hands of one process: `slots` of them, of which `busy` have a job. `engine` is `local` or `celery`."""

    name: str
    engine: str
    kinds: Sequence[str]
    slots: int
    busy: int
    version: str


class OnDuty:
    """Who has hands. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def report(self, crew: Crew) -> None:
        """This crew is there now; those that were not seen for an hour are forgotten."""
        async with self._database.write(TURN) as connection:
            # Not before the database has told the time.
            now = self._clock()
            values = {
                "engine": crew.engine,
                "kinds": sorted(crew.kinds),
                "slots": crew.slots,
                "busy": crew.busy,
                "version": crew.version,
                "seen_at": now,
            }
            await connection.execute(delete(worker).where(worker.c.seen_at < now - timedelta(seconds=FORGOTTEN_S)))
            known = update(worker).where(worker.c.name == crew.name).values(**values)
            if not (await connection.execute(known.returning(worker.c.name))).first():
                await connection.execute(insert(worker).values(name=crew.name, started_at=now, **values))

    async def leave(self, name: str) -> None:
        """This crew is there no more."""
        async with self._database.write(TURN) as connection:
            await connection.execute(delete(worker).where(worker.c.name == name))

    async def present(self) -> list[Crew]:
        """All that are there, by name."""
        query = (
            select(worker.c.name, worker.c.engine, worker.c.kinds, worker.c.slots, worker.c.busy, worker.c.version)
            .where(worker.c.seen_at > self._clock() - timedelta(seconds=FRESH_S))
            .order_by(worker.c.name)
        )
        async with self._database.read() as connection:
            return [Crew(*row) for row in await connection.execute(query)]
