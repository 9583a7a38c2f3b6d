"""What stands in for ElevenLabs on this machine: its routes, its answers with timings, its refusals, a ledger.

Shapes: https://elevenlabs.io/docs/api-reference and https://elevenlabs.io/docs/eleven-api/resources/errors.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from narrowcast.tts.fake import hum

KEY = "sk_right_key_for_tests"
LEAD_S, TAIL_S = 0.12, 0.3
MS_PER_CHARACTER = 60.0
RATES = {"pcm_16000": 16_000, "pcm_22050": 22_050, "pcm_24000": 24_000}
MODELS = ("eleven_multilingual_v2", "eleven_flash_v2_5", "eleven_v3")
MOST_CHARACTERS = 10_000


def listed(voice_id: str, name: str, gender: str, language: str = "en", **more: Any) -> dict[str, Any]:
    """A voice as `GET /v2/voices` lists it."""
    return {
        "voice_id": voice_id,
        "name": name,
        "category": "premade",
        "labels": {"accent": "american", "gender": gender, "age": "young", "use_case": "social_media"},
        "description": "",
        "verified_languages": [{"language": language, "model_id": "eleven_multilingual_v2", "locale": None}],
        "is_legacy": False,
        **more,
    }


VOICES = [
    listed("aria1", "Aria", "female"),
    listed("bill2", "Bill", "male"),
    listed("cora3", "Cora", "female", "de"),
    listed("dirk4", "Dirk", "male", "de", category="professional"),
]


@dataclass
class Planned:
    """What the next call for speech gets instead."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ElevenLabsServer:
    """Where it listens, its ledger of what it was asked to say, what it will do next.

    `truth` are the seconds at which each word was heard, by text.
    """

    url: str = ""
    ledger: list[dict[str, Any]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    truth: dict[str, list[float]] = field(default_factory=dict)
    voices: list[dict[str, Any]] = field(default_factory=lambda: deepcopy(VOICES))
    page_size: int = 3
    may_list: bool = True
    says_otherwise: bool = False
    key: str = KEY
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, status: int, detail: object, headers: dict[str, str] | None = None) -> None:
        """What the next call for speech gets: a refusal in ElevenLabs' own shape, or these bytes."""
        body = detail if isinstance(detail, bytes) else json.dumps({"detail": detail}).encode()
        self.planned.append(Planned(status, body, headers or {}))


@contextmanager
def serving() -> Iterator[ElevenLabsServer]:
    """A server that runs until the block ends."""
    state = ElevenLabsServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"state": state}))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: ElevenLabsServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        self.state.looked_up.append(place.path)
        if not self._admitted():
            return
        if not self.state.may_list:
            self._refuse(401, "unauthorized", "The API key you used is missing a permission.", "missing_permissions")
        elif place.path == "/v1/models":
            self._json(200, [{"model_id": model, "can_do_text_to_speech": True} for model in MODELS])
        elif place.path == "/v2/voices":
            self._page(parse_qs(place.query))
        elif place.path.startswith("/v1/voices/"):
            self._one_voice(unquote(place.path.removeprefix("/v1/voices/")))
        else:
            self._json(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        place = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        found = re.fullmatch(r"/v1/text-to-speech/([^/]+)/with-timestamps", place.path)
        if not self._admitted():
            return
        if not found:
            self._json(404, {"detail": "Not Found"})
            return
        voice, wanted = unquote(found[1]), query.get("output_format", "mp3_44100_128")
        with self.state.lock:
            self.state.ledger.append({"voice": voice, "output_format": wanted, "time": time.time(), **request})
            planned = self.state.planned.pop(0) if self.state.planned else None
        known = {each["voice_id"] for each in self.state.voices}
        if planned:
            self._answer(planned.status, planned.body, planned.headers)
        elif wanted == "pcm_44100":
            message = f"Output format '{wanted}' is only available on the Pro tier and above."
            self._refuse(403, "subscription_required", message, "output_format_not_allowed")
        elif wanted not in RATES:
            self._refuse(400, "invalid_output_format", f"There is no {wanted}.", "invalid_output_format")
        elif voice not in known:
            self._refuse(404, "voice_not_found", f"A voice with voice_id '{voice}' was not found.", "voice_not_found")
        elif request["model_id"] not in MODELS:
            self._refuse(400, "unsupported_model", f"A model with model ID {request['model_id']} does not exist.", "")
        elif request.get("language_code") and "v2_5" not in request["model_id"]:
            message = f"Model {request['model_id']} does not support language_code."
            self._refuse(400, "unsupported_language", message, "unsupported_language")
        elif not request["text"] or len(request["text"]) > MOST_CHARACTERS:
            self._refuse(400, "text_too_long", "The text is empty or too long.", "max_character_limit_exceeded")
        else:
            self._speak(request, sorted(known).index(voice), RATES[wanted])

    def _speak(self, request: dict[str, Any], number: int, rate: int) -> None:
        text = request["text"]
        pace = (request.get("voice_settings") or {}).get("speed", 1.0)
        each_s = MS_PER_CHARACTER / pace / 1000
        speech = hum(text, 100.0 + 60 * number, rate, each_s * 1000)
        silence = np.zeros(round(LEAD_S * rate), np.float32), np.zeros(round(TAIL_S * rate), np.float32)
        pcm = (np.concatenate([silence[0], speech.samples, silence[1]]) * 32767).astype("<i2").tobytes()
        starts = [round(LEAD_S + each_s * place, 3) for place in range(len(text))]
        self.state.truth[text] = [LEAD_S + word.offset * each_s for word in speech.words]
        own = _alignment(list(text), starts, each_s)
        spelled = _alignment(*_spelled(text, starts), each_s)
        body = {
            "audio_base64": base64.b64encode(pcm).decode(),
            "alignment": spelled if self.state.says_otherwise else own,
            "normalized_alignment": spelled,
        }
        self._json(200, body)

    def _page(self, query: dict[str, list[str]]) -> None:
        start = int(query.get("next_page_token", ["0"])[0])
        end = start + min(self.state.page_size, int(query.get("page_size", ["10"])[0]))
        more = end < len(self.state.voices)
        page = {"voices": self.state.voices[start:end], "has_more": more, "total_count": len(self.state.voices)}
        self._json(200, {**page, "next_page_token": str(end) if more else None})

    def _one_voice(self, voice: str) -> None:
        found = next((each for each in self.state.voices if each["voice_id"] == voice), None)
        if found:
            self._json(200, found)
        else:
            self._refuse(400, "voice_not_found", f"A voice with voice_id '{voice}' was not found.", "voice_not_found")

    def _admitted(self) -> bool:
        if self.headers.get("xi-api-key") == KEY:
            return True
        self._refuse(401, "invalid_api_key", "Invalid API key", "invalid_api_key")
        return False

    def _refuse(self, status: int, code: str, message: str, legacy: str) -> None:
        detail = {"type": "error", "code": code, "message": message, "status": legacy, "request_id": "r1"}
        self._json(status, {"detail": detail})

    def _json(self, status: int, body: object) -> None:
        self._answer(status, json.dumps(body).encode(), {"content-type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        with suppress(ConnectionError):  # whoever has heard enough hangs up
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's
        """Says nothing."""


def _alignment(characters: list[str], starts: list[float], each_s: float) -> dict[str, Any]:
    return {
        "characters": characters,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": [round(start + each_s, 3) for start in starts],
    }


def _spelled(text: str, starts: list[float]) -> tuple[list[str], list[float]]:
    """As it was read: a space before all of it, figures in words."""
    characters, times = [" "], [0.0]
    for character, start in zip(text, starts, strict=True):
        for each in " seven " if character.isdigit() else character:
            characters.append(each)
            times.append(start)
    return characters, times
