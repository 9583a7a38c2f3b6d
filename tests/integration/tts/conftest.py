"""A voice server on this machine with OpenAI's shapes of answers and refusals, for the tests."""

from __future__ import annotations

import io
import json
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.integration.tts.elevenlabs_server import ElevenLabsServer, serving

from narrowcast.audio.clip import Samples
from narrowcast.tts.fake import hum

KEY = "sk-right-key-for-tests"
VOICES = ("nova", "onyx", "coral", "echo")
MODELS = ("tts-1", "gpt-4o-mini-tts")


def wav(samples: Samples, rate: int, *, streaming: bool = False) -> bytes:
    """A PCM16 WAV; `streaming` puts 0xFFFFFFFF where the lengths belong, as OpenAI does."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    data = bytearray(buffer.getvalue())
    if streaming:
        data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    return bytes(data)


@dataclass
class Planned:
    """What the next call gets instead of speech. `promised` is the Content-Length, if it is not the body's own."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    delay_s: float = 0.0


@dataclass
class VoiceServer:
    """Where it listens, what it was asked, what it will do next."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    needs_key: bool = True
    speaks: bool = True
    models: tuple[str, ...] = MODELS
    key: str = KEY

    def plan(self, status: int, body: bytes = b"", **rest: Any) -> None:
        """What the next call for speech gets."""
        self.planned.append(Planned(status, body, **rest))


@pytest.fixture
def voice_server() -> Iterator[VoiceServer]:
    """A server that runs until the test ends."""
    state = VoiceServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"state": state}))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def elevenlabs_server() -> Iterator[ElevenLabsServer]:
    """What stands in for ElevenLabs, until the test ends."""
    with serving() as server:
        yield server


class _Handler(BaseHTTPRequestHandler):
    state: VoiceServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._admitted():
            return
        if self.path == "/v1/models":
            self._json(
                200, {"object": "list", "data": [{"id": model, "object": "model"} for model in self.state.models]}
            )
        else:
            self._refuse(404, f"Invalid URL (GET {self.path})", None)

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if request:
            self.state.asked.append(request)
        if not self._admitted():
            return
        if self.state.planned:
            self._as_planned(self.state.planned.pop(0))
        elif self.path != "/v1/audio/speech" or not self.state.speaks:
            self._refuse(404, f"Invalid URL (POST {self.path})", None)
        elif missing := {"model", "voice", "input"} - set(request):
            self._refuse(400, f"Missing required parameter: {min(missing)!r}.", "missing_required_parameter")
        elif request["model"] not in MODELS:
            self._refuse(404, f"The model `{request['model']}` does not exist", "model_not_found")
        elif request["voice"] not in VOICES:
            self._refuse(400, f"Invalid value: '{request['voice']}'. Supported voices are: {', '.join(VOICES)}.", None)
        elif not request["input"] or len(request["input"]) > 4096:
            self._refuse(400, "[{'type': 'string_too_long', 'loc': ('body', 'input')}]", None)
        else:
            herz = 100.0 + 40 * VOICES.index(request["voice"])
            speech = hum(request["input"], herz, 24_000, 60.0 / request.get("speed", 1.0))
            self._answer(200, wav(speech.samples, 24_000, streaming=True), {"content-type": "audio/wav"})

    def _admitted(self) -> bool:
        key = self.headers.get("authorization", "")
        self.state.keys.append(key)
        if self.state.needs_key and key != f"Bearer {KEY}":
            self._refuse(401, f"Incorrect API key provided: {key.removeprefix('Bearer ')}.", "invalid_api_key")
            return False
        return True

    def _as_planned(self, planned: Planned) -> None:
        time.sleep(planned.delay_s)
        self._answer(planned.status, planned.body, planned.headers, planned.promised)

    def _refuse(self, status: int, message: str, code: str | None) -> None:
        self._json(
            status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
        )

    def _json(self, status: int, body: object) -> None:
        self._answer(status, json.dumps(body).encode(), {"content-type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str], promised: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)
        if promised is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's
        """Says nothing."""
