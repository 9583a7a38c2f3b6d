"""`/healthz` and `/readyz`, for whatever watches over the server."""

from __future__ import annotations

import asyncio
import tempfile

from fastapi import APIRouter, Response
from pydantic import BaseModel

from narrowcast.errors import NarrowcastError
from narrowcast.server.context import Context, Here

router = APIRouter(tags=["Operating"])
PATIENCE_S = 5.0


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """Whether work can be taken; each part is `ok`, or says what is wrong with it."""

    status: str
    database: str
    storage: str
    hands: str


@router.get("/healthz")
async def healthz() -> Health:
    """Whether the process answers. Restart it when it does not."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
async def readyz(here: Here, response: Response) -> Readiness:
    """Whether requests can be served: the database answers, files can be written, hands live, the server stays."""
    database, storage = await _database(here), await asyncio.to_thread(_storage, here)
    hands = "have died: start the server anew" if here.hands.engine.dead else "ok"
    ready = database == storage == hands == "ok" and not here.closing.is_set()
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not ready", database=database, storage=storage, hands=hands)


async def _database(here: Context) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await here.store.ping()
    except NarrowcastError as fault:
        return fault.message
    except TimeoutError:
        return f"no answer within {PATIENCE_S:.0f} s"
    return "ok"


def _storage(here: Context) -> str:
    try:
        with tempfile.TemporaryFile(dir=here.settings.home) as file:
            file.write(b"narrowcast")
            file.flush()
    except OSError as fault:
        return fault.strerror or "cannot be written"
    return "ok"
