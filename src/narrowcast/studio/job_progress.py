"""How far a job got, as its owner sees it: pure, from the events of its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from narrowcast.pipeline.events import (
    ClipReady,
    ClipStarted,
    Event,
    MixBegun,
    PassedOver,
    ScriptReady,
    TurnPlaced,
    TurnWritten,
    Waiting,
)
from narrowcast.pipeline.progress import Progress
from narrowcast.store.jobs.events import MIX_BEGUN, TURN_PLACED

ENOUGH_TURNS = 3
"""Turns that were voiced in this run before its own pace is worth more than the estimate."""
SCRIPT_SHARE = 50.0
"""What a script comes to, of a whole episode's 100 %: all there is to do where it is to stop after it."""
TAIL_S = 3.0
"""What finishing takes about, once the last turn is voiced."""


@dataclass(frozen=True)
class JobProgress:
    """The events of a run so far, and when they came; times are in seconds by one monotonic clock.

    `floor` is what an earlier run of the same job had come to: the figure that is shown never goes back.
    `expected_s` is what the job is thought to take, `whole` the share that is all of it.
    """

    began_s: float
    floor: float = 0.0
    expected_s: float | None = None
    whole: float = 100.0
    run: Progress = field(default_factory=Progress)
    asked_at_s: float | None = None
    turns_asked: int = 0

    def after(self, event: Event, now_s: float) -> JobProgress:
        """The same once `event` has happened."""
        new = replace(self, run=self.run.after(event))
        match event:
            case ClipStarted() if self.asked_at_s is None:
                return replace(new, asked_at_s=now_s)
            case ClipReady(cached=False):
                return replace(new, turns_asked=self.turns_asked + 1)
            case _:
                return new

    @property
    def percentage(self) -> float:
        """From 0 to 100; 100 is for what is published."""
        return min(99.0, max(self.floor, self.run.percentage * 100 / self.whole))

    def remaining_s(self, now_s: float) -> float | None:
        """Seconds until it is done, by the pace of this run's own turns; before there are some, as expected."""
        left = self.run.turns_expected - self.run.turns_voiced
        if self.asked_at_s is not None and self.turns_asked >= ENOUGH_TURNS:
            return TAIL_S + max(0, left) * (now_s - self.asked_at_s) / self.turns_asked
        if self.run.script_ready and left <= 0:
            return TAIL_S
        if self.expected_s is None:
            return None
        # One that takes longer than thought is not done in the next second; how much longer nobody knows.
        return max(self.expected_s - (now_s - self.began_s), self.expected_s / 10)

    def shown(self, now_s: float) -> dict[str, Any]:
        """The fields under which jobs and episodes show it."""
        remaining, speaks = self.remaining_s(now_s), self.run.step == "generating_audio"
        return {
            "progress_percentage": round(self.percentage, 1),
            "current_step": self.run.step or None,
            "step_details": {
                "total_turns": self.run.turns_expected,
                "completed_turns": min(self.run.turns_voiced, self.run.turns_expected),
                "current_speaker": self.run.current_speaker or None if speaks else None,
            },
            "estimated_time_remaining": None if remaining is None else round(remaining),
        }


def told(event: Event) -> tuple[str, Mapping[str, Any]] | None:
    """What of an event is written down for who watches the job, besides its progress; none for most.

    `mix_begun` and `turn_placed` are for live listening alone: clients never see them, as they name stored clips.
    """
    match event:
        case MixBegun(rate, language, speakers, music):
            music_asked = music.model_dump(mode="json") if music else None
            return MIX_BEGUN, {"rate": rate, "language": language, "speakers": speakers, "music": music_asked}
        case TurnPlaced(segment, title, turn, clip, gap, spoken):
            place = {"segment": segment, "title": title, "clip": clip, "gap_ms": gap, **turn.model_dump(mode="json")}
            return TURN_PLACED, place if spoken == turn.text else {**place, "spoken": spoken}
        case TurnWritten(segment, turn):
            data = {"turn_id": turn.id, "speaker": turn.speaker, "segment": segment, "text": turn.text}
            return "turn_written", data
        case ScriptReady(script):
            return "script_ready", {"turns": sum(1 for _ in script.turns()), "segments": len(script.segments)}
        case ClipReady(turn_id, speaker, duration_ms):
            return "turn_ready", {"turn_id": turn_id, "speaker": speaker, "duration_ms": duration_ms}
        case Waiting(provider, seconds, reason):
            return "waiting", {"provider": provider, "seconds": round(seconds, 1), "reason": reason}
        case PassedOver(provider):
            return "passed_over", {"provider": provider}
        case _:
            return None
