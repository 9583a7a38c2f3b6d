"""How much of a request is read: little, unless its route asks for more; and what is left of it is not left hanging."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2_000_000
"""Bytes of a request's body where its route says nothing else."""
SILENCE_S = 60.0
"""A sender who says nothing for so long is gone."""
LINGER_S = 2.0
LINGER_BYTES = 8_000_000
SMALL = 256_000
"""A body that is surely no larger is taken whole by the HTTP server; nobody has to wait for it."""

_SCOPE = "narrowcast.body"


class Body:
    """The body of one request: how much of it came, and how much may."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._most = MAX_BODY
        self._came = 0
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        self._declared = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
        self.ended = self._declared in {0, None} and "transfer-encoding" not in headers

    @property
    def large(self) -> bool:
        """Whether more may still come than is worth waiting for."""
        return not self.ended and (self._declared is None or self._declared - self._came > SMALL)

    def allow(self, most: int) -> None:
        """Let as many bytes come. Raises a 413 at once where more were announced."""
        self._most = most
        self._check(self._declared or 0)

    async def receive(self) -> Message:
        """The next message. Raises a 413 for a body beyond its limit, a 408 for a sender who fell silent."""
        if not self.ended:
            self._check(self._declared or 0)
        try:
            async with asyncio.timeout(None if self.ended else SILENCE_S):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, f"Nothing of the request came for {SILENCE_S:g} seconds.") from None
        if message["type"] == "http.request":
            self._came += len(message.get("body", b""))
            self.ended = not message.get("more_body", False)
            self._check(self._came)
        return message

    async def drain(self) -> None:
        """Take and drop what still comes, for a moment: closing on a sender would lose them the answer."""
        most = self._came + LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while not self.ended and self._came < most:
                    message = await self._receive()
                    self._came += len(message.get("body", b""))
                    self.ended = not message.get("more_body", False)

    def _check(self, size: int) -> None:
        # An HTTPException, not one of our faults: FastAPI lets only those through while it reads a body.
        if size > self._most:
            raise HTTPException(
                413, f"The request has more than {self._most / 1e6:g} MB, which is the most that is read here."
            )


class BodyLimits:
    """Middleware: bounds every body, and ends refused ones so that the sender hears why (RFC 9112, 9.6)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = scope[_SCOPE] = Body(scope, receive)
        closing = False

        async def answer(message: Message) -> None:
            nonlocal closing
            if message["type"] == "http.response.start" and body.large:
                closing = True
                MutableHeaders(scope=message)["connection"] = "close"
            if closing and message["type"] == "http.response.body" and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await body.drain()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await self._app(scope, body.receive, answer)


def allow_body(request: Request, most: int) -> None:
    """Let a request's body have so many bytes. Raises a 413 at once where more were announced."""
    body: Body = request.scope[_SCOPE]
    body.allow(most)
