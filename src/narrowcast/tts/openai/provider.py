"""OpenAI's voices, and any server that speaks the same `/audio/speech`: Kokoro-FastAPI, Speaches, LocalAI, …

The wire: https://developers.openai.com/api/docs/guides/text-to-speech. Spoken to without the vendor's SDK,
whose import takes three times as long as that of the HTTP client alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import httpx2
import numpy as np
from pydantic import Field

from narrowcast.audio.clip import Samples, decode
from narrowcast.errors import ProfileError, SettingError, VoiceError
from narrowcast.script.hosts import is_loopback, is_openai
from narrowcast.tts.base import Limits, Speech, SpeechRequest, Voice
from narrowcast.tts.check_clip import longest_s
from narrowcast.tts.config import TTSConfig, read_config
from narrowcast.tts.hosted import open_client
from narrowcast.tts.openai.errors import broken_answer, fault_of, makes_speech, no_connection, server_says

OFFICIAL = "https://api.openai.com/v1"
PROBE_S, CHECK_S, SPEAK_S = 5.0, 15.0, 120.0
"""How long the question whether it speaks, all checks, and a clip may take in all; the last and as long as it lasts."""
LARGEST_ANSWER = 32 * 10**6
"""Bytes; 11 minutes of WAV. The longest text allowed makes three."""
TOO_LONG = 1.5
"""How many times as long as may be a clip is heard: enough to be seen to be too long."""
PCM_RATE = 24_000
"""OpenAI's headerless `pcm` is signed 16-bit mono at this rate."""

VOICES = (
    Voice("nova", "Nova", "", "female", "bright and friendly"),
    Voice("onyx", "Onyx", "", "male", "deep and authoritative"),
    Voice("coral", "Coral", "", "female", "warm"),
    Voice("echo", "Echo", "", "male", "even and clear"),
    Voice("shimmer", "Shimmer", "", "female", "soft and light"),
    Voice("ash", "Ash", "", "male", "relaxed"),
    Voice("sage", "Sage", "", "female", "calm"),
    Voice("fable", "Fable", "", "male", "expressive, British"),
    Voice("alloy", "Alloy", "", "", "neutral"),
    Voice("marin", "Marin", "", "female", "natural; not with tts-1"),
    Voice("cedar", "Cedar", "", "male", "natural; not with tts-1"),
    Voice("ballad", "Ballad", "", "male", "gentle; not with tts-1"),
    Voice("verse", "Verse", "", "male", "lively; not with tts-1"),
)
NOT_TTS_1 = frozenset({"marin", "cedar", "ballad", "verse"})

USD_PER_CHARACTER = {
    "tts-1": 15e-6,
    "tts-1-hd": 30e-6,
    "gpt-4o-mini-tts": 17e-6,
}
"""OpenAI's model pages as of November 2026. gpt-4o-mini-tts is charged $0.60 for a million text tokens and $12 for a
million audio tokens; they give about $0.015 a minute, at 15 characters a second."""


ENDING = "OpenAI ends all of them on 6 January 2027"
"""Announced on its deprecations page on 1 October 2026. What it names instead (gpt-realtime-2.1-mini) converses, and
does not answer at `/audio/speech`: there is no successor to take as the default."""


class OpenAIConfig(TTSConfig):
    """`speed` 0.25-4, `instructions` on how to speak (not with tts-1), `response_format` where a server lacks WAV."""

    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0
    instructions: Annotated[str, Field(max_length=4096)] = ""
    response_format: Literal["wav", "flac", "mp3", "pcm"] = "wav"


class OpenAISpeech:
    """OpenAI, or the server at `base_url`. A server of one's own needs no key."""

    name = "openai"
    default_model: str | None = "gpt-4o-mini-tts"
    free_to_try = False
    usual_words_per_minute = 160.0
    limits = Limits(max_characters=2000, concurrency=8, sample_rate=24_000)
    """The documented limit is 4,096 characters, but also 2,000 tokens for gpt-4o-mini-tts."""

    def __init__(self, api_key: str | None = None, base_url: str | None = None, *, public_only: bool = False) -> None:
        self._key = api_key or ""
        self._url = (base_url or OFFICIAL).rstrip("/")
        self._host = urlsplit(self._url).hostname or ""
        self._official = is_openai(self._url)
        self.identity = self.name if self._official else f"{self.name}@{self._url}"
        self._public_only = public_only
        self._client: httpx2.AsyncClient | None = None

    async def speaks(self) -> bool:
        """OpenAI with a key, while it lists a model that speaks; another server where it answers at `/audio/speech`.

        Where OpenAI cannot be asked, that is for `check` to say.
        """
        if self._official:
            return bool(self._key) and await self._lists_speech()
        try:
            async with asyncio.timeout(PROBE_S):
                return makes_speech(await self._asked_nothing(), self._key)
        except (httpx2.RequestError, TimeoutError):
            return False

    async def voices(self, language: str) -> Sequence[Voice]:  # noqa: ARG002 - each speaks every language
        """OpenAI's own, which most compatible servers know by the same names."""
        return VOICES

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Config, voices and key; then one request for the list of models, which is free.

        Of a server other than OpenAI's, voices and models are taken on trust, but it is tried whether it makes speech.
        """
        if self._official and not self._key:
            raise SettingError("OPENAI_API_KEY is not set.", hint="Set it, or choose another provider with --tts.")
        for request in requests:
            self._check_request(request)
        try:
            async with asyncio.timeout(CHECK_S):
                response = await self._http().get("/models")
                nothing = None if self._official else await self._asked_nothing()
        except (httpx2.RequestError, TimeoutError) as error:
            raise no_connection(error, self._url) from error
        if response.status_code == 401 and "scope" not in server_says(response, self._key):
            raise SettingError(
                f"{self._host} refuses the key in OPENAI_API_KEY.", hint="Correct it, or choose another provider."
            )
        if response.status_code == 429 or response.status_code >= 500:
            raise fault_of(response, self._url, self._key, voice="", model="")
        if nothing is not None and not makes_speech(nothing, self._key):
            raise VoiceError(
                f"The server at {self._url} makes no speech.",
                hint="Set OPENAI_BASE_URL to one that does, or choose another provider with --tts, such as espeak.",
            )
        if self._official and response.status_code == 200 and (known := _model_ids(response)):
            self._check_models(known, requests)

    async def speak(self, request: SpeechRequest) -> Speech:
        """Say one text."""
        config = read_config(OpenAIConfig, request.config, self.name)
        body: dict[str, Any] = {
            "model": self._model(request),
            "input": request.text,
            "voice": {"id": request.voice_id} if request.voice_id.startswith("voice_") else request.voice_id,
            "response_format": config.response_format,
        }
        if config.speed != 1.0:
            body["speed"] = config.speed
        if config.instructions:
            body["instructions"] = config.instructions
        longest = longest_s(request.text, config.speed)
        try:
            async with (
                asyncio.timeout(SPEAK_S + longest),
                self._http().stream("POST", "/audio/speech", json=body) as response,
            ):
                data = await response.aread()
        except (httpx2.RequestError, TimeoutError) as error:
            raise no_connection(error, self._url) from error
        if response.status_code != 200:
            raise fault_of(response, self._url, self._key, voice=request.voice_id, model=self._model(request))
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        samples, rate = await self._samples(data, kind, config.response_format, longest * TOO_LONG)
        return Speech(samples, rate)

    def cost_usd(self, characters: int, model: str | None) -> float | None:
        """By OpenAI's price list; nothing on this machine, not known for another server."""
        if is_loopback(self._url):
            return 0.0
        if not self._official:
            return None
        wanted = model or self.default_model or ""
        names = sorted(USD_PER_CHARACTER, key=len, reverse=True)
        name = next((name for name in names if wanted == name or wanted.startswith(f"{name}-20")), None)
        return None if name is None else characters * USD_PER_CHARACTER[name]

    async def aclose(self) -> None:
        """Closes the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            self._client = open_client(self._url, headers, LARGEST_ANSWER, public_only=self._public_only)
        return self._client

    async def _lists_speech(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_S):
                response = await self._http().get("/models")
        except (httpx2.RequestError, TimeoutError):
            return True
        known = _model_ids(response) if response.status_code == 200 else frozenset()
        return not known or bool(_speaking(known))

    def _check_models(self, known: frozenset[str], requests: Sequence[SpeechRequest]) -> None:
        there = _speaking(known)
        if not there:
            raise VoiceError(
                f"OpenAI has no voice model for this key ({ENDING}).",
                hint="Choose another provider with --tts; see narrowcast voices.",
            )
        for request in requests:
            if self._model(request) not in known:
                raise VoiceError(
                    f"OpenAI has no model {self._model(request)!r} for this key.",
                    hint=f"Choose another with --tts openai:MODEL. For this key it has {', '.join(there)}; {ENDING}.",
                )

    async def _asked_nothing(self) -> httpx2.Response:
        """The answer to a request for speech that says nothing: refused where speech is made, and free.

        Only a refusal's body is read.
        """
        async with self._http().stream("POST", "/audio/speech", json={}, timeout=PROBE_S) as response:
            if response.is_error:
                await response.aread()
        return response

    def _model(self, request: SpeechRequest) -> str:
        return request.model or self.default_model or ""

    def _check_request(self, request: SpeechRequest) -> None:
        config = read_config(OpenAIConfig, request.config, self.name)
        model, voice = self._model(request), request.voice_id
        if not voice:
            raise VoiceError("A speaker has no voice_id.", hint=f"OpenAI has {', '.join(v.id for v in VOICES)}.")
        if not self._official:
            return
        if config.instructions and model.startswith("tts-1"):
            raise ProfileError(
                f"{model} takes no instructions (tts_config).", hint="Use gpt-4o-mini-tts or leave them."
            )
        old = model.startswith("tts-1")
        known = [each.id for each in VOICES if not (old and each.id in NOT_TTS_1)]
        if voice not in known and not voice.startswith("voice_"):
            raise VoiceError(f"OpenAI has no voice {voice!r} for {model}.", hint=f"It has {', '.join(known)}.")

    async def _samples(self, data: bytes, kind: str, asked: str, most_s: float) -> tuple[Samples, int]:
        if not data:
            raise broken_answer(self._url, "nothing")
        textual = kind.startswith("text/") or kind.endswith("json")
        # Headerless sound cannot be told by its look, and few servers name it: what was asked for is believed.
        raw = kind in {"audio/pcm", "audio/l16"} or (asked == "pcm" and not textual)
        if raw and not data.startswith((b"RIFF", b"fLaC", b"ID3")):
            count = min(len(data) // 2, int(most_s * PCM_RATE))
            return np.frombuffer(data, "<i2", count=count).astype(np.float32) / np.float32(32768), PCM_RATE
        if data[:64].lstrip()[:1] in {b"<", b"{"}:
            raise broken_answer(self._url, f"{kind or 'text'} instead of sound")
        try:
            return await asyncio.to_thread(decode, data, most_s)
        except ValueError as error:
            raise broken_answer(self._url, f"sound that cannot be read ({error})") from error


def _speaking(known: frozenset[str]) -> list[str]:
    """The models that speak, told by their names as OpenAI gives them: the list says no more of a model."""
    return sorted(model for model in known if "tts" in model.lower())


def _model_ids(response: httpx2.Response) -> frozenset[str]:
    try:
        listed = response.json()
    except (ValueError, RecursionError):
        return frozenset()
    models = listed.get("data") if isinstance(listed, Mapping) else None
    return frozenset(str(model.get("id")) for model in models or () if isinstance(model, Mapping))
