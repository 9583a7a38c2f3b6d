"""A server of language models that means harm, or is broken: it neither fills the memory, nor hangs, nor blows up."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import warnings
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import pytest

from narrowcast.errors import ProviderError
from narrowcast.writers import discover as discovery
from narrowcast.writers.base import Usage
from narrowcast.writers.discover import discover
from narrowcast.writers.llm import preflight
from narrowcast.writers.llm.ask import SLICE, Call
from narrowcast.writers.llm.preflight import check_model
from narrowcast.writers.models import open_model

STREAM = "content-type: text/event-stream\r\n"
DEEP = b"[" * 60_000
BOMB = gzip.compress(bytes(80_000_000))


class Server:
    """What it answers each request with, in pieces, and how many bytes of it were taken."""

    def __init__(
        self, status: int, body: Callable[[], Iterable[bytes]], head: str = STREAM, pause_s: float = 0.0
    ) -> None:
        self.head = f"HTTP/1.1 {status} X\r\nconnection: close\r\n{head}\r\n".encode()
        self.body = body
        self.pause_s = pause_s
        self.sent = 0

    async def answer(self, reader: asyncio.StreamReader, pen: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            pen.write(self.head)
            for piece in self.body():
                pen.write(piece)
                await pen.drain()
                self.sent += len(piece)
                await asyncio.sleep(self.pause_s)
        except ConnectionError:
            pass
        finally:
            pen.close()


def event(text: str, **rest: object) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **rest}
    return f"data: {json.dumps(chunk)}\n\n".encode()


END = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\ndata: [DONE]\n\n'


def once(*body: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: body


def endless(start: bytes, piece: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain([start], itertools.repeat(piece, 100_000_000 // len(piece)))


@asynccontextmanager
async def served(server: Server) -> AsyncIterator[str]:
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    finally:
        listening.close()
        await listening.wait_closed()


async def heard(server: Server, used: list[Usage] | None = None) -> list[str]:
    async with served(server) as url:
        choice = open_model("openai:sim", keys={}, base_urls={"openai": url})
        try:
            call = Call(choice, "Speak.", (used if used is not None else []).append)
            async with asyncio.timeout(10):
                return [chunk async for chunk in call.text()]
        finally:
            await choice.aclose()


async def fault(server: Server) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await heard(server)
    return caught.value


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (Server(200, endless(b"data: ", b"a" * 100_000)), "an event of more than 1 MB"),
        (Server(200, endless(b"", b"data: [[],[],[],[]\n" * 5_000)), "an event of more than 1 MB"),
        (Server(200, once(event("{" * 3_000_000), END)), "an event of more than 1 MB"),
        (Server(200, endless(b"", event("word " * 150_000))), "more than 32 MB"),
        (Server(200, once(BOMB), STREAM + "content-encoding: gzip\r\n"), "more than"),
    ],
    ids=["a line", "an event of lines", "a chunk", "an answer", "packed"],
)
async def test_an_answer_without_end_is_left(server: Server, told: str) -> None:
    found = await fault(server)
    assert found.retryable
    assert found.message == f"openai:sim answered with {found.message.partition(' with ')[2]}"
    assert told in found.message
    assert server.sent < 60_000_000


async def test_events_may_be_many_and_small() -> None:
    """More bytes than one event may have, whose blank lines lie anywhere in the pieces that arrive."""
    events = event("Well. " * 50) * 4_000
    pieces = [events[start : start + 9_973] for start in range(0, len(events), 9_973)]
    for body in (pieces, [piece.replace(b"\n", b"\r\n") for piece in pieces]):
        chunks = await heard(Server(200, once(*body, END)))
        assert "".join(chunks) == "Well. " * 200_000


async def test_much_that_comes_at_once_is_handed_on_in_slices() -> None:
    chunks = await heard(Server(200, once(event("{" * 100_000), END)))
    assert sum(map(len, chunks)) == 100_000
    assert max(map(len, chunks)) <= SLICE


async def test_an_endless_refusal_is_left_and_still_understood() -> None:
    server = Server(400, endless(b'{"error":"', b"a" * 100_000), "content-type: application/json\r\n")
    assert not (await fault(server)).retryable
    assert server.sent < 10_000_000


@pytest.mark.parametrize(
    "body", [b"data: " + DEEP + b"\n\n", event("Well.") + b"data: " + DEEP + b"\n\n"], ids=["at once", "later"]
)
async def test_an_event_nested_without_end_is_a_fault(body: bytes) -> None:
    assert "nested too deep" in (await fault(Server(200, once(body)))).message


@pytest.mark.parametrize("body", [DEEP, b'{"error":' * 900 + b"1" + b"}" * 900])
async def test_a_refusal_nested_without_end_is_a_fault(body: bytes) -> None:
    assert not (await fault(Server(400, once(body), "content-type: application/json\r\n"))).retryable


@pytest.mark.parametrize("status", [200, 400])
async def test_what_is_not_packed_as_it_says_is_a_fault(status: int) -> None:
    assert (await fault(Server(status, once(b"not packed"), STREAM + "content-encoding: gzip\r\n"))).retryable


@pytest.mark.parametrize(
    "words",
    [
        "bad \x1b[31mkey\x1b]0;pwn\x07 \u202eedoc \x9b2J",
        "bad &#x1b;[31m &#x202e;edoc &#155;2J",
        "bad" + "<" * 60_000,
    ],
    ids=["plain", "as entities", "markup"],
)
async def test_a_servers_words_cannot_reach_the_terminals_controls(words: str) -> None:
    body = json.dumps({"error": {"message": words}}).encode()
    start = asyncio.get_running_loop().time()
    found = await fault(Server(400, once(body), "content-type: application/json\r\n"))
    assert found.message.isprintable()
    assert "bad" in found.message
    assert len(found.message) < 400
    assert asyncio.get_running_loop().time() - start < 0.8


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -5, "completion_tokens": 10**30, "total_tokens": 1},
        {"prompt_tokens": 10**400, "completion_tokens": 1e308, "total_tokens": 1},
        {"prompt_tokens": "many", "completion_tokens": {"a": 1}, "total_tokens": None},
    ],
)
async def test_a_usage_that_cannot_be_is_estimated_in_silence(usage: dict[str, object]) -> None:
    used: list[Usage] = []
    with warnings.catch_warnings(record=True) as told:
        await heard(Server(200, once(event("Well, well.", usage=usage), END)), used)
    assert not told
    assert used == [Usage("openai:sim", 2, 3, 0.0)]


LISTS: list[tuple[Callable[[], Iterable[bytes]], str]] = [
    (endless(b'{"data":["', b"a" * 100_000), ""),
    (once(BOMB), "content-encoding: gzip\r\n"),
    (once(b"not packed"), "content-encoding: gzip\r\n"),
    (once(DEEP), ""),
]


@pytest.mark.parametrize(("body", "head"), LISTS, ids=["endless", "bomb", "not packed", "deep"])
async def test_a_list_of_models_that_cannot_be_read_tells_nothing(
    body: Callable[[], Iterable[bytes]], head: str
) -> None:
    server = Server(200, body, f"content-type: application/json\r\n{head}")
    async with served(server) as url, asyncio.timeout(5):
        choice = open_model("ollama:sim", keys={}, base_urls={"ollama": url})
        await check_model(choice)
        await choice.aclose()
        assert await discover({"openai": url}, {}) == []
    assert server.sent < 30_000_000


async def test_a_list_that_comes_a_byte_at_a_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "CHECK_S", 0.2)
    monkeypatch.setattr(discovery, "HOSTED_S", 0.1)
    server = Server(200, lambda: itertools.repeat(b" ", 200), "content-type: application/json\r\n", pause_s=0.05)
    async with served(server) as url, asyncio.timeout(3):
        choice = open_model("ollama:sim", keys={}, base_urls={"ollama": url})
        await check_model(choice)
        await choice.aclose()
        assert await discover({"openai": url}, {}) == []


async def test_a_models_name_that_cannot_be_shown_is_not_offered() -> None:
    names = ["good", "bad\x1b[31m", "long" * 100, "\u202edoog"]
    body = json.dumps({"data": [{"id": name} for name in names]}).encode()
    async with served(Server(200, once(body), "content-type: application/json\r\n")) as url:
        assert await discover({"openai": url}, {}) == ["openai:good"]
