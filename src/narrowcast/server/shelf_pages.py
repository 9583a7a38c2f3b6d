"""Pages of a library in any of its orders, for the API and for its own page."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from enum import StrEnum

from narrowcast.errors import InputError
from narrowcast.server.context import Context
from narrowcast.server.pages import page, place
from narrowcast.store.episodes.shelf import Order, Shelved, Wanted
from narrowcast.store.paging import Place, Spot


class Sorting(StrEnum):
    """The orders of a library."""

    NEWEST = "newest"
    TITLE = "title"
    LENGTH = "length"
    PLAYED = "played"


async def shelf_page(
    here: Context, owner_id: str, wanted: Wanted, sort: Sorting, cursor: str | None, limit: int
) -> tuple[Sequence[Shelved], str | None]:
    """A page of the owner's episodes, and the cursor of the next. Raises `InputError` for a cursor that is none."""
    if sort is Sorting.NEWEST:
        found = await here.store.shelf.list(owner_id, wanted, place(cursor), limit + 1)
        shown = page(found, limit, lambda row: row, lambda row: Place(row.created_at, row.id))
        return shown.items, shown.next_cursor
    rows = await here.store.shelf.in_order(owner_id, wanted, Order(sort), _spot(cursor, sort), limit + 1)
    last = rows[limit - 1][1] if len(rows) > limit else None
    return [row for row, _ in rows[:limit]], _cursor(sort, last) if last else None


def _cursor(sort: Sorting, spot: Spot) -> str:
    told = json.dumps([sort, spot.value, spot.id], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode()


def _spot(cursor: str | None, sort: Sorting) -> Spot | None:
    if cursor is None:
        return None
    try:
        order, value, identity = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        kind = str if sort is Sorting.TITLE else int
        if order != sort or type(value) is not kind or type(identity) is not str:
            raise ValueError("of another order")
        if isinstance(value, int) and abs(value) >> 62:
            raise ValueError("no length of an episode")
        f"{value}{identity}".encode()  # halves of characters raise
        return Spot(value, identity)
    except (ValueError, TypeError, binascii.Error) as error:
        raise InputError("The cursor is not one of ours.", hint="Use the next_cursor of the page before.") from error
