"""The quality report counts what it says it counts."""

from __future__ import annotations

import pytest

from narrowcast.audio.loudness import Measurement
from narrowcast.pipeline.quality import Coverage, coverage, quality_of
from narrowcast.script.claims import Flag
from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.source import Passage, PassageKind, Source
from narrowcast.script.timeline import Timeline, TurnCue


def passage(number: int, source: int, words: int, *headings: str, kind: PassageKind = PassageKind.PROSE) -> Passage:
    return Passage(number=number, source=source, text="word " * words, headings=headings, kind=kind)


def source(number: int, *passages: Passage) -> Source:
    return Source(number=number, title=f"S{number}", origin="x", format="text", language="en", passages=passages)


BOOK = source(
    1,
    passage(1, 1, 10, "Book", "One"),
    passage(2, 1, 30, "Book", "Two", "Inner"),
    passage(3, 1, 60, "Book", "Three"),
    passage(4, 1, 500, "Book", "Three", kind=PassageKind.CODE),
)
NOTE = source(2, passage(5, 2, 20))


def script(*turns: tuple[str, tuple[int, ...]]) -> Script:
    spoken = tuple(Turn(id=f"t{n}", speaker="Maya", text=text, cites=cites) for n, (text, cites) in enumerate(turns))
    return Script(
        title="T", language="en", speakers=(Speaker(name="Maya"),), segments=(Segment(title="", turns=spoken),)
    )


def test_what_is_heard_of_each_source_and_its_share() -> None:
    said = script(("one two three four", (1, 5)), ("five six", (2,)), ("only talk", ()), ("seven eight", (99,)))
    book, note = coverage(said, (BOOK, NOTE))
    assert book == Coverage(1, "S1", of_source=0.4, of_episode=book.of_episode, sections=3, sections_heard=2)
    assert note == Coverage(2, "S2", of_source=1.0, of_episode=note.of_episode, sections=0, sections_heard=0)
    assert book.of_episode == pytest.approx(4 / 6)
    assert note.of_episode == pytest.approx(2 / 6)


def test_a_source_that_nobody_cites_is_told_as_not_heard() -> None:
    assert [part.of_source for part in coverage(script(("hello", ())), (BOOK, NOTE))] == [0, 0]


def test_the_rate_leaves_pauses_between_turns_out() -> None:
    cues = (
        TurnCue(turn_id="t0", speaker="Maya", segment=1, start_ms=0, end_ms=1_000, sentences=()),
        TurnCue(turn_id="t1", speaker="Maya", segment=1, start_ms=5_000, end_ms=6_000, sentences=()),
    )
    quality = quality_of(
        script(("one two three", (1,)), ("four", ())),
        (BOOK,),
        {"t0": (Flag("number", "7", 0),)},
        Timeline(duration_ms=6_000, cues=cues, chapters=()),
        Measurement(-16.2, -1.5, 6_000, 4_000),
        minutes_asked=1,
        rejected_clips=2,
    )
    assert quality.words_per_minute == pytest.approx(120)
    assert (quality.cited_turns, quality.flags, quality.rejected_clips, quality.words) == (0.5, 1, 2, 4)
    assert (quality.minutes, quality.longest_pause_s) == (0.1, 4)


def test_a_pause_that_music_fills_is_one_too() -> None:
    cues = [
        TurnCue(turn_id=f"t{at}", speaker="Maya", segment=1, start_ms=at, end_ms=at + 900, sentences=())
        for at in (0, 1_000, 3_100)
    ]
    quality = quality_of(
        script(("one", ()), ("two", ()), ("three", ())),
        (),
        {},
        Timeline(duration_ms=4_000, cues=tuple(cues), chapters=()),
        Measurement(-16.0, -1.5, 4_000, 0),
        minutes_asked=None,
        rejected_clips=0,
    )
    assert quality.longest_pause_s == 1.2


def test_a_script_alone_has_no_figures_of_sound() -> None:
    quality = quality_of(script(("hi", ())), (), {}, None, None, minutes_asked=None, rejected_clips=0)
    assert quality.integrated_lufs is quality.words_per_minute is quality.minutes is None
    assert quality.coverage == ()
