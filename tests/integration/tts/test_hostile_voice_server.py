"""A voice server that means harm, or is broken: nothing of it fills the memory, hangs or shows as a traceback."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from narrowcast.audio.clip import encode_flac
from narrowcast.errors import NarrowcastError, ProviderError, VoiceError
from narrowcast.tts.base import SpeechRequest
from narrowcast.tts.check_clip import reject_reason
from narrowcast.tts.openai import provider as openai
from narrowcast.tts.openai.provider import OpenAISpeech

TEXT = "There are three rivers in this town."
REQUEST = SpeechRequest(text=TEXT, voice_id="nova", language="en")
DEEP = b"[" * 60_000
BOMB = gzip.compress(bytes(80_000_000))


class Server:
    """What it answers each request with, in pieces, and how many bytes of it were taken."""

    def __init__(self, status: int, body: Callable[[], Iterable[bytes]], head: str = "", pause_s: float = 0.0) -> None:
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


def endless(start: bytes = b"") -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain([start], itertools.repeat(b"a" * 100_000, 1_000))


def once(body: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [body]


@asynccontextmanager
async def speaking(server: Server) -> AsyncIterator[OpenAISpeech]:
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    tts = OpenAISpeech("sk-a-key-for-tests", f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1")
    try:
        yield tts
    finally:
        await tts.aclose()
        listening.close()
        await listening.wait_closed()


async def refused(server: Server, *, checking: bool = False) -> NarrowcastError:
    async with speaking(server) as tts:
        with pytest.raises(NarrowcastError) as caught:
            await asyncio.wait_for(tts.check([REQUEST]) if checking else tts.speak(REQUEST), 5)
    return caught.value


@pytest.mark.parametrize(("status", "told"), [(400, "refuses"), (503, "failed")])
async def test_an_endless_refusal_is_left_and_still_understood(status: int, told: str) -> None:
    server = Server(status, endless(b'{"error":"'))
    fault = await refused(server)
    assert isinstance(fault, ProviderError)
    assert f"{told} ({status})" in fault.message
    assert server.sent < 10_000_000


async def test_endless_sound_is_left() -> None:
    server = Server(200, endless(b"RIFF"), "content-type: audio/wav\r\n")
    assert "more than 32 MB" in (await refused(server)).message
    assert server.sent < 50_000_000


async def test_an_endless_list_of_models_is_left() -> None:
    server = Server(200, endless(b'{"data":["'))
    assert "more than 5 MB" in (await refused(server, checking=True)).message
    assert server.sent < 15_000_000


@pytest.mark.parametrize("checking", [True, False])
async def test_what_is_packed_is_counted_unpacked(checking: bool) -> None:
    server = Server(200, once(BOMB), "content-encoding: gzip\r\n")
    assert "answered with more than" in (await refused(server, checking=checking)).message


@pytest.mark.parametrize("checking", [True, False])
@pytest.mark.parametrize("status", [200, 400])
async def test_what_is_not_packed_as_it_says_is_a_fault(status: int, checking: bool) -> None:
    fault = await refused(Server(status, once(b"not packed"), "content-encoding: gzip\r\n"), checking=checking)
    assert isinstance(fault, ProviderError)
    assert "packed" in fault.message
    assert fault.retryable


@pytest.mark.parametrize("body", [DEEP, b'{"error":' * 6_000, b'{"error":[' + b"[" * 900 + b"]" * 900 + b"]}"])
async def test_a_refusal_nested_without_end_has_nothing_to_say(body: bytes) -> None:
    fault = await refused(Server(500, once(body), "content-type: application/json\r\n"))
    assert isinstance(fault, ProviderError)
    assert "(500)" in fault.message
    assert "makes no speech" in (await refused(Server(404, once(body)), checking=True)).message


async def test_a_list_nested_without_end_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with speaking(Server(200, once(DEEP), "content-type: application/json\r\n")) as tts:
        monkeypatch.setattr(tts, "_official", True)
        await tts.check([REQUEST])


async def test_a_byte_at_a_time_does_not_hold_it_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("SPEAK_S", "CHECK_S", "PROBE_S"):
        monkeypatch.setattr(openai, limit, 0.3)
    monkeypatch.setattr(openai, "longest_s", lambda _text, _pace: 0.1)
    server = Server(404, lambda: itertools.repeat(b" ", 200), pause_s=0.05)
    for checking in (False, True):
        fault = await refused(server, checking=checking)
        assert isinstance(fault, ProviderError)
        assert "in time" in fault.message
        assert fault.retryable
    async with speaking(server) as tts:
        assert not await asyncio.wait_for(tts.speaks(), 5)


@pytest.mark.parametrize("kind", ["flac", "pcm"])
async def test_of_a_clip_much_too_long_only_as_much_is_heard_as_shows_that(kind: str) -> None:
    rate = 24_000
    tone = (np.sin(np.arange(rate * 300) * 0.03) * 0.3).astype(np.float32)
    body = encode_flac(tone, rate) if kind == "flac" else (tone * 32767).astype("<i2").tobytes()
    async with speaking(Server(200, once(body), f"content-type: audio/{kind}\r\n")) as tts:
        speech = await tts.speak(REQUEST)
    assert 10 < len(speech.samples) / speech.sample_rate < 40
    assert "too long" in (reject_reason(speech.samples, speech.sample_rate, TEXT) or "")


async def test_a_servers_words_cannot_reach_the_terminals_controls() -> None:
    words = "bad \x1b[31mvoice\x1b]0;pwn\x07 \u202eedoc \x9b2J" + "long " * 200
    fault = await refused(Server(400, once(json.dumps({"error": {"message": words}}).encode())))
    assert isinstance(fault, VoiceError)
    assert fault.message.isprintable()
    assert "bad" in fault.message
    assert len(fault.message) < 500
