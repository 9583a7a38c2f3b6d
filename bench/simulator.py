"""A provider that behaves like OpenAI's wire, at a known speed, with its own ledger.

`python bench/simulator.py --port 0 --ledger FILE [--speed X] [--fault tts:429:0.1]…` prints its address on the first
line and serves until it is killed: `POST /v1/chat/completions` (streamed or not), `GET /v1/models`,
`POST /v1/audio/speech` (wav, pcm, mp3), `POST /v1/embeddings` (float,
base64). The key `wrong` is refused; models and voices named `no-…` do not exist.

Speed: a text answer takes 0.5 s to its first token, then 80 tokens (of 4 characters) a second; speech takes 0.4 s and
0.15 s for each second of audio, 8 at once, the others in the order in which they came. `--speed` divides all of it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import simulated_sound as sound
from ledger import Ledger
from simulated_embeddings import MOST_TEXTS, embedded
from simulated_faults import Faults, parse_fault
from simulated_text import CHARACTERS_PER_TOKEN, Answer, Shape, answer
from wire import Gone, Reply, Request, Wire, serve

FIRST_TOKEN_S = 0.5
TOKENS_PER_S = 80.0
SPEECH_S = 0.4
SPEECH_S_PER_S = 0.15
SLOTS = 8
SLOW_FACTOR = 10.0
MODELS = ("sim", "gpt-4o-mini", "gpt-4o-mini-tts", "tts-1")
MP3_TYPES = {"wav": "audio/wav", "pcm": "audio/pcm", "mp3": "audio/mpeg"}


@dataclass(frozen=True)
class Behaviour:
    """How fast, how loud and how well the simulator answers."""

    speed: float = 1.0
    level_spread_db: float = 0.0
    chunk_tokens: int = 4
    retry_after_s: float = 1.0
    shape: Shape = field(default_factory=Shape)


class Simulator:
    """The routes and the clock behind them."""

    def __init__(self, behaviour: Behaviour, faults: Faults, ledger: Ledger) -> None:
        self._behaviour = behaviour
        self._faults = faults
        self._ledger = ledger
        self._slots = asyncio.Semaphore(SLOTS)
        self._calls = 0
        self._voices: list[str] = []

    async def __call__(self, request: Request, wire: Wire) -> Reply | None:
        """Answer one request; none: the answer has been streamed to `wire` already."""
        if request.headers.get("authorization") == "Bearer wrong":
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        match request.method, request.path:
            case "GET", "/v1/models":
                return Reply.of({"object": "list", "data": [_model(name) for name in MODELS]})
            case "GET", path if path.startswith("/v1/models/"):
                name = path.removeprefix("/v1/models/")
                return Reply.of(_model(name)) if not name.startswith("no-") else _no_model(name)
            case "POST", "/v1/chat/completions":
                return await self._recorded("llm", request, wire)
            case "POST", "/v1/embeddings":
                return await self._recorded("embed", request, wire)
            case "POST", "/v1/audio/speech":
                return await self._recorded("tts", request, wire)
        return _error(404, f"Unknown request URL: {request.method} {request.path}.", "unknown_url")

    async def _recorded(self, kind: str, request: Request, wire: Wire) -> Reply | None:
        """Run one paid call; whatever becomes of it, the ledger holds its beginning and its end."""
        try:
            body = json.loads(request.body)
        except ValueError:
            return _error(400, "The body is not JSON.", "invalid_json")
        if str(body.get("model", "")).startswith("no-"):
            return _no_model(body["model"])
        if kind == "tts" and not str(body.get("input", "")).strip():
            return _error(400, "Nothing to say.", "invalid_request")  # a probe is free: no fault, no entry
        self._calls += 1
        call = _Call(self._calls, kind, body, self._faults.next(kind), hashlib.sha256(request.body).hexdigest()[:24])
        try:
            work = {"llm": self._chat, "tts": self._speech, "embed": self._embeddings}[kind]
            reply = await work(call, wire)
        except (Gone, ConnectionError):
            call.facts["status"] = "aborted"
            raise
        finally:
            if call.begun:
                self._ledger.write("end", call.number, **call.facts)
        return reply

    def _begin(self, call: _Call, stage: str, **facts: Any) -> None:
        call.begun, call.started = True, time.monotonic()
        self._ledger.write("start", call.number, kind=call.kind, stage=stage, hash=call.hash, **facts)
        if call.fault:
            call.facts["status"] = f"fault {call.fault}"

    async def _sleep_until(self, moment: float, wire: Wire) -> None:
        """Wait for a monotonic time; stop at once with `Gone` when the caller has hung up."""
        while (left := moment - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.2))
            wire.check()

    async def _failed(self, call: _Call, wire: Wire) -> Reply | None:
        """The reply of a call that fails as a whole; none when the fault is of another sort."""
        if call.fault and call.fault.isdigit():
            status = int(call.fault)
            headers = {"retry-after": f"{self._behaviour.retry_after_s:g}"} if status == 429 else {}
            return _error(status, "Simulated failure.", "simulated", headers)
        if call.fault == "html":
            return Reply(200, b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        if call.fault == "reset" and call.kind != "llm":
            wire.reset()
            raise Gone
        return None

    async def _chat(self, call: _Call, wire: Wire) -> Reply | None:
        messages = call.body.get("messages") or []
        prompt = "\n".join(_content(message) for message in messages)
        prompt_tokens = _tokens(prompt)
        try:
            said = answer(prompt, self._behaviour.shape)
        except ValueError as error:
            return _error(400, f"The simulator cannot answer: {error}.", "invalid_request")
        self._begin(call, said.stage, prompt_tokens=prompt_tokens, segment=said.segment, characters=len(prompt))
        if failed := await self._failed(call, wire):
            return failed
        text, finish = _spoilt(said, call.fault)
        first = FIRST_TOKEN_S * (SLOW_FACTOR if call.fault == "slow" else 1)
        pace = _Pace(call.started, first / self._behaviour.speed, TOKENS_PER_S * self._behaviour.speed)
        call.facts |= {"text": text, "items": said.items}
        if not call.body.get("stream"):
            await self._sleep_until(pace.token(_tokens(text)), wire)
            call.facts["item_ends"] = [time.monotonic() - call.started] * len(said.ends)
            usage = call.used(prompt_tokens, _tokens(text))
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
            return Reply.of({**_head(call, "chat.completion"), "choices": [choice], "usage": usage})
        await self._stream(call, wire, text, said, pace, finish, prompt_tokens)
        return None

    async def _stream(
        self, call: _Call, wire: Wire, text: str, said: Answer, pace: _Pace, finish: str, prompt_tokens: int
    ) -> None:
        head = _head(call, "chat.completion.chunk")
        step = self._behaviour.chunk_tokens * CHARACTERS_PER_TOKEN
        item_ends: list[float] = []
        call.facts["item_ends"] = item_ends
        offset = max(0, text.find(said.text[:40]))
        ends = said.ends
        usage: dict[str, int] = {}
        for at in range(0, len(text), step):
            await self._sleep_until(pace.token(max(1, _tokens(text[: at + step]))), wire)
            if at == 0:
                call.facts["first"] = time.monotonic()
                await wire.open_stream("text/event-stream")
            usage = call.used(prompt_tokens, _tokens(text[: at + step]))
            delta = {"role": "assistant", "content": text[at : at + step]}
            await wire.send(_event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}))
            while len(item_ends) < len(ends) and offset + ends[len(item_ends)] <= at + step:
                item_ends.append(time.monotonic() - call.started)
            if call.fault == "reset" and at > len(text) // 2:
                wire.reset()
                raise Gone
        await wire.send(_event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}))
        if (call.body.get("stream_options") or {}).get("include_usage"):
            await wire.send(_event({**head, "choices": [], "usage": usage}))
        await wire.send(b"data: [DONE]\n\n")
        await wire.close_stream()

    async def _speech(self, call: _Call, wire: Wire) -> Reply:
        text, voice = str(call.body.get("input", "")), str(call.body.get("voice", ""))
        kind = str(call.body.get("response_format", "mp3"))
        if kind not in MP3_TYPES:
            return _error(400, f"There is no format {kind!r}.", "invalid_request")
        if voice.startswith("no-"):
            return _error(400, f"Voice {voice!r} does not exist.", "invalid_voice")
        seconds = sound.duration(text)
        self._begin(call, "speech", text=text, voice=voice, characters=len(text), audio_seconds=seconds)
        queued = time.monotonic()
        async with self._slots:
            call.facts["slot_wait"] = time.monotonic() - queued
            start = time.monotonic()
            wire.check()
            if failed := await self._failed(call, wire):
                return failed
            data = await asyncio.to_thread(self._sound, seconds, voice, kind, call.fault)
            factor = SLOW_FACTOR if call.fault == "slow" else 1
            cost = factor * (SPEECH_S + SPEECH_S_PER_S * seconds) / self._behaviour.speed
            await self._sleep_until(start + cost, wire)
        call.facts["first"] = time.monotonic()
        return Reply(200, data, MP3_TYPES[kind])

    async def _embeddings(self, call: _Call, wire: Wire) -> Reply | None:
        given: Any = call.body.get("input")
        texts: list[Any] = given if isinstance(given, list) else [given or ""]
        if not 0 < len(texts) <= MOST_TEXTS or not all(isinstance(text, str) and text for text in texts):
            return _error(400, "'input' has to be 1 to 2048 strings, none of them empty.", "invalid_request")
        tokens = sum(map(_tokens, texts))
        self._begin(call, "embeddings", prompt_tokens=tokens, characters=sum(map(len, texts)), items=texts)
        if failed := await self._failed(call, wire):
            return failed
        factor = SLOW_FACTOR if call.fault == "slow" else 1
        await self._sleep_until(call.started + factor * FIRST_TOKEN_S / self._behaviour.speed, wire)
        return Reply.of(embedded(texts, call.body, tokens))

    def _sound(self, seconds: float, voice: str, kind: str, fault: str | None) -> bytes:
        if voice not in self._voices:
            self._voices.append(voice)
        gain_db = -self._behaviour.level_spread_db * (self._voices.index(voice) % 2)
        if fault == "empty":
            return b""
        if kind == "mp3":
            return sound.mp3(seconds, voice, gain_db)
        pcm = sound.pcm16(sound.samples(seconds, voice, gain_db))
        whole = len(pcm)
        if fault == "silent":
            pcm = bytes(whole)
        if fault == "truncated":
            pcm = pcm[: whole // 3 // 2 * 2]
        return pcm if kind == "pcm" else sound.wav(pcm, whole)


class _Call:
    """One paid call while it runs: what was asked, how it is to fail, and what the ledger will hold of it."""

    def __init__(self, number: int, kind: str, body: dict[str, Any], fault: str | None, digest: str) -> None:
        self.number = number
        self.kind = kind
        self.body = body
        self.fault = fault
        self.hash = digest
        self.begun = False
        self.started = time.monotonic()
        self.facts: dict[str, Any] = {"status": "ok"}

    def used(self, prompt: int, completion: int) -> dict[str, int]:
        """OpenAI's usage object; the ledger gets the same."""
        self.facts["completion_tokens"] = completion
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


@dataclass(frozen=True)
class _Pace:
    start: float
    first_s: float
    per_s: float

    def token(self, count: int) -> float:
        """When so many tokens are out, by the monotonic clock."""
        return self.start + self.first_s + (count - 1) / self.per_s


def _spoilt(said: Answer, fault: str | None) -> tuple[str, str]:
    """The answer as the fault leaves it, and its finish reason."""
    if fault == "cutoff":
        return said.text[: len(said.text) * 3 // 5], "length"
    if fault == "fenced":
        return f"Here is what you asked for:\n\n```json\n{said.text}\n```\nI hope that it helps!", "stop"
    if fault == "thinking":
        return f'<think>They want JSON such as {{"turns": []}}. Let me see…</think>\n{said.text}', "stop"
    return said.text, "stop"


def _head(call: _Call, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{call.number}",
        "object": kind,
        "created": int(time.time()),
        "model": call.body.get("model", "sim"),
    }


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def _content(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "simulator"}


def _no_model(name: str) -> Reply:
    return _error(404, f"The model '{name}' does not exist.", "model_not_found")


def _error(status: int, message: str, code: str, headers: dict[str, str] | None = None) -> Reply:
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return Reply.of(body, status=status, headers=headers)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--fault", type=parse_fault, action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--turn-characters", type=int, default=260)
    parser.add_argument("--ignore-words", action="store_true", help="always --turns of --turn-characters a segment")
    parser.add_argument("--level-spread", type=float, default=0.0, help="dB between one voice and the next")
    parser.add_argument("--chunk-tokens", type=int, default=4, help="tokens in one streamed event")
    parser.add_argument("--retry-after", type=float, default=1.0, help="seconds that a 429 asks to wait")
    return parser.parse_args()


async def _main() -> None:
    given = _arguments()
    shape = Shape(given.turns, given.turn_characters, given.ignore_words)
    behaviour = Behaviour(given.speed, given.level_spread, given.chunk_tokens, given.retry_after, shape)
    simulator = Simulator(behaviour, Faults(given.fault, given.seed), Ledger(given.ledger))
    await serve(simulator, given.port, lambda port: print(f"http://127.0.0.1:{port}", flush=True))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
    sys.exit(0)
