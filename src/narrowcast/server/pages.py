"""Lists by cursor."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from narrowcast.errors import InputError
from narrowcast.store.paging import Place

Item = TypeVar("Item")
Row = TypeVar("Row")

PageSize = Annotated[int, Query(ge=1, le=100, description="How many to give at most.")]
Cursor = Annotated[str | None, Query(max_length=400, description="The `next_cursor` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """One page of a list, newest first."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Where the next page begins; null on the last.")


def place(cursor: str | None) -> Place | None:
    """Where a cursor points. Raises `InputError` for one that we did not give."""
    if cursor is None:
        return None
    try:
        at, _, identity = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        return Place(datetime.fromisoformat(at).astimezone(UTC), identity)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise InputError("The cursor is not one of ours.", hint="Use the next_cursor of the page before.") from error


def further(name: str, key: str, identity: str) -> str:
    """The cursor of a list in the order `name`, behind the row with that key and id."""
    return base64.urlsafe_b64encode(json.dumps([name, key, identity]).encode()).decode()


def behind(name: str, cursor: str) -> tuple[str, str]:
    """The key and id that `further` was given. Raises `InputError` for a cursor that we did not give for that order."""
    try:
        order, key, identity = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("The cursor is not one of ours.", hint="Use the next_cursor of the page before.") from error
    if order != name or not isinstance(key, str) or not isinstance(identity, str) or "\x00" in key + identity:
        raise InputError("The cursor is not one of this list.", hint="Use the next_cursor of the page before.")
    return key, identity


def page(rows: Sequence[Row], limit: int, shape: Callable[[Row], Item], where: Callable[[Row], Place]) -> Page[Item]:
    """The page of `rows`, of which there is one more than `limit` where another page follows."""
    shown = rows[:limit]
    last = where(shown[-1]) if len(rows) > limit else None
    cursor = base64.urlsafe_b64encode(f"{last.at.isoformat()} {last.id}".encode()).decode() if last else None
    return Page(items=[shape(row) for row in shown], next_cursor=cursor)
