"""What happens while an episode is made, as typed events, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from narrowcast.script.dialogue import OutlineSegment, Script, Turn


@dataclass(frozen=True)
class SourcesRead:
    """All sources are read."""

    titles: tuple[str, ...]
    passages: int
    words: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartsChosen:
    """Who writes and who speaks, each with the reason, for one line to the person."""

    writer: str
    voices: str
    hint: str = ""


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
class SegmentWritten:
    """All turns of a segment are written."""

    number: int
    turns: int


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
    """A turn's sound is stored."""

    turn_id: str
    speaker: str
    duration_ms: int
    cached: bool


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
    first_audio_at: float | None = None
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class EpisodeReady:
    """The last event: everything is on disk."""

    episode: Episode


Event = (
    SourcesRead
    | PartsChosen
    | SegmentPlanned
    | TurnWritten
    | SegmentWritten
    | ScriptReady
    | ClipStarted
    | ClipReady
    | TurnMixed
    | Waiting
    | Storing
    | EpisodeReady
)


@dataclass(frozen=True)
class Progress:
    """The sum of the events so far. Shares of the whole: reading 10, outline 5, turns 25, clips 50, mix 5, storing 5.

    Steps overlap, so `percentage` is the sum of each part's own share; it never goes back.
    """

    percentage: float = 0.0
    step: str = "retrieving_content"
    segments: int = 0
    segments_planned: int = 0
    segments_written: int = 0
    turns_written: int = 0
    turns_voiced: int = 0
    turns_mixed: int = 0
    script_ready: bool = False
    current_speaker: str = ""
    mixed_ms: int = 0
    read: bool = field(default=False, repr=False)
    storing: bool = field(default=False, repr=False)
    done: bool = field(default=False, repr=False)

    @property
    def turns_expected(self) -> int:
        """All turns there will be: counted when the script is ready, before that projected from what is written."""
        if self.script_ready or not self.segments:
            return self.turns_written
        if not self.segments_written:
            return max(self.turns_written + 1, self.segments * 8)
        return max(self.turns_written, round(self.turns_written / self.segments_written * self.segments))

    def after(self, event: Event) -> Progress:  # noqa: C901, PLR0912 - one arm an event is the clearest form
        """The progress once `event` has happened."""
        new = self
        match event:
            case SourcesRead():
                new = replace(self, read=True, step="generating_script")
            case SegmentPlanned(total=total):
                new = replace(self, segments=total, segments_planned=self.segments_planned + 1)
            case TurnWritten():
                step = self.step if self.turns_voiced else "parsing_turns"
                new = replace(self, turns_written=self.turns_written + 1, step=step)
            case SegmentWritten():
                new = replace(self, segments_written=self.segments_written + 1)
            case ScriptReady(script=script):
                new = replace(self, script_ready=True, turns_written=sum(1 for _ in script.turns()))
            case ClipStarted(speaker=speaker):
                new = replace(self, current_speaker=speaker, step="generating_audio")
            case ClipReady():
                new = replace(self, turns_voiced=self.turns_voiced + 1, step="generating_audio")
            case TurnMixed(end_ms=end_ms):
                combining = self.script_ready and self.turns_voiced >= self.turns_written
                step = "combining_audio" if combining else self.step
                new = replace(self, turns_mixed=self.turns_mixed + 1, mixed_ms=end_ms, step=step)
            case Storing():
                new = replace(self, storing=True, step="storing_audio")
            case EpisodeReady():
                new = replace(self, done=True)
            case _:
                pass
        return replace(new, percentage=max(self.percentage, new.share()))

    def share(self) -> float:
        """The percentage that the counts come to."""
        if self.done:
            return 100.0
        expected = max(1, self.turns_expected)
        return (
            10.0 * self.read
            + 5.0 * (self.segments_planned / self.segments if self.segments else 0)
            + 25.0 * (1.0 if self.script_ready else min(1.0, self.turns_written / expected))
            + 50.0 * min(1.0, self.turns_voiced / expected)
            + 5.0 * min(1.0, self.turns_mixed / expected)
            + 4.0 * self.storing
        )
