"""What is asked of one run, and the parts that it works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from narrowcast.errors import InputError
from narrowcast.money.budget import Budget
from narrowcast.money.estimate import Prices
from narrowcast.money.paid import Paid, nobody
from narrowcast.pipeline.slots import Slots
from narrowcast.script.dialogue import Script
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.sources.read import Reading
from narrowcast.store.home import Store
from narrowcast.tts.base import TTS
from narrowcast.tts.casting import SpeakerVoice
from narrowcast.writers.base import Embedder, Writer

MAX_MINUTES = 600.0
MAX_SEGMENTS = 20


@dataclass(frozen=True)
class Order:
    """What the person asked for, every name resolved to its value.

    `out` is the audio file; none: named by the title, in the current folder. `cover` goes before
    the profile's. `script` replaces the writing.
    Raises `InputError` for lengths and numbers that make no episode.
    """

    places: tuple[str, ...]
    profile: EpisodeProfile
    speakers: SpeakerProfile
    llm: str = "auto"
    tts: str = "auto"
    budget_usd: float | None = None
    out: Path | None = None
    title: str | None = None
    num_segments: int | None = None
    minutes: float | None = None
    language: str | None = None
    instructions: str = ""
    format: str = "mp3"
    cover: Path | None = None
    parallel: bool = False
    stop_after_script: bool = False
    script: Script | None = None
    script_path: Path | None = None

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes <= MAX_MINUTES:
            raise InputError(
                f"{self.minutes:g} minutes is no length for an episode.",
                hint=f"Ask for 0.5 to {MAX_MINUTES:g} minutes.",
            )
        if self.num_segments is not None and not 1 <= self.num_segments <= MAX_SEGMENTS:
            raise InputError(
                f"{self.num_segments} segments cannot be made.", hint=f"Ask for 1 to {MAX_SEGMENTS} segments."
            )

    @property
    def lexicon(self) -> dict[str, str]:
        """How words are to be said: by the speakers, else by the episode's profile, else by the given script."""
        given = self.script.lexicon if self.script else {}
        return given | self.profile.lexicon | self.speakers.lexicon

    @property
    def ingredients(self) -> tuple[Path, ...]:
        """The files besides the sources that sound and picture are made with."""
        music = self.profile.music.named().values() if self.profile.music else ()
        cover = self.cover or self.profile.cover
        return tuple(Path(path) for path in (*music, *([cover] if cover else ())))

    @property
    def briefing(self) -> str:
        """What the episode should do."""
        return briefing(self.profile, self.instructions)


def briefing(profile: EpisodeProfile, instructions: str) -> str:
    """The profile's default, a blank line, the person's instructions."""
    return "\n\n".join(part for part in (profile.default_briefing.strip(), instructions.strip()) if part)


@dataclass(frozen=True)
class WriterSetup:
    """A writer and what is to be known before it is used.

    `label` names it to the person. `embedder` helps to find passages, where one was asked for.
    `check` refuses what can be known to be wrong, at no cost. `uses_model` is false
    for the extractive writer.
    """

    writer: Writer
    label: str
    uses_model: bool
    check: Callable[[], Coroutine[Any, Any, None]]
    prices: Prices = field(default_factory=Prices)
    embedder: Embedder | None = None


@dataclass(frozen=True)
class Parts:
    """What a run works with; built from the settings at the top. `slots_for` gives a provider's shared slots.

    `note` is told of each paid call to a voice; those to a model are the writer's to tell.
    """

    home: Path
    store: Store
    budget: Budget
    read: Callable[[Sequence[str], str | None], Awaitable[Reading]]
    cast: Callable[[Order, str], Awaitable[Mapping[str, SpeakerVoice]]]
    open_writer: Callable[[Order], Awaitable[WriterSetup]]
    slots_for: Callable[[TTS], Slots]
    note: Callable[[Paid], None] = nobody
