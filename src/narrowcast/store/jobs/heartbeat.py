"""Heartbeats from a thread of their own: an event loop that is busy for a minute must not cost a job its lease."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from narrowcast.store.database import Database
from narrowcast.store.faults import telling_of_database
from narrowcast.store.jobs.claims import Beat, beating
from narrowcast.store.sqlite import WRITES

TIMEOUT_S = 10.0


class Heartbeat:
    """One connection of its own, to be used from one thread at a time."""

    def __init__(
        self, database: Database, lease_s: float, clock: Callable[[], datetime], timeout_s: float = TIMEOUT_S
    ) -> None:
        self._kind = database.kind
        self._lease_s = lease_s
        self._clock = clock
        self._engine = database.thread_engine(timeout_s)

    def beat(self, job_id: str, epoch: int) -> Beat | None:
        """Extend the lease; none when the job is lost. Raises `OutputError`, also where the lock was not to be had."""
        with telling_of_database(self._kind), self._engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                row = connection.execute(beating(job_id, epoch, self._clock(), self._lease_s)).first()
        return Beat(row.cancel_requested_at is not None) if row else None

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()
