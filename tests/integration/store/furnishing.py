"""A database with rows in every table, with all that may be awkward to copy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, Table, func, insert, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.database import Database
from narrowcast.store.tables import UtcDateTime, metadata

NOW = datetime(2026, 11, 21, 23, 59, 59, 123456, tzinfo=UTC)
SETTLED: dict[str, Any] = {"role": "owner", "status": "ready", "lease_owner": None, "partial": None}
"""What checks allow for."""
BLOBS = {"result", "revision", "episode", "source"}
"""Tables that name blobs."""
AWKWARD_JSON = {
    "ключ": "смысл 🎧",
    "big": 2**53 + 1,
    "small": 1e-12,
    "nested": [None, True, {"a": []}],
    "quote": 'a"\\b',
}


async def furnish(database: Database, rows: int = 3) -> None:
    """Fill every table; the last row of each has nothing where nothing may be."""
    async with database.write() as connection:
        for table in metadata.sorted_tables:
            await connection.execute(insert(table), [_row(table, number) for number in range(rows)])
            bare = {name: null() if value is None else value for name, value in _row(table, rows, bare=True).items()}
            await connection.execute(insert(table).values(bare))
        # One was there and is not any more: its number is never given again.
        events = metadata.tables["job_event"]
        last = await connection.scalar(select(func.max(events.c.id)))
        await connection.execute(events.delete().where(events.c.id == last))


async def all_rows(connection: AsyncConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, and which of their columns hold nothing at all."""
    found = {}
    for table in metadata.sorted_tables:
        nothing = [column.is_(null()).label(f"no_{column.key}") for column in table.c]
        query = select(table, *nothing).order_by(*table.primary_key.columns)
        found[table.name] = [tuple(row) for row in await connection.execute(query)]
    return found


def _row(table: Table, number: int, *, bare: bool = False) -> dict[str, Any]:
    return {
        column.key: _value(table, column, number, bare=bare)
        for column in table.c
        if table.autoincrement_column is not column
    }


def _value(table: Table, column: Any, number: int, *, bare: bool) -> Any:  # noqa: C901, PLR0912 - one for each type
    if table.name == "job" and column.key == "status":
        return "completed"
    if column.key.endswith("_key") and table.name in BLOBS:
        return None if column.nullable and bare else f"{table.name}s/{column.key}-{number}.bin"
    if table.name == "revision" and column.key == "files":
        return {".vtt": f"episodes/{number}/a.vtt"}
    if table.name == "result" and column.key == "status" and bare:
        return "pending"
    if column.key in SETTLED:
        return SETTLED[column.key]
    if column.nullable and bare:
        return None
    if column.foreign_keys:
        return f"{next(iter(column.foreign_keys)).column.table.name}-{number}"
    match column.type:
        case JSON():
            # `null` and nothing are two things; so are lists, numbers and objects.
            return [AWKWARD_JSON, [number], None][number % 3]
        case UtcDateTime():
            return NOW + timedelta(hours=number)
        case Date():
            return date(2026, 11, number + 1)
        case LargeBinary():
            return bytes(range(256)) * (number + 1)
        case Boolean():
            return number % 2 == 0
        case Integer():
            return number + 1
        case Float():
            return number + 0.1
        case _:
            return (
                f"{table.name}-{number}"
                if column.primary_key
                else f"{number} Wörter 🎧\nund mehr"[: column.type.length]
            )
