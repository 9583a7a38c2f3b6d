"""OpenAI-compatible servers over real HTTP: what is sent, what is understood, what is refused."""

from __future__ import annotations

import io
import socket
import struct
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from narrowcast.audio.clip import encode_flac
from narrowcast.errors import NarrowcastError, ProfileError, ProviderError, SettingError, VoiceError
from narrowcast.tts.base import SpeechRequest
from narrowcast.tts.fake import hum
from narrowcast.tts.openai.provider import VOICES, OpenAISpeech
from narrowcast.tts.registry import Means, in_reach
from running import StartSimulator

TEXT = "A short sentence to say."
SOUND = hum(TEXT, 120.0, 16_000, 60.0).samples


def wav(rate: int = 16_000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((SOUND * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


@pytest.fixture
async def tts(voice_server: Any) -> AsyncIterator[OpenAISpeech]:
    speech = OpenAISpeech(voice_server.key, voice_server.url)
    yield speech
    await speech.aclose()


def request(**changes: Any) -> SpeechRequest:
    return SpeechRequest(**{"text": TEXT, "voice_id": "nova", "language": "en", **changes})


async def test_what_is_sent(tts: OpenAISpeech, voice_server: Any) -> None:
    await tts.speak(request(model="tts-1", config={"speed": 1.5, "instructions": "Whisper."}))
    assert voice_server.asked == [
        {"model": "tts-1", "input": TEXT, "voice": "nova", "response_format": "wav", "speed": 1.5}
        | {"instructions": "Whisper."}
    ]
    assert voice_server.keys == [f"Bearer {voice_server.key}"]


async def test_usual_values_are_left_to_the_server(tts: OpenAISpeech, voice_server: Any) -> None:
    await tts.speak(request())
    assert set(voice_server.asked[0]) == {"model", "input", "voice", "response_format"}
    assert voice_server.asked[0]["model"] == tts.default_model


async def test_a_custom_voice_is_sent_as_an_object(tts: OpenAISpeech, voice_server: Any) -> None:
    voice_server.plan(200, wav(), headers={"content-type": "audio/wav"})
    await tts.speak(request(voice_id="voice_1234"))
    assert voice_server.asked[0]["voice"] == {"id": "voice_1234"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (wav(), "audio/wav"),
        (wav(), "application/octet-stream"),
        (encode_flac(SOUND, 16_000), "audio/flac"),
        (wav()[:4] + b"\xff\xff\xff\xff" + wav()[8:40] + b"\xff\xff\xff\xff" + wav()[44:], "audio/wav"),
    ],
    ids=["wav", "unnamed", "flac", "streaming-wav"],
)
async def test_sound_is_understood(tts: OpenAISpeech, voice_server: Any, body: bytes, kind: str) -> None:
    voice_server.plan(200, body, headers={"content-type": kind})
    speech = await tts.speak(request())
    assert speech.sample_rate == 16_000
    assert len(speech.samples) == len(SOUND)
    assert float(np.abs(speech.samples - SOUND).max()) < 1e-3


@pytest.mark.parametrize("kind", ["audio/pcm", "application/octet-stream", "audio/wav", ""])
@pytest.mark.parametrize("start", [b"", b"{\x01", b"<\x00"])
async def test_headerless_pcm_is_understood(tts: OpenAISpeech, voice_server: Any, kind: str, start: bytes) -> None:
    body = start + (SOUND * 32767).astype("<i2").tobytes()[len(start) :]
    voice_server.plan(200, body, headers={"content-type": kind})
    speech = await tts.speak(request(config={"response_format": "pcm"}))
    assert (speech.sample_rate, len(speech.samples)) == (24_000, len(SOUND))


async def test_a_page_is_no_pcm_either(tts: OpenAISpeech, voice_server: Any) -> None:
    voice_server.plan(200, b"<html>Bad gateway</html>", headers={"content-type": "text/html"})
    with pytest.raises(ProviderError, match="instead of sound"):
        await tts.speak(request(config={"response_format": "pcm"}))


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"", "audio/wav", "nothing"),
        (b"<html>Bad gateway</html>", "text/html", "instead of sound"),
        (b'{"status": "warming up"}', "application/json", "instead of sound"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "audio/wav", "cannot be read"),
        (wav()[:30], "audio/wav", "cannot be read"),
    ],
)
async def test_a_200_without_sound_may_be_asked_again(
    tts: OpenAISpeech, voice_server: Any, body: bytes, kind: str, says: str
) -> None:
    voice_server.plan(200, body, headers={"content-type": kind})
    with pytest.raises(ProviderError, match=says) as caught:
        await tts.speak(request())
    assert caught.value.retryable


async def test_a_broken_off_answer_may_be_asked_again(tts: OpenAISpeech, voice_server: Any) -> None:
    voice_server.plan(200, wav()[:500], headers={"content-type": "audio/wav"}, promised=len(wav()))
    with pytest.raises(ProviderError, match="broke off") as caught:
        await tts.speak(request())
    assert caught.value.retryable
    assert len((await tts.speak(request())).samples)


async def test_busy_with_a_time_to_wait(tts: OpenAISpeech, voice_server: Any) -> None:
    voice_server.plan(429, b'{"error": {"message": "Rate limit reached"}}', headers={"retry-after": "3"})
    with pytest.raises(ProviderError, match="Rate limit") as caught:
        await tts.speak(request())
    assert (caught.value.retryable, caught.value.retry_after_s) == (True, 3.0)


async def test_no_server_at_all() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        tts = OpenAISpeech("", url)
        for attempt in (tts.speak(request()), tts.check([request()])):
            with pytest.raises(ProviderError, match="cannot be reached") as caught:
                await attempt
            assert url in caught.value.message
            assert "OPENAI_BASE_URL" in caught.value.hint
        await tts.aclose()


async def test_a_reset_connection_may_be_asked_again() -> None:
    import asyncio

    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    tts = OpenAISpeech("", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    with pytest.raises(ProviderError) as caught:
        await tts.speak(request())
    assert caught.value.retryable
    await tts.aclose()
    server.close()
    await server.wait_closed()


async def test_a_wrong_key_is_refused_before_and_while_speaking(voice_server: Any) -> None:
    tts = OpenAISpeech("sk-wrong-key-abcdef", voice_server.url)
    faults: list[NarrowcastError] = []
    with pytest.raises(SettingError, match="OPENAI_API_KEY") as early:
        await tts.check([request()])
    with pytest.raises(ProviderError, match="key") as late:
        await tts.speak(request())
    assert not late.value.retryable
    faults += [early.value, late.value]
    assert not any("sk-wrong" in f"{fault.message}{fault.hint}" for fault in faults)
    await tts.aclose()


async def test_a_server_of_ones_own_needs_no_key(voice_server: Any) -> None:
    voice_server.needs_key = False
    tts = OpenAISpeech(None, f"{voice_server.url}/")
    await tts.check([request(voice_id="af_heart")])
    await tts.speak(request())
    assert set(voice_server.keys) == {""}
    await tts.aclose()


async def test_openai_itself_is_checked_without_asking_it() -> None:
    tts = OpenAISpeech("sk-x")
    with pytest.raises(VoiceError, match="'bob'") as caught:
        await tts.check([request(voice_id="bob")])
    assert "nova" in caught.value.hint
    with pytest.raises(VoiceError, match="'marin' for tts-1"):
        await tts.check([request(voice_id="marin", model="tts-1")])
    with pytest.raises(ProfileError, match="instructions"):
        await tts.check([request(model="tts-1-hd", config={"instructions": "Slowly."})])
    with pytest.raises(ProfileError, match="speed"):
        await tts.check([request(config={"speed": 9})])
    with pytest.raises(SettingError, match="OPENAI_API_KEY"):
        await OpenAISpeech(None).check([request()])
    await tts.aclose()


def test_costs() -> None:
    official = OpenAISpeech("sk-x")
    assert official.cost_usd(1_000_000, "tts-1") == pytest.approx(15.0)
    assert official.cost_usd(1_000_000, "tts-1-hd") == pytest.approx(30.0)
    assert official.cost_usd(1_000_000, None) == pytest.approx(17.0)
    assert official.cost_usd(1_000_000, "gpt-4o-mini-tts-2025-12-15") == pytest.approx(17.0)
    assert official.cost_usd(1000, "other") is None
    assert OpenAISpeech("", "http://localhost:8880/v1").cost_usd(1000, "kokoro") == 0.0
    assert OpenAISpeech("", "http://[::1]:8880/v1").cost_usd(1000, None) == 0.0
    assert OpenAISpeech("", "https://voices.example/v1").cost_usd(1000, None) is None


def test_the_offered_voices_are_all_different() -> None:
    assert len({voice.id for voice in VOICES}) == len(VOICES) == 13


@pytest.mark.parametrize(
    ("status", "body", "kind", "speaks"),
    [
        (400, b'{"error": {"message": "Missing input."}}', "application/json", True),
        (422, b'{"detail": [{"msg": "Field required"}]}', "application/json", True),
        (415, b"", "text/plain", True),
        (401, b"", "text/plain", True),
        (500, b'{"error": {"message": "no backend for model"}}', "application/json", True),
        (404, b'{"error": {"message": "The model does not exist."}}', "application/json", True),
        (404, b'{"detail": "Not Found"}', "application/json", False),
        (404, b"404 page not found", "text/plain", False),
        (405, b"", "text/plain", False),
        (501, b"", "text/plain", False),
        (502, b"<html>Bad gateway</html>", "text/html", False),
        (200, b"<html>Welcome to the hotel</html>", "text/html", False),
    ],
)
async def test_a_server_is_asked_whether_it_speaks_at_all(
    voice_server: Any, status: int, body: bytes, kind: str, speaks: bool
) -> None:
    voice_server.needs_key = False
    for _ in range(2):
        voice_server.plan(status, body, headers={"content-type": kind})
    tts = OpenAISpeech(None, voice_server.url)
    assert await tts.speaks() is speaks
    if speaks:
        await tts.check([request()])
    else:
        with pytest.raises(VoiceError, match="makes no speech") as caught:
            await tts.check([request()])
        assert "--tts" in caught.value.hint
    assert voice_server.asked == [], "that costs nothing"
    await tts.aclose()


async def test_who_is_in_reach(voice_server: Any, tmp_path: Path) -> None:
    own = {"espeak", "fake"}
    assert await in_reach(Means(tmp_path, {}, {"ollama": "http://127.0.0.1:9/v1"})) == own
    assert await in_reach(Means(tmp_path, {}, {"openai": "http://127.0.0.1:9/v1"})) == own
    voice_server.needs_key = False
    assert await in_reach(Means(tmp_path, {}, {"openai": voice_server.url})) == {*own, "openai"}, (
        "a server of one's own needs no key"
    )
    voice_server.speaks = False
    assert await in_reach(Means(tmp_path, {"openai": "sk-x"}, {"openai": voice_server.url})) == own
    assert voice_server.asked == []


async def test_the_benchs_provider_answers_a_probe_without_a_call(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(faults=["tts:500@1"])
    tts = OpenAISpeech("x", simulator.base_url)
    assert await tts.speaks()
    await tts.check([request()])
    assert simulator.calls() == []
    with pytest.raises(ProviderError, match="500"):
        await tts.speak(request())
    await tts.aclose()
