"""The voice providers by name. A provider is its own file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from narrowcast.errors import VoiceError
from narrowcast.tts.base import TTS
from narrowcast.tts.casting import HOSTED


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


async def in_reach(keys: Mapping[str, str], base_urls: Mapping[str, str]) -> set[str]:
    """The providers that can be used as things are; hosted ones are asked only where their key or server is set. Free.

    A server that is set and makes no speech, such as one for language models alone, is not among them.
    """
    found = set(PROVIDERS) - set(HOSTED)
    for name in HOSTED:
        if keys.get(name) or base_urls.get(name):
            tts = open_tts(name, keys, base_urls)
            try:
                if await tts.speaks():
                    found.add(name)
            finally:
                await tts.aclose()
    return found


def open_tts(name: str, keys: Mapping[str, str], base_urls: Mapping[str, str]) -> TTS:
    """The provider of that name, not yet connected to anything; keys and base URLs are by provider.

    Raises `VoiceError` for an unknown name.
    """
    if name not in PROVIDERS:
        raise VoiceError(f"There is no voice provider {name!r}.", hint=f"There are {', '.join(PROVIDERS)}.")
    return PROVIDERS[name](keys.get(name), base_urls.get(name))
