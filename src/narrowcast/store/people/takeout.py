"""All that is a user's own, row by row, without a secret: what they may take with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, and_, or_, select

from narrowcast.store.database import Database
from narrowcast.store.tables import (
    account,
    bookmark,
    download,
    episode,
    episode_source,
    episode_tag,
    feed,
    job,
    listening_day,
    listening_day_episode,
    listening_progress,
    message,
    notebook,
    notebook_source,
    play_interval,
    profile,
    push_subscription,
    revision,
    source,
    spending,
    token,
    up_next,
    webhook,
    weekly_report,
)

PAGE = 200
INNER = frozenset({"maker", "listener", "fingerprint", "lease_owner", "lease_until", "epoch", "dedupe_key"})


@dataclass(frozen=True)
class _Kind:
    table: Table
    of: Table | None = None
    """Whose rows have the owner, where the table itself has none: it goes by that table's id."""


KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "account": _Kind(account),
        "profiles": _Kind(profile),
        "notebooks": _Kind(notebook),
        "notebook_sources": _Kind(notebook_source, notebook),
        "sources": _Kind(source),
        "episodes": _Kind(episode),
        "episode_sources": _Kind(episode_source, episode),
        "episode_tags": _Kind(episode_tag, episode),
        "revisions": _Kind(revision, episode),
        "bookmarks": _Kind(bookmark),
        "up_next": _Kind(up_next),
        "feeds": _Kind(feed),
        "downloads": _Kind(download),
        "play_intervals": _Kind(play_interval),
        "listening_days": _Kind(listening_day),
        "listening_days_by_episode": _Kind(listening_day_episode),
        "listening_progress": _Kind(listening_progress),
        "weekly_reports": _Kind(weekly_report),
        "jobs": _Kind(job),
        "tokens": _Kind(token),
        "webhooks": _Kind(webhook),
        "inbox": _Kind(message),
        "push_subscriptions": _Kind(push_subscription),
        "spending": _Kind(spending),
    }
)


class Takeout:
    """What is a user's own. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, owner_id: str, kind: str) -> AsyncIterator[dict[str, Any]]:
        """The owner's rows of one of `KINDS`, by their keys; times as ISO 8601. Read a page at a time."""
        table, parent = KINDS[kind].table, KINDS[kind].of
        columns = [column for column in table.c if not _is_secret(column) and column.key not in INNER]
        keys = list(table.primary_key.columns)
        query = select(*columns).order_by(*keys).limit(PAGE)
        if parent is not None:
            query = query.join(parent, table.c[f"{parent.name}_id"] == parent.c.id).where(parent.c.owner_id == owner_id)
        else:
            query = query.where(table.c["id" if table is account else "owner_id"] == owner_id)
        after: Sequence[Any] | None = None
        while True:
            wanted = query if after is None else query.where(_behind(keys, after))
            async with self._database.read() as connection:
                page = (await connection.execute(wanted)).mappings().all()
            for row in page:
                yield {column.name: _plain(row[column]) for column in columns if column.name != "owner_id"}
            if len(page) < PAGE:
                return
            after = [page[-1][key] for key in keys]


def _is_secret(column: Column[Any]) -> bool:
    """Hashes of secrets, and what is sealed, which is all that is kept as bytes."""
    return isinstance(column.type, LargeBinary) or column.name.endswith("_hash")


def _behind(keys: Sequence[Column[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that stand behind `values` in the order of `keys`."""
    return or_(
        *(
            and_(*(keys[j] == values[j] for j in range(index)), keys[index] > values[index])
            for index in range(len(keys))
        )
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
