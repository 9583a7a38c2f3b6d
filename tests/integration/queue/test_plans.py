"""What is asked all the time is found by indexes, however long the history is."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import event

from narrowcast.queue.outcome import Completed
from narrowcast.store.database import Database
from narrowcast.store.postgresql import Postgresql

from .conftest import Line

LIVE = {"ix_job_queued", "ix_job_scheduled", "ix_job_running", "uq_job_live_dedupe"}
"""Partial indexes, over jobs that live alone."""


async def test_the_line_is_never_looked_for_among_jobs_that_ended(line: Line) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if re.match(r"(?i)select|update|delete", statement) and re.search(r"\bjob\b", statement) and not many:
            asked.append((statement, parameters))

    sam, nils = await line.owner(), await line.owner()
    await line.add(nils)
    event.listen(line.database._engine.sync_engine, "before_cursor_execute", note)
    waiting = await line.add(sam, dedupe_key="k")
    claimed = await line.claimed()
    await line.claimed()
    await line.queue.standing(waiting)
    await line.queue.live()
    await line.queue.beat(claimed.id, claimed.epoch)
    await line.queue.progress(claimed.id, claimed.epoch, {})
    await line.queue.finish(claimed.id, claimed.epoch, Completed({}))
    await line.queue.sweep()
    await line.queue.recover("local:home:boot")
    event.remove(line.database._engine.sync_engine, "before_cursor_execute", note)
    assert len(asked) > 12
    if isinstance(line.database.kind, Postgresql):
        await _no_table_is_read_through(line.database, asked)
        return
    async with line.database.read() as connection:
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"explain query plan {statement}", parameters)
            for step in [str(row.detail) for row in rows]:
                if re.match(r"(SCAN|SEARCH) job\b", step):
                    index = re.search(r"INDEX (\w+)", step)
                    by_key = "sqlite_autoindex_job_1" in step or "ix_job_finished" in step
                    assert index, f"{step}\n{statement}"
                    assert by_key or index[1] in LIVE, f"{step}\n{statement}"


async def _no_table_is_read_through(database: Database, asked: list[tuple[str, Any]]) -> None:
    """PostgreSQL reads small tables whole where it may; where it may not, an index must be of use."""
    async with database.read() as connection:
        await connection.exec_driver_sql("set enable_seqscan = off")
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"explain {statement}", parameters)
            plan = "\n".join(str(row[0]) for row in rows)
            assert not re.search(r"Seq Scan on job\b", plan), f"{plan}\n{statement}"
        await connection.exec_driver_sql("reset enable_seqscan")
