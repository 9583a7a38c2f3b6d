"""The answer that stays open while somebody listens to what is being made: each segment with its cues, then the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from narrowcast.live.session import Session
from narrowcast.server.event_stream import COME_AGAIN, KEEP_ALIVE, KEEP_ALIVE_S, LIFE_S, PATIENCE_S
from narrowcast.server.events import Events, Watch, frame
from narrowcast.store.jobs.rows import Job, JobStatus

LOOKS_EVERY_S = 5.0
AT_ONCE = 200
"""Segments in one piece of the answer."""


def watching(events: Events, job: Job, credential: str) -> AbstractContextManager[Watch]:
    """Who listens live is counted, looked at and let go with those who watch jobs; told of it they are elsewhere."""
    return events.watching(job.owner_id, f"{job.id} live", credential)


class LiveEvents(Response):
    """Tells of `session` from the segment after `known` on.

    `state` (without an id) is how it stands; `segment` has its number as its id; `again` tells that the sound is
    another one now and is to be begun anew; `ended` is the last. `final` gives the episode's finished rendering.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        session: Session,
        events: Events,
        final: Callable[[], Awaitable[dict[str, Any] | None]],
        *,
        credential: str,
        known: int,
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._session = session
        self._events = events
        self._final = final
        self._credential = credential
        self._known = known
        self._stood: Mapping[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Answer until the sound has ended, the client is gone, or this process ends."""
        with watching(self._events, self._session.job, self._credential) as watch, self._session.listening():
            await self._events.begin()
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            leaving = asyncio.create_task(self._until_gone(receive, watch))

            async def put(data: bytes, *, more: bool = True) -> None:
                async with asyncio.timeout(PATIENCE_S):
                    await send({"type": "http.response.body", "body": data, "more_body": more})

            try:
                # A client that takes nothing any more is let go: the server closes the connection.
                with suppress(TimeoutError):
                    await self._tell(watch, put)
                    await put(b"", more=False)
            finally:
                leaving.cancel()

    async def _tell(self, watch: Watch, put: Callable[[bytes], Awaitable[None]]) -> None:
        session, time = self._session, asyncio.get_running_loop().time
        edition = session.edition
        self._stood = self._state()
        until_s, told_s = time() + LIFE_S, time()
        await put(COME_AGAIN + _event("state", self._stood))
        while not watch.closed and not session.closed and time() < until_s:
            if session.edition != edition:
                await put(_event("again", {"edition": session.edition}))
                return
            parts = list(self._new_segments())
            if self._state() != self._stood:
                self._stood = self._state()
                parts.append(_event("state", self._stood))
            ended = await self._ended()
            if parts or ended or time() - told_s > KEEP_ALIVE_S:
                await put(b"".join(parts) + ended or KEEP_ALIVE)
                told_s = time()
            if ended:
                return
            await session.until(lambda: self._is_news(watch), LOOKS_EVERY_S)

    def _is_news(self, watch: Watch) -> bool:
        session = self._session
        over = watch.closed or session.complete or session.making.status is JobStatus.COMPLETED
        return over or len(session.segments) > self._known or self._state() != self._stood

    def _new_segments(self) -> Iterator[bytes]:
        session = self._session
        for segment in session.segments[self._known : self._known + AT_ONCE]:
            self._known = segment.number
            told = {
                "number": segment.number,
                "start": round(segment.start_s, 6),
                "seconds": round(segment.seconds, 6),
                "expected": session.expected_s,
                "turns": segment.turns,
                "chapters": segment.chapters,
            }
            yield frame(segment.number, "segment", json.dumps(told)).data

    def _state(self) -> dict[str, Any]:
        """How it stands; what grows with each segment is told with the segments."""
        mix = self._session.making.mix
        return {
            "edition": self._session.edition,
            "job_id": self._session.job.id,
            "status": self._session.making.status.value,
            "mixing": bool(self._session.init),
            "speakers": mix.speakers if mix else (),
            "expected": self._session.expected_s if not self._session.segments else None,
        }

    async def _ended(self) -> bytes:
        """The last event, once there is nothing to wait for."""
        session, status = self._session, self._session.making.status
        if session.fault:
            return _event("fault", {"message": session.fault.message, "hint": session.fault.hint})
        if status is JobStatus.COMPLETED:
            # Whoever is told swaps to the finished audio: the rest of the segments is not waited for.
            return _event("ended", {"status": status.value, "made": session.made_s, "final": await self._final()})
        if status.ended and session.complete and self._known >= len(session.segments):
            message = session.making.error_message
            return _event("ended", {"status": status.value, "made": session.made_s, "error_message": message})
        return b""

    async def _until_gone(self, receive: Receive, watch: Watch) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        watch.close()
        self._session.tell()


def _event(kind: str, told: Mapping[str, Any]) -> bytes:
    """An event without an id: a client that comes again begins behind the last segment that it got."""
    return f"event: {kind}\ndata: {json.dumps(told)}\n\n".encode()
