"""Music around and under an episode, as a profile asks for it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from narrowcast.script.value import Value


class Music(Value):
    """Files of sound that the person has, and how they go with the voices. Paths are relative to the profile's file.

    The `intro` is heard for at most `intro_s` seconds; the first word comes `overlap_s` before its end, over its tail.
    The `outro` follows the last word, for at most `outro_s`. The `bed` runs under the whole, in a loop: at least
    `bed_below_db` below the voices while they speak, and `lift_db` higher in the breaths between segments; there it
    rises within `release_ms` and is down again, within `attack_ms`, before the next word.
    """

    intro: str | None = None
    outro: str | None = None
    bed: str | None = None
    intro_s: Annotated[float, Field(ge=1, le=60)] = 12.0
    overlap_s: Annotated[float, Field(ge=0, le=10)] = 3.0
    outro_s: Annotated[float, Field(ge=1, le=120)] = 15.0
    bed_below_db: Annotated[float, Field(ge=18, le=40)] = 24.0
    lift_db: Annotated[float, Field(ge=0, le=12)] = 6.0
    attack_ms: Annotated[int, Field(ge=20, le=2_000)] = 250
    release_ms: Annotated[int, Field(ge=100, le=5_000)] = 600

    @model_validator(mode="after")
    def _speaks_of_something(self) -> Self:
        if not (self.intro or self.outro or self.bed):
            raise ValueError("it names no intro, outro or bed")
        if self.overlap_s >= self.intro_s:
            raise ValueError("overlap_s must be less than intro_s")
        return self

    def named(self) -> dict[str, str]:
        """The files that are named, by what they are for."""
        return {part: path for part in ("intro", "outro", "bed") if (path := getattr(self, part))}
