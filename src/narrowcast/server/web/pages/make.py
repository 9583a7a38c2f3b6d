"""`/`: what is to be made."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.server.web import show
from narrowcast.server.who import Reads

router = APIRouter(include_in_schema=False)


@router.get("/")
async def make(request: Request, who: Reads) -> Response:
    """Choose sources, choose a profile, press once."""
    return show(request, "make", who, here="make")
