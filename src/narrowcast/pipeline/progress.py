"""What the events of a run add up to: how far it is, and what it took."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from narrowcast.pipeline.events import (
    Cached,
    ClipReady,
    ClipStarted,
    EpisodeReady,
    Event,
    ModelUsed,
    OutlineReady,
    ScriptReady,
    SegmentPlanned,
    SegmentWritten,
    SourcesRead,
    Storing,
    TurnMixed,
    TurnWritten,
)


@dataclass(frozen=True)
class Progress:
    """The sum of the events so far. Shares of the whole: reading 30, outline 10, turns 10, clips 40, mix 5, storing 5.

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

    def after(self, event: Event) -> Progress:  # noqa: C901 - one arm an event is the clearest form
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
            30.0 * self.read
            + 10.0 * (self.segments_planned / self.segments if self.segments else 0)
            + 10.0 * (1.0 if self.script_ready else min(1.0, self.turns_written / expected))
            + 40.0 * min(1.0, self.turns_voiced / expected)
            + 5.0 * min(1.0, self.turns_mixed / expected)
            + 4.0 * self.storing
        )


@dataclass(frozen=True)
class Tally:
    """What a run took. `cost_usd` is none as soon as one price is not known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    characters: int = 0
    cost_usd: float | None = 0.0
    rejected_clips: int = 0
    cached: Cached = field(default_factory=Cached)

    def after(self, event: Event) -> Tally:
        """The tally once `event` has happened."""
        match event:
            case ModelUsed(usage=usage):
                return replace(
                    self,
                    prompt_tokens=self.prompt_tokens + usage.prompt_tokens,
                    completion_tokens=self.completion_tokens + usage.completion_tokens,
                    cost_usd=_sum(self.cost_usd, usage.cost_usd),
                )
            case OutlineReady(cached=True):
                return replace(self, cached=replace(self.cached, outlines=self.cached.outlines + 1))
            case SegmentWritten(cached=True):
                return replace(self, cached=replace(self.cached, segments=self.cached.segments + 1))
            case ClipReady(cached=True):
                return replace(self, cached=replace(self.cached, clips=self.cached.clips + 1))
            case ClipReady():
                return replace(
                    self,
                    characters=self.characters + event.characters,
                    cost_usd=_sum(self.cost_usd, event.cost_usd),
                    rejected_clips=self.rejected_clips + event.rejected,
                )
            case _:
                return self


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
