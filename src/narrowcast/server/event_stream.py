"""The answer that stays open: a client's events, one after the other (`text/event-stream`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from narrowcast.server.events import Events, Frame, Watch

KEEP_ALIVE_S = 15.0
PATIENCE_S = 30.0
"""How long one piece may take to be taken by a client, who is let go then."""
LIFE_S = 900.0
"""A stream ends after so long; the client comes again, and it is looked anew whether it may."""
COME_AGAIN = b"retry: 2000\n\n"
KEEP_ALIVE = b": still here\n\n"


@dataclass(frozen=True)
class Opening:
    """What a client is told first, and the id up to which it then knows everything."""

    frames: Sequence[Frame]
    known: int


class EventStream(Response):
    """Tells the `opening`, then what happens; a stream of one job ends with the job."""

    media_type = "text/event-stream"

    def __init__(
        self,
        events: Events,
        opening: Callable[[], Awaitable[Opening]],
        *,
        owner_id: str,
        job_id: str | None,
        credential: str = "",
        keep_alive_s: float = KEEP_ALIVE_S,
        patience_s: float = PATIENCE_S,
        life_s: float = LIFE_S,
    ) -> None:
        # Proxies such as nginx would hold events back otherwise.
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._opening = opening
        self._owner_id = owner_id
        self._job_id = job_id
        self._credential = credential
        self._keep_alive_s = keep_alive_s
        self._patience_s = patience_s
        self._life_s = life_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Answer until the job has ended, the client is gone, or this process ends."""
        with self._events.watching(self._owner_id, self._job_id, self._credential) as watch:
            await self._events.begin()
            opening = await self._opening()
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            leaving = asyncio.create_task(_until_gone(receive, watch))
            try:
                await self._tell(watch, opening, send)
            finally:
                leaving.cancel()

    async def _tell(self, watch: Watch, opening: Opening, send: Send) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._life_s

        async def put(data: bytes, *, more: bool = True) -> None:
            async with asyncio.timeout(self._patience_s):
                await send({"type": "http.response.body", "body": data, "more_body": more})

        try:
            await put(COME_AGAIN + b"".join(told.data for told in opening.frames))
            known = opening.known
            ended = self._job_id is not None and any(told.ends for told in opening.frames)
            while not ended and not watch.closed and loop.time() < until:
                new = [told for told in await watch.take(self._keep_alive_s) if told.id > known]
                if new:
                    known = new[-1].id
                    ended = self._job_id is not None and new[-1].ends
                await put(b"".join(told.data for told in new) or KEEP_ALIVE)
            await put(b"", more=False)
        except TimeoutError:
            # The client takes nothing any more: the server closes the connection when this returns.
            return


async def _until_gone(receive: Receive, watch: Watch) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    watch.close()
