"""Which blobs the database names: what a backup holds, and what is never collected."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.tables import episode, job, result, revision, source


async def named_blobs(connection: AsyncConnection) -> AsyncGenerator[str]:
    """The key of every blob that a row names; some may come twice. `connection` is of a snapshot: rows are streamed.

    Scripts come first: an edit replaces them, so a backup takes them before all that takes long.
    """
    columns = (
        episode.c.script_blob_key,
        result.c.blob_key,
        revision.c.audio_key,
        source.c.read_key,
        source.c.file_key,
    )
    keys = union_all(*(select(column.label("key")).where(column.is_not(None)) for column in columns))
    async for (key,) in await connection.stream(keys):
        yield key
    async for (files,) in await connection.stream(select(revision.c.files)):
        for key in files.values():
            yield key
    # What has not been made yet, or failed and may be retried, is made from these.
    async for (params,) in await connection.stream(select(job.c.params).where(job.c.status != "completed")):
        for key in (params.get("content_key"), params.get("script_key")):
            if key:
                yield key
        for given in params.get("sources", ()):
            yield given["read_key"]
