"""What a player shows beside the sound: who says what when, what it cites, and what nobody vouches for. Pure."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from pydantic import Field

from narrowcast.script.claims import Flag
from narrowcast.script.dialogue import Script, Turn
from narrowcast.script.one_line import one_line
from narrowcast.script.source import Source
from narrowcast.script.timeline import Timeline, TurnCue
from narrowcast.script.value import Value

PARAGRAPH_S = 60.0
WHY = {
    "number": "This figure is not in the passages that are cited.",
    "name": "This name is not in the passages that are cited.",
}


class SpokenSentence(Value):
    """One sentence, in seconds from the start of the episode."""

    text: str
    start: float
    end: float


class FlaggedWords(Value):
    """Words of a turn that its passages lack: `sentence` is the place, from 0, of the sentence that they stand in."""

    text: str
    why: str
    sentence: int = 0


class SpokenTurn(Value):
    """One turn in the mix, in seconds. `turn_id` is null where no script stands behind it; `segment` counts from 1."""

    turn_id: str | None
    speaker: str
    segment: int
    start: float
    end: float
    sentences: tuple[SpokenSentence, ...]
    cites: tuple[int, ...] = Field(default=(), description="Numbers of passages.")
    flagged: tuple[FlaggedWords, ...] = ()


class SpokenChapter(Value):
    """One chapter, in seconds."""

    start: float
    end: float
    title: str


class CitedPlace(Value):
    """Where a passage that turns cite stands: the title of its source, and the page where it has pages."""

    number: int
    source: str
    page: int | None = None


class CueSheet(Value):
    """A rendering from beginning to end, `duration` seconds; the order of `speakers` gives their voices' colours."""

    duration: float
    speakers: tuple[str, ...]
    chapters: tuple[SpokenChapter, ...]
    turns: tuple[SpokenTurn, ...]
    places: tuple[CitedPlace, ...] = Field(default=(), description="Where the passages stand that turns cite.")


def cue_sheet(
    script: Script, timeline: Timeline, flags: Mapping[str, Sequence[Flag]], sources: Sequence[Source] = ()
) -> CueSheet:
    """The sheet of a script's rendering from `sources`; `flags` are those of each turn, by its id."""
    turns = {turn.id: turn for turn in script.turns()}
    return CueSheet(
        duration=timeline.duration_ms / 1000,
        speakers=tuple(one_line(speaker.name) for speaker in script.speakers),
        chapters=tuple(
            SpokenChapter(start=chapter.start_ms / 1000, end=chapter.end_ms / 1000, title=one_line(chapter.title))
            for chapter in timeline.chapters
        ),
        turns=tuple(spoken_turn(cue, turns.get(cue.turn_id), flags.get(cue.turn_id, ())) for cue in timeline.cues),
        places=_places(sources, {number for turn in turns.values() for number in turn.cites}),
    )


def spoken_turn(cue: TurnCue, turn: Turn | None = None, flags: Sequence[Flag] = ()) -> SpokenTurn:
    """A turn as players are told it, with what the script's `turn` cites and the flags that were found in its text."""
    starts = _starts(turn.text, [part.text for part in cue.sentences]) if turn else [0]
    return SpokenTurn(
        turn_id=cue.turn_id or None,
        speaker=one_line(cue.speaker),
        segment=cue.segment,
        start=cue.start_ms / 1000,
        end=cue.end_ms / 1000,
        sentences=tuple(
            SpokenSentence(text=one_line(part.text), start=part.start_ms / 1000, end=part.end_ms / 1000)
            for part in cue.sentences
        ),
        cites=tuple(dict.fromkeys(turn.cites)) if turn else (),
        flagged=tuple(
            FlaggedWords(
                text=one_line(flag.text), why=WHY[flag.kind], sentence=max(0, bisect_right(starts, flag.offset) - 1)
            )
            for flag in flags
        ),
    )


def of_transcript(transcript: str | bytes, chapters: str | bytes | None, duration_ms: int) -> CueSheet:
    """The sheet of a rendering of which only its Podcasting 2.0 transcript and chapters are kept.

    Sentences of one speaker that follow each other within a chapter are a turn, which lasts a minute or so at most.
    Raises `ValueError` and `KeyError` for what is neither.
    """
    marks = json.loads(chapters)["chapters"] if chapters else []
    starts = [float(mark["startTime"]) for mark in marks]
    groups: list[tuple[str, int, list[SpokenSentence]]] = []
    for said in json.loads(transcript)["segments"]:
        sentence = SpokenSentence(text=said["body"], start=said["startTime"], end=said["endTime"])
        speaker, segment = said["speaker"], max(1, bisect_right(starts, sentence.start))
        if groups and groups[-1][:2] == (speaker, segment) and sentence.end - groups[-1][2][0].start <= PARAGRAPH_S:
            groups[-1][2].append(sentence)
        else:
            groups.append((speaker, segment, [sentence]))
    return CueSheet(
        duration=duration_ms / 1000,
        speakers=tuple(dict.fromkeys(speaker for speaker, _, _ in groups if speaker)),
        chapters=tuple(
            SpokenChapter(start=start, end=max(start, end), title=mark["title"])
            for mark, (start, end) in zip(marks, pairwise([*starts, duration_ms / 1000]), strict=True)
        ),
        turns=tuple(
            SpokenTurn(
                turn_id=None,
                speaker=speaker,
                segment=segment,
                start=sentences[0].start,
                end=sentences[-1].end,
                sentences=tuple(sentences),
            )
            for speaker, segment, sentences in groups
        ),
    )


def _places(sources: Sequence[Source], cited: Collection[int]) -> tuple[CitedPlace, ...]:
    return tuple(
        CitedPlace(number=passage.number, source=one_line(source.title), page=passage.page)
        for source in sources
        for passage in source.passages
        if passage.number in cited
    )


def _starts(text: str, parts: Sequence[str]) -> list[int]:
    """Where each part begins in `text`, in order."""
    starts, cursor = [], 0
    for part in parts:
        starts.append(max(cursor, text.find(part, cursor)))
        cursor = starts[-1] + len(part)
    return starts
