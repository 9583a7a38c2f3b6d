"""Lists, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_


@dataclass(frozen=True)
class Place:
    """Where a page ends: the row's time and id."""

    at: datetime
    id: str


def newest_first(
    query: Select[Any], at: ColumnElement[datetime], identity: ColumnElement[str], after: Place | None, limit: int
) -> Select[Any]:
    """`query` in order of `at`, newest first, from behind `after`, at most `limit` rows."""
    if after:
        query = query.where(or_(at < after.at, and_(at == after.at, identity < after.id)))
    return query.order_by(at.desc(), identity.desc()).limit(limit)
