"""Exact times of what is heard."""

from __future__ import annotations

from narrowcast.script.value import Value


class WordTiming(Value):
    """Where a provider says that a word starts: `offset` in characters of the spoken text, `start_ms` in the clip."""

    offset: int
    start_ms: int


class SentenceCue(Value):
    """One sentence of a turn in the mix, in ms from the start of the episode."""

    text: str
    start_ms: int
    end_ms: int


class TurnCue(Value):
    """One turn in the mix, in ms from the start of the episode; its sentences follow each other without gaps."""

    turn_id: str
    speaker: str
    segment: int
    start_ms: int
    end_ms: int
    sentences: tuple[SentenceCue, ...]


class Chapter(Value):
    """One chapter of the finished episode, in ms from its start."""

    title: str
    start_ms: int
    end_ms: int


class Timeline(Value):
    """Every turn's place in the mix, in playing order; `duration_ms` is the whole episode's."""

    duration_ms: int
    cues: tuple[TurnCue, ...]
    chapters: tuple[Chapter, ...]
