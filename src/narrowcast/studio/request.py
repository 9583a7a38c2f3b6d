"""What a job is to make: the snapshot that is written when it is enqueued, and read when it runs."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from narrowcast.pipeline.order import MAX_MINUTES, MAX_SEGMENTS
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.script.value import Value


class Mode(StrEnum):
    """`generate` a new episode, or `render` the script of one that exists as its next revision."""

    GENERATE = "generate"
    RENDER = "render"


class GivenSource(Value):
    """One of the owner's sources as it was when the job was enqueued; `read_key` is the blob of what was read of it."""

    id: str
    digest: str
    read_key: str
    title: str = ""


class EpisodeRequest(Value):
    """Everything that making depends on, so that what its owner changes meanwhile changes nothing of it.

    Made from `sources`, or from `content_key` (the blob of a pasted text, `keep_content`), or from the script under
    `script_key` (the blob of a script file; for a render, that of the version `script_version`). `speakers` none: the
    script's own. `instructions` are the person's, after the profile's briefing. `title` none: named by what it is made
    from.
    """

    mode: Mode = Mode.GENERATE
    title: Annotated[str, Field(max_length=300)] | None = None
    profile: EpisodeProfile
    speakers: SpeakerProfile | None = None
    sources: tuple[GivenSource, ...] = ()
    content_key: str | None = None
    script_key: str | None = None
    script_version: int | None = None
    instructions: str = ""
    num_segments: Annotated[int, Field(ge=1, le=MAX_SEGMENTS)] | None = None
    minutes: Annotated[float, Field(gt=0, le=MAX_MINUTES)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    format: Literal["mp3", "m4a", "opus"] = "mp3"
    llm: str = "auto"
    tts: str = "auto"
    parallel: bool = False
    stop_after_script: bool = False
    budget_usd: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _made_from_something(self) -> Self:
        if not (self.sources or self.content_key or self.script_key):
            raise ValueError("nothing to make an episode of")
        if self.speakers is None and self.script_key is None:
            raise ValueError("nobody to speak")
        if self.mode is Mode.RENDER and (self.script_key is None or self.stop_after_script):
            raise ValueError("a render makes the sound of a script")
        return self

    @property
    def fingerprint(self) -> str:
        """Equal for requests that would make the same."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
