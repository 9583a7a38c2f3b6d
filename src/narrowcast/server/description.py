"""`/api/v1/openapi.json`: the API's own description."""

from __future__ import annotations

import asyncio
import json

from fastapi import APIRouter, Request, Response

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def describe(request: Request) -> Response:
    """The OpenAPI document. It takes a second to be built, once, in a thread: nobody else's request waits for it."""
    return Response(await _document(request), media_type="application/json")


async def _document(request: Request) -> bytes:
    state = request.app.state
    # Made without an await in between, so that all who ask at first wait for the same one.
    if not hasattr(state, "description"):
        state.description = asyncio.ensure_future(asyncio.to_thread(lambda: json.dumps(request.app.openapi()).encode()))
    document: bytes = await asyncio.shield(state.description)
    return document
