"""All rows of a database into another, of whichever kind: a page at a time, exactly as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import JSON, Insert, Select, Table, Text, bindparam, cast, func, insert, select, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import OutputError
from narrowcast.store.tables import metadata, provider_slot, worker
from narrowcast.store.upkeep.fitting import check_length, fitting_json, fitting_text

PAGE = 200
MOMENTARY = frozenset({worker.name, provider_slot.name})
"""Tables about processes that live now: they say nothing of a copy."""
TABLES = tuple(table for table in metadata.sorted_tables if table.name not in MOMENTARY)
"""Those that others refer to come first."""

Tell = Callable[[int, int], None]
"""Told how many of how many are done."""


async def copy_rows(source: AsyncConnection, target: AsyncConnection, tell: Tell = lambda _done, _all: None) -> int:
    """Copy each row, over whatever is in `target`; how many. `source` should stand still.

    JSON is copied as it is written, so that a null in it and none at all stay two things. Counters go on where they
    were. Raises `OutputError` when something does not fit, or not everything arrived.
    """
    await empty(target)
    counts = {table: await count(source, table) for table in TABLES}
    done = 0
    for table in TABLES:
        done = await _copy(table, source, target, done, lambda rows: tell(rows, sum(counts.values())))
        if await count(target, table) != counts[table]:
            raise OutputError(f"Not every {table.name} was copied.", hint="Nothing was changed. Try again.")
    for table in TABLES:
        if table.autoincrement_column is not None:
            await _set_counter(target, table, await _counter(source, table))
    return done


async def count(connection: AsyncConnection, table: Table) -> int:
    """How many rows it has."""
    return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def empty(connection: AsyncConnection) -> None:
    """Remove every row. On PostgreSQL nobody else can look at the tables from here on to the end of the transaction."""
    if _is_postgresql(connection):
        names = ", ".join(table.name for table in metadata.sorted_tables)
        await connection.execute(text("set local statement_timeout = 0"))
        await connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
        await connection.execute(text(f"truncate table {names}"))
        return
    for table in reversed(metadata.sorted_tables):
        await connection.execute(table.delete())


async def _copy(
    table: Table, source: AsyncConnection, target: AsyncConnection, done: int, tell: Callable[[int], None]
) -> int:
    into, strict = _insert(table, _is_postgresql(target)), _is_postgresql(target)
    rows = await source.stream(_select(table, _is_postgresql(source)).execution_options(yield_per=PAGE))
    async for page in rows.mappings().partitions(PAGE):
        values = [
            {f"v_{name}": _given(table, name, value, strict=strict) for name, value in row.items()} for row in page
        ]
        await target.execute(into, values)
        done += len(page)
        tell(done)
    return done


def _select(table: Table, postgresql: bool) -> Select[Any]:  # noqa: FBT001 - of two kinds
    """All rows, by their keys; JSON as text."""
    columns = [
        (cast(column, Text) if postgresql else type_coerce(column, Text)).label(column.key)
        if isinstance(column.type, JSON)
        else column.label(column.key)
        for column in table.c
    ]
    return select(*columns).order_by(*table.primary_key.columns)


def _insert(table: Table, postgresql: bool) -> Insert:  # noqa: FBT001 - of two kinds
    values: dict[str, Any] = {}
    for column in table.c:
        if isinstance(column.type, JSON):
            written = bindparam(f"v_{column.key}", type_=Text())
            values[column.key] = cast(written, JSONB) if postgresql else type_coerce(written, Text)
        else:
            values[column.key] = bindparam(f"v_{column.key}", type_=column.type)
    return insert(table).values(values)


def _given(table: Table, name: str, value: Any, *, strict: bool) -> Any:
    column = table.c[name]
    if value is None or isinstance(value, date):
        return value
    if isinstance(column.type, JSON):
        # What is no more than a number comes as one from SQLite.
        written = value if isinstance(value, str) else json.dumps(value)
        return fitting_json(written) if strict else written
    if strict and isinstance(value, str):
        check_length(column, value)
        return fitting_text(value)
    return value


async def _counter(connection: AsyncConnection, table: Table) -> int:
    """The highest number that was ever given."""
    if _is_postgresql(connection):
        sequence = await connection.scalar(text("select pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
        query = text(f"select case when is_called then last_value else 0 end from {sequence}")  # noqa: S608 - its name
        return int(await connection.scalar(query) or 0)
    query = text("select seq from sqlite_sequence where name = :name")
    return int(await connection.scalar(query, {"name": table.name}) or 0)


async def _set_counter(connection: AsyncConnection, table: Table, number: int) -> None:
    given = {"name": table.name, "number": number}
    if _is_postgresql(connection):
        # The casts are for the driver, which has to know a type for each parameter.
        change = "select setval(pg_get_serial_sequence(:name, 'id'), greatest(cast(:number as bigint), 1), :number > 0)"
        await connection.execute(text(change), given)
        return
    await connection.execute(text("delete from sqlite_sequence where name = :name"), given)
    await connection.execute(text("insert into sqlite_sequence (name, seq) values (:name, :number)"), given)


def _is_postgresql(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "postgresql"
