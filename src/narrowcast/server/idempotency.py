"""`Idempotency-Key`: a request that spends, sent again because its answer got lost, is not done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from narrowcast.store.jobs.idempotency import Answered, Idempotency
from narrowcast.store.uninterrupted import uninterrupted

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of yours, such as a UUID, new for each new request and the same when you send one again: "
        "for 24 hours it gets the same answer, and is done once.",
    ),
]
REPLAYED = "Idempotency-Replayed"


class Once:
    """One request. `before` is what the same one was answered; else it is to be done, and answered by `answer`."""

    def __init__(self, kept: Idempotency, owner_id: str, key: str | None, before: JSONResponse | None) -> None:
        self.key = key
        self.before = before
        self._kept = kept
        self._owner_id = owner_id

    def beside(self, status: HTTPStatus, body: BaseModel) -> tuple[Answered, ...]:
        """An answer to be written in the transaction of what is done, so that no crash comes between the two."""
        return (Answered(self._owner_id, self.key, status, body.model_dump(mode="json")),) if self.key else ()

    async def answer(self, status: HTTPStatus, body: BaseModel) -> JSONResponse:
        """The answer, kept under the key if there is one."""
        told = body.model_dump(mode="json")
        if self.key:
            await uninterrupted(self._kept.finish(self._owner_id, self.key, status, told))
        return JSONResponse(told, int(status))


@asynccontextmanager
async def once(
    kept: Idempotency, owner_id: str, key: str | None, request: Request, body: BaseModel | None
) -> AsyncIterator[Once]:
    """Around what a request does. One that is refused leaves its key free.

    Raises `InputError` for a key that came with another request, `ConflictError` while the first one is being done.
    """
    before = None
    if key:
        said = [request.method, request.url.path, body.model_dump(mode="json") if body else None]
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        earlier = await uninterrupted(kept.begin(owner_id, key, digest))
        if earlier:
            before = JSONResponse(earlier.answer, earlier.status_code, {REPLAYED: "true"})
    async with AsyncExitStack() as undo:
        if key:
            undo.push_async_callback(lambda: uninterrupted(kept.forget(owner_id, key)))
        yield Once(kept, owner_id, key, before)
        undo.pop_all()
