"""Lists, newest first or in another order, a page at a time."""

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


@dataclass(frozen=True)
class Spot:
    """Where a page of a list in another order ends: the row's value in that order, and its id."""

    value: str | int
    id: str


def newest_first(
    query: Select[Any], at: ColumnElement[datetime], identity: ColumnElement[str], after: Place | None, limit: int
) -> Select[Any]:
    """`query` in order of `at`, newest first, from behind `after`, at most `limit` rows."""
    if after:
        query = query.where(or_(at < after.at, and_(at == after.at, identity < after.id)))
    return query.order_by(at.desc(), identity.desc()).limit(limit)


def in_order(
    query: Select[Any],
    by: ColumnElement[Any],
    identity: ColumnElement[str],
    after: Spot | None,
    limit: int,
    *,
    down: bool,
) -> Select[Any]:
    """`query` in order of `by` (never null), upwards or `down`, from behind `after`, at most `limit` rows."""
    if after:
        beyond = by < after.value if down else by > after.value
        query = query.where(or_(beyond, and_(by == after.value, identity > after.id)))
    return query.order_by(by.desc() if down else by.asc(), identity.asc()).limit(limit)
