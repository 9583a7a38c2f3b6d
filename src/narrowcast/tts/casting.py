"""Casting: which provider and voice each speaker gets."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from narrowcast.errors import NarrowcastError, SettingError, VoiceError
from narrowcast.script.lexicon import say_words
from narrowcast.script.own_server import API_KEY, BASE_URL, SEALED, OwnServer, own_server, without_server
from narrowcast.script.profile import Speaker, SpeakerProfile
from narrowcast.tts.base import TTS, Downloaded, SpeechRequest
from narrowcast.tts.spoken.normalise import for_speech

AUTO = "auto"
HOSTED = ("openai", "elevenlabs")
"""The hosted providers that `auto` takes, best first, when their key is set."""
LOCAL = ("kokoro", "piper")
"""Those with downloaded voices that `auto` takes, best first, where they have voices enough for the language."""
BUILT_IN = "espeak"
OWN_VOICE = "A voice is chosen with each speaker's voice_id in a speaker profile (--speakers FILE)."
"""The way for who writes a voice where a model is asked for."""


@dataclass(frozen=True)
class SpeakerVoice:
    """Who lends a speaker the voice, and how. `files` is the hash of what was downloaded for it, if anything was.

    `server` is the one that the speaker's profile names, if any; it is no part of `config`, which is kept with clips.
    """

    tts: TTS
    voice_id: str
    model: str | None
    config: Mapping[str, Any] = field(default_factory=dict)
    lexicon: Mapping[str, str] = field(default_factory=dict)
    files: str = ""
    server: OwnServer | None = None

    @property
    def maker(self) -> str:
        """Who makes the sound: the provider, and what was downloaded for it."""
        return f"{self.tts.identity}@{self.files}" if self.files else self.tts.identity

    @property
    def identity(self) -> str:
        """All that decides how fast and with what sound it speaks, but for the voice's name."""
        return json.dumps([self.maker, self.model, dict(self.config)], sort_keys=True)

    def request(self, text: str, language: str) -> SpeechRequest:
        """The request for `text`, its words by the lexicon, normalised for speech."""
        return SpeechRequest(
            for_speech(say_words(text, self.lexicon), language), self.voice_id, language, self.model, self.config
        )


async def cast(
    profile: SpeakerProfile,
    asked: str,
    language: str,
    available: Collection[str],
    open_tts: Callable[[str], TTS],
    lexicon: Mapping[str, str] | None = None,
    open_own: Callable[[str, OwnServer], TTS] | None = None,
) -> dict[str, SpeakerVoice]:
    """A voice for each speaker, by name; no two speakers share one while the provider has others.

    `asked` is `auto` or `PROVIDER[:MODEL]`. With `auto` a speaker's own provider is used if it is `available` (its
    key is set, or it needs none), else the first hosted one that is, else the first of those with downloaded voices
    that has a voice for each speaker in this language, else the built-in voice. A speaker's own provider is opened by
    `open_own` where the profile's config names a server or key of its own. Raises `VoiceError`, `SettingError`,
    `ProfileError`.
    """
    wanted, _, wanted_model = asked.partition(":")
    if wanted_model and wanted != AUTO:
        await _refuse_voice_for_model(open_tts(wanted), wanted_model, language)
    voices: dict[str, SpeakerVoice] = {}
    taken: set[tuple[str, str]] = set()

    async def has_voices(name: str, count: int) -> bool:
        try:
            return len(await open_tts(name).voices(language)) >= count
        except (VoiceError, SettingError):
            return False

    for speaker in profile.speakers:
        own = speaker.tts_provider or profile.tts_provider
        config = profile.tts_config | (speaker.tts_config or {})
        server = own_server(config, f"tts_config of {speaker.name}") if open_own and wanted in {AUTO, own} else None
        if server or wanted != AUTO:
            provider = own if server else wanted
        else:
            provider = await _provider(own, available, has_voices, len(profile.speakers))
        tts = open_own(provider, server) if open_own and server else open_tts(provider)
        is_own = provider == own
        named = (speaker.voice_id if is_own else "") or speaker.voices.get(provider, "")
        voice_id = named or await _free_voice(tts, language, taken)
        model = wanted_model or (_own_model(speaker, profile) if is_own else None) or tts.default_model
        config = without_server(config) if is_own else {}
        taken.add((provider, voice_id))
        files = await tts.digest(voice_id, model) if isinstance(tts, Downloaded) else ""
        voices[speaker.name] = SpeakerVoice(tts, voice_id, model, config, lexicon or {}, files, server)
    return voices


def cast_speakers(profile: SpeakerProfile, voices: Mapping[str, SpeakerVoice]) -> tuple[Speaker, ...]:
    """The speakers with the voices they got, as a script keeps them: the same script is voiced the same way again."""
    return tuple(
        speaker.model_copy(
            update={
                "voice_id": voices[speaker.name].voice_id,
                "tts_provider": voices[speaker.name].tts.name,
                "tts_model": voices[speaker.name].model,
                "tts_config": {**voices[speaker.name].config, **_shown(voices[speaker.name].server)} or None,
            }
        )
        for speaker in profile.speakers
    )


def _shown(server: OwnServer | None) -> dict[str, str]:
    """What of a server of one's own a script may keep: where it is, and the key only if nobody else can read it."""
    if server is None:
        return {}
    address = {BASE_URL: server.base_url} if server.base_url else {}
    return {**address, API_KEY: server.api_key} if server.api_key.startswith(SEALED) else address


async def _refuse_voice_for_model(tts: TTS, asked: str, language: str) -> None:
    if tts.default_model is None:
        raise VoiceError(f"{tts.name} has no models to choose from.", hint=f"Leave it at --tts {tts.name}. {OWN_VOICE}")
    try:
        voices = await tts.voices(language)
    except NarrowcastError:
        return  # Said where it matters: not every speaker needs the list.
    if asked.casefold() in {word.casefold() for voice in voices for word in (voice.id, voice.name)}:
        raise VoiceError(
            f"{asked} is a voice of {tts.name}, and --tts takes a model.",
            hint=f"Leave it at --tts {tts.name}. {OWN_VOICE}",
        )


def passed_over(profile: SpeakerProfile, expected: Collection[str], available: Collection[str]) -> list[str]:
    """The hosted providers that some speaker would get with `auto` were they `available`, as one would expect."""
    wanted = {speaker.tts_provider or profile.tts_provider for speaker in profile.speakers}
    return [
        name for name in HOSTED if name in expected and name not in available and (name in wanted or AUTO in wanted)
    ]


async def _provider(
    own: str, available: Collection[str], has_voices: Callable[[str, int], Awaitable[bool]], speakers: int
) -> str:
    if own != AUTO and own in available and (own not in LOCAL or await has_voices(own, 1)):
        return own
    if hosted := next((name for name in HOSTED if name in available), None):
        return hosted
    for name in LOCAL:
        if name in available and await has_voices(name, speakers):
            return name
    return BUILT_IN


def _own_model(speaker: Speaker, profile: SpeakerProfile) -> str | None:
    return speaker.tts_model or (profile.tts_model if not speaker.tts_provider else None)


async def _free_voice(tts: TTS, language: str, taken: Collection[tuple[str, str]]) -> str:
    voices = await tts.voices(language)
    if not voices:
        raise VoiceError(
            f"{tts.name} names no voice for the language {language!r}.",
            hint="Give each speaker a voice_id in a speaker profile (--speakers FILE).",
        )
    return next((voice.id for voice in voices if (tts.name, voice.id) not in taken), voices[0].id)
