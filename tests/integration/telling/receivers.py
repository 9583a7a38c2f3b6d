"""Programs that are told, and a mail server: real ones, on the loopback, that fail in every way."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that talks like that; at the end every conversation is broken off."""
    open_now: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        open_now[task] = writer
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await talk(reader, writer)
        finally:
            writer.close()
            del open_now[task]

    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        for writer in open_now.values():
            writer.transport.abort()
        if open_now:
            await asyncio.wait(set(open_now), timeout=2)


@dataclass(frozen=True)
class Received:
    """A request that a receiver got."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers with the status in a URL's path (`/500`), or as `answers` says for the path; remembers all requests."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    hold: asyncio.Event | None = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
        async with served(self._serve, tls) as self.port:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            path = head.split(" ")[1]
            self.requests.append(Received(path, headers, await reader.readexactly(int(headers["content-length"]))))
            if self.hold:
                await self.hold.wait()
            status = self.answers.get(path) or int(path.strip("/"))
            location = f"Location: {self.url('/200')}\r\n" if status // 100 == 3 else ""
            secret = b"the receiver's own words"
            writer.write(f"HTTP/1.1 {status} x\r\n{location}Content-Length: {len(secret)}\r\n\r\n".encode() + secret)
            await writer.drain()
        finally:
            self.at_once -= 1


@dataclass
class MailSink:
    """A mail server that keeps what it takes. `refuse` maps the beginning of a command to the answer given to it."""

    port: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    encrypted: list[bool] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self, *, tls_from_the_start: bool = False) -> AsyncIterator[MailSink]:
        async with served(self._talk, self.tls if tls_from_the_start else None) as self.port:
            yield self

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        await say("220 sink")
        while line := await reader.readline():
            command = line.decode().strip()
            self.commands.append(command)
            refusal = next((text for begin, text in self.refuse.items() if command.upper().startswith(begin)), None)
            if refusal:
                await say(refusal)
                continue
            match command.upper().split(" ")[0]:
                case "EHLO":
                    plain = self.tls is not None and writer.get_extra_info("sslcontext") is None
                    await say("250-sink\r\n250-AUTH PLAIN\r\n" + ("250-STARTTLS\r\n" if plain else "") + "250 8BITMIME")
                case "STARTTLS":
                    await say("220 go on")
                    assert self.tls
                    await writer.start_tls(self.tls)
                case "AUTH":
                    await say("235 welcome")
                case "DATA":
                    await say("354 go on")
                    data = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
                    parsed = email.message_from_bytes(data, policy=email.policy.default)
                    assert isinstance(parsed, EmailMessage)
                    self.messages.append(parsed)
                    self.encrypted.append(writer.get_extra_info("sslcontext") is not None)
                    await say("250 kept")
                case "QUIT":
                    await say("221 bye")
                    return
                case _:
                    await say("250 ok")
