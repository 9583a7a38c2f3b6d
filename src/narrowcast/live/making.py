"""What is known of the sound of an episode that is being made: pure, from what its job's hands wrote down.

Hands may die, and others take the job up: they place every turn anew, from the first one on. What they place is what
was placed before, as all of it is stored; so the sound goes on. Where it is not, the sound is another one from there
on, and its `edition` counts one up: whoever listens begins with that one anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from narrowcast.script.music import Music
from narrowcast.store.jobs.events import MIX_BEGUN, TURN_PLACED, JobEvent
from narrowcast.store.jobs.rows import JobStatus

ENOUGH_TURNS = 3
"""Turns of whose length the whole one's can be told."""


@dataclass(frozen=True)
class Mix:
    """How the turns are mixed: at `rate` Hz, with this music."""

    rate: int
    language: str
    speakers: tuple[str, ...]
    music: Music | None


@dataclass(frozen=True)
class Place:
    """A turn in playing order: its stored clip, and the pause before it in ms. `segment` counts from 1."""

    segment: int
    title: str
    turn_id: str
    speaker: str
    text: str
    spoken: str
    cites: tuple[int, ...]
    clip: str
    gap_ms: int

    def sounds_as(self, other: Place) -> bool:
        """Whether it makes the same sound."""
        return (self.clip, self.gap_ms, self.speaker) == (other.clip, other.gap_ms, other.speaker)


@dataclass(frozen=True)
class Making:
    """Everything so far. `status` is the job's, `placed` how many of `places` the present hands have come to."""

    status: JobStatus = JobStatus.QUEUED
    mix: Mix | None = None
    places: tuple[Place, ...] = ()
    placed: int = 0
    edition: int = 1
    turns_expected: int = 0
    error_message: str | None = None

    def after(self, event: JobEvent) -> Making:
        """The same once `event` has happened."""
        match event.kind:
            case str() if event.kind == MIX_BEGUN:
                return self._begun(_mix(event.data))
            case str() if event.kind == TURN_PLACED:
                return self._with(_place(event.data))
            case "progress":
                expected = (event.data.get("step_details") or {}).get("total_turns") or 0
                return replace(self, turns_expected=expected)
            case kind if kind in set(JobStatus):
                return self._now(JobStatus(kind), event.data.get("error_message"))
            case _:
                return self

    def expected_s(self, minutes: float | None, made_s: float, made_turns: int) -> float | None:
        """How long the whole will be about, in seconds: by the turns that were made, else as it was asked."""
        left = max(0, self.turns_expected - made_turns)
        if made_turns >= ENOUGH_TURNS:
            return made_s * (made_turns + left) / made_turns
        return minutes * 60 if minutes else None

    def _begun(self, mix: Mix) -> Making:
        if self.mix is None or (self.mix.rate, self.mix.music) == (mix.rate, mix.music):
            return replace(self, mix=mix, placed=0)
        return replace(self, mix=mix, placed=0, places=(), edition=self.edition + 1)

    def _with(self, place: Place) -> Making:
        number = self.placed
        if number < len(self.places):
            if self.places[number].sounds_as(place):
                return replace(self, placed=number + 1)
            return replace(self, places=(*self.places[:number], place), placed=number + 1, edition=self.edition + 1)
        return replace(self, places=(*self.places, place), placed=number + 1)

    def _now(self, status: JobStatus, error_message: str | None) -> Making:
        # Of what is complete nothing is left but what its last hands placed.
        places = self.places[: self.placed] if status is JobStatus.COMPLETED else self.places
        return replace(self, status=status, error_message=error_message, places=places)


def _mix(data: Mapping[str, Any]) -> Mix:
    music = Music.model_validate(data["music"]) if data.get("music") else None
    return Mix(data["rate"], data["language"], tuple(data["speakers"]), music)


def _place(data: Mapping[str, Any]) -> Place:
    return Place(
        segment=data["segment"],
        title=data["title"],
        turn_id=data["id"],
        speaker=data["speaker"],
        text=data["text"],
        spoken=data.get("spoken", data["text"]),
        cites=tuple(data["cites"]),
        clip=data["clip"],
        gap_ms=data["gap_ms"],
    )
