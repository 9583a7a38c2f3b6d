"""Requests with an `Idempotency-Key`: the same one again gets the same answer, and is not done twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ConflictError, InputError
from narrowcast.store.database import Database
from narrowcast.store.staying import owner_stays
from narrowcast.store.tables import idempotency

KEPT_S = 24 * 3600.0
STALE_S = 60.0
"""A request that did not answer for so long is taken for dead, with the process that had it."""


@dataclass(frozen=True)
class Answer:
    """What was answered before."""

    status_code: int
    answer: Any


@dataclass(frozen=True)
class Answered:
    """An answer to be kept in the transaction of what it tells of: given to `Jobs.add` beside the job."""

    owner_id: str
    key: str
    status_code: int
    answer: Any

    async def write(self, connection: AsyncConnection, at: datetime) -> None:  # noqa: ARG002 - as all that is written beside
        """Keep it."""
        await connection.execute(
            update(idempotency)
            .where(idempotency.c.owner_id == self.owner_id, idempotency.c.key == self.key)
            .values(status_code=self.status_code, answer=self.answer)
        )


class Idempotency:
    """The keys of one store, each its owner's own."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] | None = None,
        kept_s: float = KEPT_S,
        stale_s: float = STALE_S,
    ) -> None:
        self._database = database
        self._clock = clock or database.now
        self._kept_s = kept_s
        self._stale_s = stale_s

    async def begin(self, owner_id: str, key: str, request_hash: str) -> Answer | None:
        """What the same request was answered; none where it is to be done now, and then `finish` or `forget`.

        Raises `InputError` for a key that came with another request, `ConflictError` while that one is being done.
        """
        mine = (idempotency.c.owner_id == owner_id) & (idempotency.c.key == key)
        async with self._database.write(f"keys of {owner_id}") as connection:
            now = self._clock()
            await owner_stays(connection, owner_id)
            row = (await connection.execute(select(idempotency).where(mine))).first()
            if row and row.created_at > now - timedelta(seconds=self._kept_s):
                if row.request_hash != request_hash:
                    raise InputError(
                        "This Idempotency-Key came with another request before.",
                        hint="Use a new key for a new request.",
                    )
                if row.status_code is not None:
                    return Answer(row.status_code, row.answer)
                if row.created_at > now - timedelta(seconds=self._stale_s):
                    raise ConflictError(
                        "The first request with this Idempotency-Key is still being done.",
                        hint="Try again in a moment.",
                    )
            if row:
                await connection.execute(delete(idempotency).where(mine))
            values = {"owner_id": owner_id, "key": key, "request_hash": request_hash, "created_at": now}
            await connection.execute(insert(idempotency).values(**values))
        return None

    async def finish(self, owner_id: str, key: str, status_code: int, answer: Mapping[str, Any]) -> None:
        """Keep the answer. What spends writes `Answered` beside its job instead, so that no crash comes between."""
        async with self._database.write(None) as connection:
            await Answered(owner_id, key, status_code, answer).write(connection, self._clock())

    async def forget(self, owner_id: str, key: str) -> None:
        """The request was refused: the key may be used again. An answer that was kept stays."""
        async with self._database.write(None) as connection:
            await connection.execute(
                delete(idempotency).where(
                    idempotency.c.owner_id == owner_id, idempotency.c.key == key, idempotency.c.status_code.is_(None)
                )
            )
