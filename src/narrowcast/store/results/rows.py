"""The SQL of paid results, and the pure decision who may work on one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, insert, select, update
from sqlalchemy.exc import IntegrityError

from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import Database
from narrowcast.store.tables import PENDING, READY, result

ASK_AT_ONCE = 500
"""Keys in one statement; SQLite takes at most 32,766 parameters, older ones 999."""


@dataclass(frozen=True)
class ResultRow:
    """What is known of one result. A ready one has a blob; a pending one may have a holder and a partial."""

    key: str
    kind: str
    status: str
    epoch: int
    lease_owner: str | None
    lease_until: datetime | None
    blob_key: str | None
    sha256: str | None
    size_bytes: int | None
    meta: Mapping[str, Any] | None
    partial: bytes | None
    finished_at: datetime | None
    used_at: datetime | None


class Move(Enum):
    """What someone who wants a result does next."""

    LOAD = auto()
    CLAIM = auto()
    WAIT = auto()


def next_move(row: ResultRow | None, *, me: str, now: datetime, alive: Callable[[str], bool]) -> Move:
    """Load what is ready, wait for a live holder within its lease, else claim.

    A holder that died is not waited for; one that lives but stopped renewing its lease is frozen.
    """
    if row is None:
        return Move.CLAIM
    if row.status == READY:
        return Move.LOAD
    if row.lease_owner in {None, me} or row.lease_until is None or row.lease_until <= now:
        return Move.CLAIM
    return Move.WAIT if alive(str(row.lease_owner)) else Move.CLAIM


async def find(database: Database, key: str) -> ResultRow | None:
    """The row of `key`."""
    columns = [result.c[name] for name in ResultRow.__dataclass_fields__]
    async with database.read() as connection:
        row = (await connection.execute(select(*columns).where(result.c.key == key))).first()
    return ResultRow(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for it


async def ready_among(database: Database, keys: Collection[str]) -> set[str]:
    """Those of `keys` that are ready."""
    wanted, found = list(keys), set[str]()
    async with database.read() as connection:
        for start in range(0, len(wanted), ASK_AT_ONCE):
            query = select(result.c.key).where(
                result.c.key.in_(wanted[start : start + ASK_AT_ONCE]), result.c.status == READY
            )
            found.update(await connection.scalars(query))
    return found


async def noted(database: Database, kind: str, name: str, value: str) -> dict[str, Mapping[str, Any]]:
    """The meta of ready results of a kind that hold `value` under `name`, by key, oldest first."""
    query = (
        select(result.c.key, result.c.meta)
        .where(result.c.kind == kind, result.c.status == READY, result.c.meta[name].as_string() == value)
        .order_by(result.c.finished_at)
    )
    async with database.read() as connection:
        return {str(key): meta for key, meta in await connection.execute(query)}


async def claim(
    database: Database, seen: ResultRow | None, *, key: str, kind: str, me: str, now: datetime, until: datetime
) -> int | None:
    """Take the lease, if the row is still as it was `seen`; the epoch that it is held under, none if it is not."""
    epoch = seen.epoch + 1 if seen else 1
    lease = {"lease_owner": me, "lease_until": until, "epoch": epoch}
    statement: Executable
    if seen is None:
        statement = insert(result).values(key=key, kind=kind, status=PENDING, created_at=now, **lease)
    else:
        statement = (
            update(result)
            .where(result.c.key == key, result.c.epoch == seen.epoch, result.c.status == PENDING)
            .values(**lease)
        )
    try:
        taken = await _change(database, statement, "claim")
    except IntegrityError:
        return None  # Somebody else made the row first.
    return epoch if taken else None


async def renew(database: Database, keys: Sequence[str], *, me: str, until: datetime) -> None:
    """Extend the leases on `keys` that are still mine."""
    statement = (
        update(result)
        .where(result.c.key.in_(keys), result.c.lease_owner == me, result.c.status == PENDING)
        .values(lease_until=until)
    )
    await _change(database, statement, "renew")


async def release(database: Database, key: str, epoch: int) -> None:
    """Give the lease back, if it is still that of `epoch`; the partial stays."""
    statement = update(result).where(*_held(key, epoch)).values(lease_owner=None, lease_until=None)
    await _change(database, statement, "release")


async def keep_partial(database: Database, key: str, epoch: int, data: bytes) -> bool:
    """Keep `data` as the partial, unless the lease of `epoch` was lost."""
    return await _change(database, update(result).where(*_held(key, epoch)).values(partial=data), "partial")


async def publish(
    database: Database, key: str, *, blob_key: str, sha256: str, size_bytes: int, meta: Mapping[str, Any], now: datetime
) -> bool:
    """Make the result ready, unless it is already.

    No epoch is asked for: any complete answer is as good as another, so the first one stands, even that of a holder
    who lost its lease meanwhile.
    """
    statement = (
        update(result)
        .where(result.c.key == key, result.c.status == PENDING)
        .values(
            status=READY,
            blob_key=blob_key,
            sha256=sha256,
            size_bytes=size_bytes,
            meta=dict(meta),
            finished_at=now,
            lease_owner=None,
            lease_until=None,
            partial=None,
        )
    )
    return await _change(database, statement, "publish")


async def use(database: Database, key: str, now: datetime) -> None:
    """Note that a ready result is used."""
    statement = update(result).where(result.c.key == key, result.c.status == READY).values(used_at=now)
    await _change(database, statement, "use")


async def withdraw(database: Database, row: ResultRow) -> bool:
    """Make a ready result pending again, if it is still the one of `row`."""
    statement = (
        update(result)
        .where(result.c.key == row.key, result.c.status == READY, result.c.blob_key == row.blob_key)
        .values(status=PENDING, blob_key=None, sha256=None, size_bytes=None, meta=None, finished_at=None, used_at=None)
    )
    return await _change(database, statement, "withdraw")


async def release_all(database: Database, owner: str) -> None:
    """Give back every lease of a process that is no more."""
    statement = (
        update(result)
        .where(result.c.lease_owner == owner, result.c.status == PENDING)
        .values(lease_owner=None, lease_until=None)
    )
    await _change(database, statement, "release_all")


def _held(key: str, epoch: int) -> tuple[Any, ...]:
    return result.c.key == key, result.c.epoch == epoch, result.c.status == PENDING


_COUNTED = {"preserve_rowcount": True}
"""Of an INSERT nobody counts rows otherwise, and psycopg has forgotten by then how many there were."""


async def _change(database: Database, statement: Executable, name: str) -> bool:
    """Run one statement as one transaction; whether it touched a row."""
    async with database.write(None) as connection:
        done = cast("CursorResult[Any]", await connection.execute(statement, execution_options=_COUNTED))
        crashpoint(f"{name}.before_commit")
    crashpoint(f"{name}.committed")
    return done.rowcount > 0
