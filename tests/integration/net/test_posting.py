"""Telling a URL something: the answer's status, whatever else the other end does."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from tests.integration.net.test_tls_names import answer, certificate

from narrowcast.net import Posted, PostLimits, door, post

LIMITS = PostLimits(total_s=30, connect_s=30)
SHORT = PostLimits(total_s=1, connect_s=1)


class Receiver:
    """Answers in the way its path asks for, and remembers what came."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.port = 0
        self.broken_off = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-len"))
        self.heads.append(head)
        self.bodies.append(await reader.readexactly(length))
        try:
            await self.answer(head.split(" ")[1], writer)
        except ConnectionError:
            self.broken_off.set()
        finally:
            writer.close()

    async def answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        match path:
            case "/endless":
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    writer.write(b"x" * 100_000)
                    await writer.drain()
            case "/silent":
                await asyncio.sleep(20)
            case "/drip":
                while True:
                    writer.write(b"H")
                    await writer.drain()
                    await asyncio.sleep(0.1)
            case "/babble":
                writer.write(b"220 mail.example ESMTP\r\n\r\n")
            case "/later":
                writer.write(b"HTTP/1.1 429 x\r\nRetry-after: 120\r\nContent-Length: 0\r\n\r\n")
            case "/loop":
                writer.write(b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n")
            case status:
                writer.write(f"HTTP/1.1 {status[1:]} x\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


async def tell(receiver: Receiver, path: str, limits: PostLimits = LIMITS, *, allow_private: bool = True) -> Posted:
    url = f"http://127.0.0.1:{receiver.port}{path}"
    return await post(url, b'{"a":1}', {"X-Sent": "yes"}, limits, allow_private=allow_private)


async def test_what_is_posted_arrives_and_the_status_comes_back(receiver: Receiver) -> None:
    assert await tell(receiver, "/204") == Posted(204)
    assert await tell(receiver, "/500") == Posted(500)
    assert await tell(receiver, "/later") == Posted(429, retry_after_s=120.0)
    assert receiver.bodies == [b'{"a":1}'] * 3
    assert receiver.heads[0].startswith("POST /204 ")
    assert "x-sent: yes" in receiver.heads[0].lower()


async def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    assert await tell(receiver, "/loop") == Posted(302)
    assert len(receiver.heads) == 1


async def test_an_endless_answer_is_cut_off_at_its_status(receiver: Receiver) -> None:
    began = time.monotonic()
    assert await tell(receiver, "/endless") == Posted(200)
    assert time.monotonic() - began < LIMITS.total_s
    await asyncio.wait_for(receiver.broken_off.wait(), 30)


@pytest.mark.parametrize("path", ["/silent", "/drip"])
async def test_a_slow_answer_ends_with_the_time_it_may_take(receiver: Receiver, path: str) -> None:
    posted = await tell(receiver, path, SHORT)
    assert (posted.status, posted.fault) == (None, "It did not answer within 1 seconds.")


async def test_what_is_no_http_is_told(receiver: Receiver) -> None:
    assert (await tell(receiver, "/babble")).fault == "It did not answer in HTTP."


async def test_a_private_address_is_not_told_anything(receiver: Receiver) -> None:
    assert "not a public one" in (await tell(receiver, "/200", allow_private=False)).fault
    assert receiver.heads == []


async def test_a_name_that_leads_elsewhere_the_second_time_is_asked_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name whose answer changes between the check and the connection is looked up once for both."""
    # 127.0.0.2, where nobody listens, stands for a public address
    monkeypatch.setattr(door, "is_public", lambda address: str(address) == "127.0.0.2")
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.2" if len(asked) == 1 else "127.0.0.1"]

    url = f"http://changing.example:{receiver.port}/200"
    posted = await post(url, b"{}", {}, LIMITS, resolve=resolve)
    assert (posted, asked, receiver.heads) == (Posted(None, "It cannot be reached."), ["changing.example"], [])


async def test_a_name_with_one_private_address_among_public_ones_is_refused(receiver: Receiver) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["93.184.215.14", "127.0.0.1"]

    posted = await post(f"http://two.example:{receiver.port}/200", b"{}", {}, LIMITS, resolve=resolve)
    assert "not a public one" in posted.fault
    assert receiver.heads == []


async def test_nobody_there_and_an_untrusted_certificate_are_told_apart(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "good.example")
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(cert, key)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=inside)
    port = server.sockets[0].getsockname()[1]

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def fault(host: str) -> Posted:
        return await post(f"https://{host}:{port}/", b"{}", {}, LIMITS, allow_private=True, resolve=resolve)

    async with server:
        assert await fault("good.example") == Posted(None, "Its certificate is not valid.")
    assert await fault("good.example") == Posted(None, "It cannot be reached.")
