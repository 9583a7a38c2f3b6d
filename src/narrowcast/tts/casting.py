"""Casting: which provider and voice each speaker gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from narrowcast.errors import VoiceError
from narrowcast.script.lexicon import say_words
from narrowcast.script.profile import Speaker, SpeakerProfile
from narrowcast.tts.base import TTS, SpeechRequest
from narrowcast.tts.normalise import for_speech

AUTO = "auto"
HOSTED = ("openai", "elevenlabs")
"""The hosted providers that `auto` takes, best first, when their key is set."""
BUILT_IN = "espeak"


@dataclass(frozen=True)
class SpeakerVoice:
    """Who lends a speaker the voice, and how."""

    tts: TTS
    voice_id: str
    model: str | None
    config: Mapping[str, Any] = field(default_factory=dict)
    lexicon: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """All that decides how fast and with what sound it speaks, but for the voice's name."""
        return json.dumps([self.tts.identity, self.model, dict(self.config)], sort_keys=True)

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
) -> dict[str, SpeakerVoice]:
    """A voice for each speaker, by name; no two speakers share one while the provider has others.

    `asked` is `auto` or `PROVIDER[:MODEL]`. With `auto` a speaker's own provider is used if it is `available` (its
    key is set, or it needs none), else the first hosted one that is, else the built-in voice. Raises `VoiceError`.
    """
    wanted, _, wanted_model = asked.partition(":")
    if wanted_model and wanted != AUTO and open_tts(wanted).default_model is None:
        raise VoiceError(f"{wanted} has no models to choose from.", hint=f"Leave it at --tts {wanted}.")
    voices: dict[str, SpeakerVoice] = {}
    taken: set[tuple[str, str]] = set()
    for speaker in profile.speakers:
        own = speaker.tts_provider or profile.tts_provider
        provider = _provider(own, available) if wanted == AUTO else wanted
        tts = open_tts(provider)
        is_own = provider == own
        named = (speaker.voice_id if is_own else "") or speaker.voices.get(provider, "")
        voice_id = named or await _free_voice(tts, language, taken)
        model = wanted_model or (_own_model(speaker, profile) if is_own else None) or tts.default_model
        config = (profile.tts_config | (speaker.tts_config or {})) if is_own else {}
        taken.add((provider, voice_id))
        voices[speaker.name] = SpeakerVoice(tts, voice_id, model, config, lexicon or {})
    return voices


def cast_speakers(profile: SpeakerProfile, voices: Mapping[str, SpeakerVoice]) -> tuple[Speaker, ...]:
    """The speakers with the voices they got, as a script keeps them: the same script is voiced the same way again."""
    return tuple(
        speaker.model_copy(
            update={
                "voice_id": voices[speaker.name].voice_id,
                "tts_provider": voices[speaker.name].tts.name,
                "tts_model": voices[speaker.name].model,
                "tts_config": dict(voices[speaker.name].config) or None,
            }
        )
        for speaker in profile.speakers
    )


def _provider(own: str, available: Collection[str]) -> str:
    if own != AUTO and own in available:
        return own
    return next((hosted for hosted in HOSTED if hosted in available), BUILT_IN)


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
