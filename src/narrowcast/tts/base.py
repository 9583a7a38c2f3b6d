"""The seam to voices: one small Protocol and the values that cross it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from narrowcast.audio.clip import Samples
from narrowcast.script.timeline import WordTiming


@dataclass(frozen=True)
class Voice:
    """One voice of a provider. `language` is its BCP 47 tag, empty where it speaks every language it is given."""

    id: str
    name: str
    language: str = ""
    gender: str = ""
    description: str = ""


@dataclass(frozen=True)
class SpeechRequest:
    """What one provider call says: `text` is already normalised for speech and within the provider's limit."""

    text: str
    voice_id: str
    language: str
    model: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Speech:
    """What a provider answered: mono samples at its own rate, and the words' starts where it knows them."""

    samples: Samples
    sample_rate: int
    words: tuple[WordTiming, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What a provider can take: characters a call, calls at once, its usual sample rate in Hz."""

    max_characters: int
    concurrency: int
    sample_rate: int


class TTS(Protocol):
    """A voice provider. One file each; the registry knows them by `name`.

    `free_to_try`: it runs on this machine, so that its rate can be measured before an episode is planned.
    `usual_words_per_minute` is its rate in English where nothing was measured. `identity` is its name, and where
    several servers answer to that name, also which one: the same request to another server is another sound.
    """

    name: str
    identity: str
    default_model: str | None
    limits: Limits
    free_to_try: bool
    usual_words_per_minute: float

    async def speaks(self) -> bool:
        """Whether it can be used as things are: it has its key, and if it is a server, makes speech. Free."""
        ...

    async def voices(self, language: str) -> Sequence[Voice]:
        """The voices for a language (BCP 47), best first; the first ones differ clearly from each other.

        Raises `VoiceError` when the provider does not speak the language.
        """
        ...

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Refuse before money is spent whatever can be known to be wrong; texts are empty. Costs nothing.

        Raises `SettingError` (key), `VoiceError` (voice, model, language), `ProviderError` (not reachable).
        """
        ...

    async def speak(self, request: SpeechRequest) -> Speech:
        """Say one text. Raises `VoiceError` or `ProviderError`; never retries by itself."""
        ...

    def cost_usd(self, characters: int, model: str | None) -> float | None:
        """What so many characters cost in USD; none where the price is not known."""
        ...

    async def aclose(self) -> None:
        """Give back processes and connections; may be called twice."""
        ...


@runtime_checkable
class Downloaded(Protocol):
    """A provider whose voices are files on this machine: what they hold decides the sound, not their names."""

    async def digest(self, voice_id: str, model: str | None) -> str:
        """A short hash of the files behind a voice. Raises `VoiceError` when it is not there."""
        ...
