"""Outline, turn, segment and script: what is said, before any sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from narrowcast.script.lexicon import Lexicon
from narrowcast.script.profile import Speaker
from narrowcast.script.source import SourceReference
from narrowcast.script.value import Value

MAX_TURN_CHARACTERS = 10_000
"""More than ten minutes in one breath: no turn that anyone would listen to is longer."""
MAX_TURNS = 5_000
Title = Annotated[str, Field(max_length=300)]


class Size(StrEnum):
    """How much of the episode a segment takes, relative to its neighbours."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class OutlineSegment(Value):
    """One planned segment. `passages` are the numbers of those it draws on, most important first.

    `hand_over` is the line of thought that leads to the next segment; it lets segments that are written side by
    side still join.
    """

    name: Annotated[str, Field(min_length=1, max_length=300)]
    description: str = ""
    size: Size = Size.MEDIUM
    passages: tuple[int, ...] = ()
    hand_over: str = ""


class Turn(Value):
    """One speaker's uninterrupted words. `cites` are passage numbers; `id` is unique in its script."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    speaker: str
    text: Annotated[str, Field(min_length=1, max_length=MAX_TURN_CHARACTERS)]
    cites: tuple[int, ...] = ()


class Segment(Value):
    """A part of the episode; it becomes a chapter."""

    title: Title
    turns: tuple[Turn, ...]


class Script(Value):
    """Everything that is said: the only thing that must exist before audio, and the file a person edits.

    `lexicon` is that of the profiles it was written with, so that it is said the same way again.
    `sources` are those whose passages the turns cite; a script that somebody wrote by hand has none.
    """

    title: Title
    language: str
    speakers: Annotated[tuple[Speaker, ...], Field(min_length=1, max_length=4)]
    lexicon: Lexicon = {}
    sources: tuple[SourceReference, ...] = ()
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)]

    def turns(self) -> Iterator[Turn]:
        """All turns in playing order."""
        for segment in self.segments:
            yield from segment.turns

    def with_speakers(self, speakers: Iterable[Mapping[str, Any]]) -> Script:
        """The same, said by others, which are given as JSON and are valid."""
        return self.model_copy(update={"speakers": tuple(Speaker.model_validate(each) for each in speakers)})


def turn_id(segment: int, turn: int) -> str:
    """The id that a turn gets when it is first written; both numbers count from 1."""
    return f"s{segment}t{turn}"


def later_turn_id(version: int, number: int) -> str:
    """The id of a turn that came with a script's `version` (from 2); `number` counts the new ones of that version.

    Each version of a script is written once, so no id of a turn that was deleted comes again: bookmarks point to it.
    """
    return f"v{version}t{number}"
