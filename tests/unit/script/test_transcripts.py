from __future__ import annotations

import html
import itertools
import json
import re
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.one_line import one_line
from narrowcast.script.profile import Speaker
from narrowcast.script.timeline import Chapter, SentenceCue, Timeline, TurnCue
from narrowcast.script.transcripts import to_chapters_json, to_json, to_srt, to_txt, to_vtt

CLOCK = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3})")


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    lines: list[str]


def ms(clock: str) -> int:
    match = CLOCK.fullmatch(clock)
    assert match, clock
    hours, minutes, seconds, rest = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def parse(blocks: list[str]) -> list[Cue]:
    """Cues as a strict reader finds them: a line of times, then lines of text until a blank line."""
    cues = []
    for block in blocks:
        times, *lines = block.split("\n")
        start, arrow, end = times.split(" ")
        assert arrow == "-->"
        assert lines
        assert all(lines)
        cues.append(Cue(ms(start), ms(end), lines))
    return cues


def parse_vtt(text: str) -> list[Cue]:
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    return parse(blocks)


def parse_srt(text: str) -> list[Cue]:
    blocks = text.removesuffix("\n").split("\n\n")
    bodies = []
    for number, block in enumerate(blocks, start=1):
        first, _, body = block.partition("\n")
        assert first == str(number)
        bodies.append(body)
    return parse(bodies)


def timeline(*turns: tuple[str, str], each_ms: int = 4000) -> Timeline:
    cues = tuple(
        TurnCue(
            turn_id=f"s1t{number}",
            speaker=speaker,
            segment=1,
            start_ms=number * each_ms,
            end_ms=(number + 1) * each_ms,
            sentences=(SentenceCue(text=text, start_ms=number * each_ms, end_ms=(number + 1) * each_ms),),
        )
        for number, (speaker, text) in enumerate(turns)
    )
    whole = len(turns) * each_ms
    return Timeline(duration_ms=whole, cues=cues, chapters=(Chapter(title="All", start_ms=0, end_ms=whole),))


def squeezed(text: str) -> str:
    return "".join(one_line(text).split())


names = st.text(min_size=1, max_size=60).filter(lambda name: bool(one_line(name)))
texts = st.text(min_size=1, max_size=400).filter(lambda text: bool(one_line(text)))


@given(turns=st.lists(st.tuples(names, texts), min_size=1, max_size=3))
def test_vtt_says_who_and_all_that_was_said(turns: list[tuple[str, str]]) -> None:
    made = timeline(*turns)
    cues = parse_vtt(to_vtt(made))
    for turn, (name, text) in zip(made.cues, turns, strict=True):
        its = [cue for cue in cues if turn.start_ms <= cue.start_ms < turn.end_ms]
        said = ""
        for cue in its:
            tag, closing, first = cue.lines[0].partition(">")
            assert closing
            assert html.unescape(tag.removeprefix("<v ")) == one_line(name)
            lines = [first, *cue.lines[1:]]
            assert not any(mark in line for line in lines for mark in "<>")
            plain = [html.unescape(line) for line in lines]
            assert all(len(line) <= 65 for line in plain)
            assert len(plain) <= 2
            said += "".join(plain)
        assert squeezed(said) == squeezed(text)
        assert its[0].start_ms == turn.start_ms
        assert its[-1].end_ms == turn.end_ms


@given(turns=st.lists(st.tuples(names, texts), min_size=1, max_size=3))
def test_srt_keeps_to_two_short_lines(turns: list[tuple[str, str]]) -> None:
    made = timeline(*turns)
    cues = parse_srt(to_srt(made))
    assert all(len(cue.lines) <= 2 and all(len(line) <= 32 for line in cue.lines) for cue in cues)
    assert all(cue.start_ms < cue.end_ms for cue in cues)
    for turn, (name, text) in zip(made.cues, turns, strict=True):
        its = [cue for cue in cues if turn.start_ms <= cue.start_ms < turn.end_ms]
        said = "".join(line for cue in its for line in cue.lines)
        assert squeezed(said) == squeezed(f"{name}: {text}").replace("-->", "→")
        assert all(one.end_ms == two.start_ms for one, two in itertools.pairwise(its))


def test_lines_break_between_words() -> None:
    text = "Every part of the chamber was measured and the well-known numbers held up far better than expected."
    for cues in (parse_vtt(to_vtt(timeline(("Ann", text)))), parse_srt(to_srt(timeline(("Ann", text))))):
        lines = [line.removeprefix("<v Ann>").removeprefix("Ann: ") for cue in cues for line in cue.lines]
        assert " ".join(lines) == text


def test_wicked_names_and_texts_stay_text() -> None:
    made = timeline(("A > B\n\n00:00:01.000 --> 00:00:02.000", "1 < 2 & <b>bold</b> --> here\n\nWEBVTT"))
    (vtt,) = parse_vtt(to_vtt(made))
    assert vtt.lines[0].startswith("<v A &gt; B 00:00:01.000 --&gt; 00:00:02.000>1 &lt; 2")
    srt = parse_srt(to_srt(made))
    assert "-->" not in "".join(line for cue in srt for line in cue.lines[1:])


def test_split_cues_share_the_time_by_characters() -> None:
    text = " ".join(["four"] * 60)
    cues = parse_srt(to_srt(timeline(("Ann", text), each_ms=30_000)))
    assert len(cues) > 4
    per_character = [(cue.end_ms - cue.start_ms) / sum(map(len, cue.lines)) for cue in cues]
    assert max(per_character) / min(per_character) < 1.02


def test_no_cue_ends_where_it_starts() -> None:
    for cues in (
        parse_vtt(to_vtt(timeline(("Ann", "a"), each_ms=0))),
        parse_srt(to_srt(timeline(("Ann", "a"), each_ms=0))),
    ):
        assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(0, 1)]


def test_hours_are_written_out() -> None:
    assert parse_vtt(to_vtt(timeline(("Ann", "a"), ("Ann", "b"), each_ms=5_000_000)))[1].start_ms == 5_000_000


def test_json_and_chapters_follow_podcasting_2() -> None:
    made = timeline(("Ann", "Hello\nthere."), ("Ben", "Ünd hier."))
    transcript = json.loads(to_json(made))
    assert transcript == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ann", "startTime": 0.0, "endTime": 4.0, "body": "Hello there."},
            {"speaker": "Ben", "startTime": 4.0, "endTime": 8.0, "body": "Ünd hier."},
        ],
    }
    assert json.loads(to_chapters_json(made)) == {
        "version": "1.2.0",
        "chapters": [{"startTime": 0.0, "title": "All"}],
    }


def test_plain_text_reads_like_a_script() -> None:
    script = Script(
        title="On rain",
        language="en",
        speakers=(Speaker(name="Ann"), Speaker(name="Ben")),
        segments=(
            Segment(
                title="Clouds",
                turns=(Turn(id="s1t1", speaker="Ann", text="Look up."), Turn(id="s1t2", speaker="Ben", text="I\ndo.")),
            ),
        ),
    )
    assert to_txt(script) == "On rain\n\n[Clouds]\n\nAnn: Look up.\n\nBen: I do.\n"
