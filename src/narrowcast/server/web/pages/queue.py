"""`/queue`: what is being made, and what was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from narrowcast.server.web import show
from narrowcast.server.who import Reads

router = APIRouter(include_in_schema=False)

SHOWN = (("", "All"), ("completed", "Ready"), ("failed", "Failed"), ("cancelled", "Cancelled"))


@router.get("/queue")
async def queue(request: Request, who: Reads, status: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Jobs that are under way, live; below them those that ended, of one `status` or all."""
    chosen = status if status in dict(SHOWN) else ""
    return show(request, "queue", who, here="queue", choices=SHOWN, chosen=chosen)
