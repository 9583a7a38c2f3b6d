"""The voice providers by name. A provider is its own file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from narrowcast.errors import VoiceError
from narrowcast.tts.base import TTS
from narrowcast.tts.casting import HOSTED, LOCAL


@dataclass(frozen=True)
class Means:
    """What the settings give the providers: keys and base URLs by provider, and the folder of downloaded voices.

    `public_only`: the base URLs are a stranger's word, and may lead to public addresses alone.
    """

    voices_folder: Path
    keys: Mapping[str, str] = field(default_factory=dict)
    base_urls: Mapping[str, str] = field(default_factory=dict)
    public_only: bool = False


def _espeak(_means: Means) -> TTS:
    from narrowcast.tts.espeak.provider import Espeak

    return Espeak()


def _openai(means: Means) -> TTS:
    from narrowcast.tts.openai.provider import OpenAISpeech

    return OpenAISpeech(means.keys.get("openai"), means.base_urls.get("openai"), public_only=means.public_only)


def _elevenlabs(means: Means) -> TTS:
    from narrowcast.tts.elevenlabs.provider import ElevenLabs

    return ElevenLabs(means.keys.get("elevenlabs"), means.base_urls.get("elevenlabs"), public_only=means.public_only)


def _kokoro(means: Means) -> TTS:
    from narrowcast.tts.kokoro.provider import Kokoro

    return Kokoro(means.voices_folder / "kokoro")


def _piper(means: Means) -> TTS:
    from narrowcast.tts.piper.provider import Piper

    return Piper(means.voices_folder / "piper")


def _fake(_means: Means) -> TTS:
    from narrowcast.tts.fake import Fake

    return Fake()


PROVIDERS: Mapping[str, Callable[[Means], TTS]] = {
    "espeak": _espeak,
    "openai": _openai,
    "elevenlabs": _elevenlabs,
    "kokoro": _kokoro,
    "piper": _piper,
    "fake": _fake,
}
"""Name → what opens it."""


async def in_reach(means: Means) -> set[str]:
    """The providers that can be used as things are; hosted ones are asked only where their key or server is set. Free.

    A server that is set and makes no speech, such as one for language models alone, is not among them, nor is one
    for which nothing was downloaded.
    """
    found = set(PROVIDERS) - set(HOSTED) - set(LOCAL)
    for name in (*HOSTED, *LOCAL):
        if name in LOCAL or means.keys.get(name) or means.base_urls.get(name):
            tts = open_tts(name, means)
            try:
                if await tts.speaks():
                    found.add(name)
            finally:
                await tts.aclose()
    return found


def open_tts(name: str, means: Means) -> TTS:
    """The provider of that name, not yet connected to anything. Raises `VoiceError` for an unknown name."""
    if name not in PROVIDERS:
        raise VoiceError(f"There is no voice provider {name!r}.", hint=f"There are {', '.join(PROVIDERS)}.")
    return PROVIDERS[name](means)
