"""A small HTTP/1.1 server for the simulator: whole or streamed replies, connections kept alive, resets on order."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MAX_HEAD = 64_000
MAX_BODY = 64_000_000


class Gone(Exception):  # noqa: N818 - it is an event, not an error
    """The caller has hung up, or was made to."""


@dataclass(frozen=True)
class Request:
    """One request; the names of its headers are lower-case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """A whole reply."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
        """`value` as JSON."""
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), headers=headers or {})


class Wire:
    """One connection's way back to the caller."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def check(self) -> None:
        """Raise `Gone` if the caller has hung up."""
        if self._writer.transport.is_closing() or self._reader.at_eof():
            raise Gone

    async def send_reply(self, reply: Reply) -> None:
        """Send a whole reply."""
        headers = {"content-length": str(len(reply.body)), **reply.headers}
        self._writer.write(_head(reply.status, reply.content_type, headers) + reply.body)
        await self._writer.drain()

    async def open_stream(self, content_type: str) -> None:
        """Begin a reply whose length is not known."""
        self._writer.write(_head(200, content_type, {"transfer-encoding": "chunked", "cache-control": "no-store"}))
        await self._writer.drain()

    async def send(self, data: bytes) -> None:
        """Send one chunk of a streamed reply."""
        self._writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self._writer.drain()

    async def close_stream(self) -> None:
        """End a streamed reply; the connection stays open."""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    def reset(self) -> None:
        """Break the connection so that the caller sees a reset (RST), not an end."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Handler = Callable[[Request, Wire], Awaitable[Reply | None]]


async def serve(handler: Handler, port: int, ready: Callable[[int], None]) -> None:
    """Serve on 127.0.0.1 until cancelled; `ready` gets the port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer)
        with suppress(Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while request := await _read(reader):
                if reply := await handler(request, wire):
                    await wire.send_reply(reply)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, limit=MAX_HEAD, backlog=256)
    ready(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; none at the end of the connection or when what comes is not HTTP."""
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, _, rest = lines[0].partition(" ")
    pairs = (line.partition(":") for line in lines[1:] if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    else:
        length = int(headers.get("content-length", "0"))
        body = await reader.readexactly(length) if 0 < length <= MAX_BODY else b""
    return Request(method, rest.split(" ")[0].partition("?")[0], headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
        if len(body) > MAX_BODY:
            raise Gone
    await reader.readexactly(2)
    return body


def _head(status: int, content_type: str, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"content-type: {content_type}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
