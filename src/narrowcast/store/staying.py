"""Rows that stay as long as a transaction needs them.

Who removes a person locks their row first, then their jobs, then all else; who removes an episode locks its jobs
first. So whoever writes rows of an owner beside others has the owner stay before anything else: then nobody waits for
one who waits for them.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.tables import account, job


async def owner_stays(connection: AsyncConnection, owner_id: str) -> bool:
    """Have a person stay to the end of the transaction; false where they are gone."""
    return await _stays(connection, account, account.c.id == owner_id)


async def lock_jobs(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Have nobody else change these jobs to the end of the transaction; waits for those who do."""
    await connection.execute(select(job.c.id).where(which).order_by(job.c.id).with_for_update())


async def _stays(connection: AsyncConnection, table: Table, which: ColumnElement[bool]) -> bool:
    locked = select(table.c.id).where(which).with_for_update(read=True, key_share=True)
    return await connection.scalar(locked) is not None
