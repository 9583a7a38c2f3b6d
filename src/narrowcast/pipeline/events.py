"""What happens while an episode is made, as typed events."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from narrowcast.pipeline.quality import Quality
from narrowcast.script.cue_sheet import CueSheet
from narrowcast.script.dialogue import OutlineSegment, Script, Turn
from narrowcast.script.music import Music
from narrowcast.writers.base import Usage


@dataclass(frozen=True)
class SourcesRead:
    """All sources are read."""

    titles: tuple[str, ...]
    passages: int
    words: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class PassedOver:
    """`auto` would have taken these voices, whose key is set, but they have none to give."""

    provider: str


@dataclass(frozen=True)
class PartsChosen:
    """Who writes and who speaks, for one line to the person."""

    writer: str
    voices: str


@dataclass(frozen=True)
class SegmentPlanned:
    """An outline entry is complete; `number` counts from 1, `total` is how many there will be."""

    number: int
    total: int
    entry: OutlineSegment
    cached: bool


@dataclass(frozen=True)
class TurnWritten:
    """A turn is complete and stands."""

    segment: int
    turn: Turn
    cached: bool


@dataclass(frozen=True)
class OutlineReady:
    """The outline is complete; `cached` when nothing of it had to be asked."""

    segments: int
    cached: bool


@dataclass(frozen=True)
class SegmentWritten:
    """All turns of a segment are written; `cached` when none of them had to be asked."""

    number: int
    turns: int
    cached: bool


@dataclass(frozen=True)
class ModelUsed:
    """One call to a language model ended."""

    usage: Usage


@dataclass(frozen=True)
class ScriptReady:
    """All turns are written; the script is on disk at `path`, before most of its audio."""

    script: Script
    path: Path


@dataclass(frozen=True)
class ClipStarted:
    """A provider is asked for a turn's sound."""

    turn_id: str
    speaker: str


@dataclass(frozen=True)
class ClipReady:
    """A turn's sound is stored; `characters`, `cost_usd` and `rejected` clips are what it took now."""

    turn_id: str
    speaker: str
    duration_ms: int
    cached: bool
    characters: int = 0
    cost_usd: float | None = 0.0
    rejected: int = 0


@dataclass(frozen=True)
class MixBegun:
    """From now on turns are mixed, at `rate` Hz: what somebody needs who mixes the same a second time, meanwhile."""

    rate: int
    language: str
    speakers: tuple[str, ...]
    music: Music | None = None


@dataclass(frozen=True)
class TurnPlaced:
    """A turn's clip, stored under `clip`, comes next in the mix, `gap_ms` after the one before it.

    `segment` counts from 1, and `title` is its name. `spoken` is the text as the voice got it.
    """

    segment: int
    title: str
    turn: Turn
    clip: str
    gap_ms: int
    spoken: str


@dataclass(frozen=True)
class TurnMixed:
    """A turn has reached the encoder; `end_ms` is the mix so far."""

    turn_id: str
    speaker: str
    end_ms: int


@dataclass(frozen=True)
class Waiting:
    """A provider asked for a pause or failed for now; the same call goes out again after `seconds`."""

    provider: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Storing:
    """The mix is complete; chapters, tags and side files are being written."""


@dataclass(frozen=True)
class Cached:
    """How many results were already there and cost nothing."""

    outlines: int = 0
    segments: int = 0
    clips: int = 0


@dataclass(frozen=True)
class Episode:
    """A finished episode, or its script alone when only that was asked (`path` is then the script file)."""

    episode_id: str
    path: Path
    title: str
    seconds: float
    turns: int
    segments: int
    prompt_tokens: int
    completion_tokens: int
    characters: int
    cost_usd: float | None
    cached: Cached
    script: Script
    quality: Quality
    first_audio_at: float | None = None
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    """The keys of the results that it was mixed from."""
    cues: CueSheet | None = None
    """What players show beside it; none without sound."""

    def figures(self) -> dict[str, Any]:
        """Its counts, as `--json` prints them and the library keeps them."""
        return {
            "seconds": round(self.seconds, 3),
            "turns": self.turns,
            "segments": self.segments,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "characters": self.characters,
            "cost_usd": self.cost_usd,
            "cached": asdict(self.cached),
        }


@dataclass(frozen=True)
class EpisodeReady:
    """The last event: everything is on disk."""

    episode: Episode


Event = (
    SourcesRead
    | PassedOver
    | PartsChosen
    | SegmentPlanned
    | OutlineReady
    | ModelUsed
    | TurnWritten
    | SegmentWritten
    | ScriptReady
    | ClipStarted
    | ClipReady
    | MixBegun
    | TurnPlaced
    | TurnMixed
    | Waiting
    | Storing
    | EpisodeReady
)
