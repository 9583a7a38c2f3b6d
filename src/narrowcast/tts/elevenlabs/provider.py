"""ElevenLabs' voices, with the times of every character.

The wire: https://elevenlabs.io/docs/api-reference/text-to-speech/convert-with-timestamps. Spoken to without the
vendor's SDK, as OpenAI is.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import httpx2
import numpy as np
from pydantic import Field

from narrowcast.errors import ProfileError, SettingError, VoiceError
from narrowcast.script.hosts import is_loopback
from narrowcast.tts.base import Limits, Speech, SpeechRequest, Voice
from narrowcast.tts.check_clip import longest_s
from narrowcast.tts.config import TTSConfig, read_config
from narrowcast.tts.elevenlabs.errors import (
    KEY,
    NAME,
    NO_PERMISSION,
    SETTING,
    VOICE,
    codes_of,
    fault_of,
)
from narrowcast.tts.elevenlabs.models import DEFAULT, MODELS, language_code, speaking
from narrowcast.tts.elevenlabs.times import word_timings
from narrowcast.tts.elevenlabs.voices import offered
from narrowcast.tts.hosted import broken_answer, no_connection, open_client

OFFICIAL = "https://api.elevenlabs.io"
CHECK_S, SPEAK_S = 15.0, 120.0
LARGEST_ANSWER = 64 * 10**6
"""Bytes of JSON: 12 minutes at 44.1 kHz in base64. The longest text allowed makes three."""
TOO_LONG = 1.5
"""How many times as long as may be a clip is heard: enough to be seen to be too long."""
PAGE, MOST_PAGES = 100, 20
"""Voices a page, and pages: an account with more voices has these to choose from."""
_CONTAINERS = (b"RIFF", b"fLaC", b"ID3", b"OggS")


class ElevenLabsConfig(TTSConfig):
    """The voice's settings, where they are not to be those it was stored with; `seed` for more even repetitions.

    https://elevenlabs.io/docs/api-reference/text-to-speech/convert. Other sample rates than 24 kHz cost nothing more,
    but 44.1 kHz needs the plan Pro.
    """

    stability: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    similarity_boost: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    style: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    speed: Annotated[float, Field(ge=0.7, le=1.2)] | None = None
    use_speaker_boost: bool | None = None
    seed: Annotated[int, Field(ge=0, le=4294967295)] | None = None
    output_format: Literal["pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100"] = "pcm_24000"

    @property
    def sample_rate(self) -> int:
        """In Hz."""
        return int(self.output_format.removeprefix("pcm_"))

    def settings(self) -> dict[str, Any]:
        """Those of the voice that were given."""
        return self.model_dump(exclude={"seed", "output_format"}, exclude_none=True)


class ElevenLabs:
    """ElevenLabs, or what stands in for it at `base_url`."""

    name = NAME
    default_model: str | None = DEFAULT
    free_to_try = False
    usual_words_per_minute = 165.0
    limits = Limits(max_characters=2000, concurrency=3, sample_rate=24_000)
    """Every model takes 5,000 characters and more, plans without charge 2,500. Plans allow 2 to 15 calls at once;
    what is above waits there."""

    def __init__(self, api_key: str | None = None, base_url: str | None = None, *, public_only: bool = False) -> None:
        self._key = api_key or ""
        self._url = (base_url or OFFICIAL).rstrip("/").removesuffix("/v1")
        host = urlsplit(self._url).hostname or ""
        self._official = host == "elevenlabs.io" or host.endswith(".elevenlabs.io")
        self.identity = self.name if self._official else f"{self.name}@{self._url}"
        self._public_only = public_only
        self._client: httpx2.AsyncClient | None = None
        self._voices: list[Mapping[str, Any]] | None = None

    async def speaks(self) -> bool:
        """Where there is a key."""
        return bool(self._key)

    async def voices(self, language: str) -> Sequence[Voice]:
        """The account's voices, those made for the language first; others speak it with an accent."""
        self._need_key()
        if not speaking(language):
            raise VoiceError(
                f"ElevenLabs does not speak the language {language!r}.",
                hint=f"It speaks {', '.join(sorted(MODELS['eleven_v3'].languages))}.",
            )
        if self._voices is None:
            self._voices = await self._all_voices()
        return offered(self._voices, language_code(language))

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Config, languages and key; then whether the models and the voices are there, which is free to ask.

        A key that may not list models or voices is good enough, if it may speak.
        """
        self._need_key()
        for request in requests:
            self._check_request(request)
        try:
            async with asyncio.timeout(CHECK_S):
                listed = await self._http().get("/v1/models")
                self._refuse_key(listed)
                for voice in sorted({request.voice_id for request in requests}):
                    found = await self._http().get(f"/v1/voices/{quote(voice, safe='')}")
                    self._refuse_key(found)
                    if codes_of(found) & VOICE:
                        raise fault_of(found, self._url, self._key, voice=voice, model="")
        except (httpx2.RequestError, TimeoutError) as error:
            raise no_connection(error, self.name, self._url, SETTING) from error
        known = _speech_models(listed) if listed.status_code == 200 else frozenset()
        for request in requests:
            if known and self._model(request) not in known:
                raise VoiceError(
                    f"ElevenLabs has no model {self._model(request)!r} for this key.",
                    hint=f"It has {', '.join(sorted(known))}.",
                )

    async def speak(self, request: SpeechRequest) -> Speech:
        """Say one text, and tell when each of its words begins."""
        config = read_config(ElevenLabsConfig, request.config, self.name)
        model = self._model(request)
        body: dict[str, Any] = {"text": request.text, "model_id": model}
        if settings := config.settings():
            body["voice_settings"] = settings
        if config.seed is not None:
            body["seed"] = config.seed
        if model in MODELS and MODELS[model].takes_language:
            body["language_code"] = language_code(request.language)
        longest = longest_s(request.text, config.speed or 1.0)
        path = f"/v1/text-to-speech/{quote(request.voice_id, safe='')}/with-timestamps"
        try:
            async with (
                asyncio.timeout(SPEAK_S + longest),
                self._http().stream(
                    "POST", path, params={"output_format": config.output_format}, json=body
                ) as response,
            ):
                data = await response.aread()
        except (httpx2.RequestError, TimeoutError) as error:
            raise no_connection(error, self.name, self._url, SETTING) from error
        if response.status_code != 200:
            raise fault_of(response, self._url, self._key, voice=request.voice_id, model=model)
        return await asyncio.to_thread(self._speech, data, request.text, config.sample_rate, longest * TOO_LONG)

    def cost_usd(self, characters: int, model: str | None) -> float | None:
        """By the API's price list; nothing on this machine, not known for another server or model."""
        if is_loopback(self._url):
            return 0.0
        known = MODELS.get(model or DEFAULT)
        return characters * known.usd_per_character if known and self._official else None

    async def aclose(self) -> None:
        """Closes the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            headers = {"xi-api-key": self._key} if self._key else {}
            self._client = open_client(self._url, headers, LARGEST_ANSWER, public_only=self._public_only)
        return self._client

    def _need_key(self) -> None:
        if not self._key:
            raise SettingError("ELEVENLABS_API_KEY is not set.", hint="Set it, or choose another provider with --tts.")

    def _model(self, request: SpeechRequest) -> str:
        return request.model or DEFAULT

    def _check_request(self, request: SpeechRequest) -> None:
        read_config(ElevenLabsConfig, request.config, self.name)
        model = self._model(request)
        if not request.voice_id:
            raise VoiceError("A speaker has no voice_id.", hint="See narrowcast voices --tts elevenlabs.")
        if model in MODELS and language_code(request.language) not in MODELS[model].languages:
            others = speaking(request.language)
            raise VoiceError(
                f"{model} does not speak the language {request.language!r}.",
                hint=f"Use --tts elevenlabs:{others[0]}." if others else "Choose another provider with --tts.",
            )
        if model == "eleven_v3" and request.config.get("stability") not in {None, 0, 0.5, 1}:
            raise ProfileError("eleven_v3 takes a stability of 0, 0.5 or 1 only (tts_config).")

    def _refuse_key(self, response: httpx2.Response) -> None:
        """Raise where a free question was refused for a reason that speaking will be refused for too."""
        codes = codes_of(response)
        if response.status_code == 429 or response.status_code >= 500:
            raise fault_of(response, self._url, self._key, voice="", model="")
        if codes & KEY or (response.status_code == 401 and not codes & NO_PERMISSION):
            raise SettingError(
                "ElevenLabs refuses the key in ELEVENLABS_API_KEY.", hint="Correct it, or choose another provider."
            )

    async def _all_voices(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        page: dict[str, str | int] = {"page_size": PAGE, "sort": "name", "sort_direction": "asc"}
        try:
            async with asyncio.timeout(CHECK_S):
                for _ in range(MOST_PAGES):
                    response = await self._http().get("/v2/voices", params=page)
                    if response.status_code != 200:
                        self._refuse_key(response)
                        raise fault_of(response, self._url, self._key, voice="", model="")
                    listed = _object(response.content)
                    voices = listed.get("voices")
                    found += [voice for voice in voices or () if isinstance(voice, Mapping)]
                    token = listed.get("next_page_token")
                    if not listed.get("has_more") or not isinstance(token, str) or not token:
                        break
                    page["next_page_token"] = token
        except (httpx2.RequestError, TimeoutError) as error:
            raise no_connection(error, self.name, self._url, SETTING) from error
        return found

    def _speech(self, data: bytes, text: str, rate: int, most_s: float) -> Speech:
        answer = _object(data)
        encoded = answer.get("audio_base64")
        if not isinstance(encoded, str) or not encoded:
            raise broken_answer(self.name, self._url, "no sound")
        try:
            sound = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise broken_answer(self.name, self._url, "sound that is not in base64") from error
        if sound.startswith(_CONTAINERS):
            raise broken_answer(self.name, self._url, f"sound in another format than pcm_{rate}")
        count = min(len(sound) // 2, int(most_s * rate))
        samples = np.frombuffer(sound, "<i2", count=count).astype(np.float32) / np.float32(32768)
        timed = answer.get("alignment") or answer.get("normalized_alignment")
        return Speech(samples, rate, word_timings(text, timed, count / rate))


def _object(data: bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one where that is not what it is."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _speech_models(response: httpx2.Response) -> frozenset[str]:
    try:
        listed = response.json()
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(
        str(model.get("model_id"))
        for model in (listed if isinstance(listed, list) else ())
        if isinstance(model, Mapping) and model.get("can_do_text_to_speech", True)
    )
