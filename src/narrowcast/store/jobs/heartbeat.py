"""Heartbeats from a thread of their own: an event loop that is busy for a minute must not cost a job its lease."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, event
from sqlalchemy.pool import StaticPool

from narrowcast.store.clock import now_in_utc
from narrowcast.store.database import WRITES, begin_immediately, set_pragmas
from narrowcast.store.faults import telling_of_database
from narrowcast.store.jobs.claims import Beat, beating

TIMEOUT_S = 10.0


class Heartbeat:
    """One connection of its own, to be used from one thread at a time."""

    def __init__(
        self,
        path: Path,
        lease_s: float,
        clock: Callable[[], datetime] = now_in_utc,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._path = path
        self._lease_s = lease_s
        self._clock = clock
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)),
            connect_args={"isolation_level": None, "timeout": timeout_s, "check_same_thread": False},
            poolclass=StaticPool,
        )
        event.listen(self._engine, "connect", set_pragmas)
        event.listen(self._engine, "begin", begin_immediately)

    def beat(self, job_id: str, epoch: int) -> Beat | None:
        """Extend the lease; none when the job is lost. Raises `OutputError`, also where the lock was not to be had."""
        with telling_of_database(self._path), self._engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                row = connection.execute(beating(job_id, epoch, self._clock(), self._lease_s)).first()
        return Beat(row.cancel_requested_at is not None) if row else None

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()
