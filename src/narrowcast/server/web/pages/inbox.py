"""`/inbox`: what became of things, in words."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.server.context import Here
from narrowcast.server.pages import Cursor, page, place
from narrowcast.server.web import show
from narrowcast.server.who import Reads
from narrowcast.store.paging import Place

router = APIRouter(include_in_schema=False)

A_PAGE = 30


@router.get("/inbox")
async def inbox(request: Request, here: Here, who: Reads, cursor: Cursor = None) -> Response:
    """Messages, newest first."""
    messages = here.store.messages
    rows = await messages.newest(who.id, place(cursor), A_PAGE + 1)
    shown = page(rows, A_PAGE, lambda row: row, lambda row: Place(row.created_at, row.id))
    unread = await messages.unread(who.id)
    return show(
        request,
        "inbox",
        who,
        here="inbox",
        messages=shown.items,
        next=shown.next_cursor,
        unread=unread,
        first=not cursor,
    )
