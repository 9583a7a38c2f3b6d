"""The voice providers by name. A provider is its own file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from narrowcast.errors import VoiceError
from narrowcast.tts.base import TTS


def _espeak(_key: str | None, _base_url: str | None) -> TTS:
    from narrowcast.tts.espeak import Espeak

    return Espeak()


def _openai(key: str | None, base_url: str | None) -> TTS:
    from narrowcast.tts.openai import OpenAISpeech

    return OpenAISpeech(key, base_url)


def _fake(_key: str | None, _base_url: str | None) -> TTS:
    from narrowcast.tts.fake import Fake

    return Fake()


PROVIDERS: Mapping[str, Callable[[str | None, str | None], TTS]] = {
    "espeak": _espeak,
    "openai": _openai,
    "fake": _fake,
}
"""Name → what opens it, given its key and its base URL where they are set."""


def open_tts(name: str, keys: Mapping[str, str], base_urls: Mapping[str, str]) -> TTS:
    """The provider of that name, not yet connected to anything; keys and base URLs are by provider.

    Raises `VoiceError` for an unknown name.
    """
    if name not in PROVIDERS:
        raise VoiceError(f"There is no voice provider {name!r}.", hint=f"There are {', '.join(PROVIDERS)}.")
    return PROVIDERS[name](keys.get(name), base_urls.get(name))
