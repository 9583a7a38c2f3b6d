"""Subtitles become prose again: what was said, by whom and when, and nothing of what only a screen needs."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from narrowcast.errors import SourceError
from narrowcast.script.source import Source
from narrowcast.script.timeline import SentenceCue, Timeline, TurnCue
from narrowcast.script.transcripts import to_srt, to_vtt
from narrowcast.sources.from_subtitles import read_subtitles
from narrowcast.sources.kinds import Kind, kind_of
from narrowcast.sources.read import read_sources

MESSY = """1\r
00:00:01,000 --> 00:00:03,000 X1:40 X2:600\r
{\\an8}ANN: The <i>river</i> rose by four\r
metres &amp; more...\r
\r
3\r
00:00:03,100 --> 00:00:04,000\r
...and nobody knew why.\r
3\r
00:00:04,100 --> 00:00:06,000\r
- Is it 3 < 4?\r
- It is, in\r
\r
1984\r
\r
5\r
00:00:05,500 --> 00:00:08,000\r
[applause]\r
\r
6\r
0:00:08.000 -> 0:00:09.000\r
♪ la la la ♪\r
\r
00:00:09,000 --> 00:00:12,000\r
BOB: (laughs) Well, that was Dr. Smith's view (in 1984) (LAUGHTER)\r
of <font color="#ff0">it</font>.\r
"""
TALK = """WEBVTT - A talk
Kind: captions
Language: de-AT

STYLE
::cue { color: red }

REGION
id:fred

NOTE one
two

intro
00:01.000 --> 00:02.000 line:0 position:20%
<v Ann>Guten Abend.</v> <v Bob>Hallo.</v>

NOTE nobody sees this

q2
00:02.000 --> 00:03.000
<v.loud Ann>Wie <c.x>geht</c> es <lang en>you</lang>?

00:00:03.000 --> 00:00:04.000
<v Ann>Gut, oder?
"""
ROLLING = """WEBVTT

00:00:00.160 --> 00:00:02.149 align:start position:0%
\x20
so<00:00:00.480><c> the</c><00:00:00.800><c> river</c><00:00:01.100><c> rose</c>

00:00:02.149 --> 00:00:02.159 align:start position:0%
so the river rose
\x20

00:00:02.159 --> 00:00:04.550 align:start position:0%
so the river rose
by<00:00:02.480><c> four</c><00:00:02.600><c> metres</c><00:00:02.900><c> that</c><00:00:03.200><c> night</c>

00:00:04.550 --> 00:00:04.560 align:start position:0%
by four metres that night
\x20

00:00:04.560 --> 00:00:06.150 align:start position:0%
by four metres that night
nobody<00:00:04.780><c> knew</c><00:00:04.900><c> exactly</c><00:00:05.300><c> why</c><00:00:05.800><c> [Music]</c>

00:00:08.150 --> 00:00:09.160 align:start position:0%
nobody knew exactly why
\x20
00:00:09.160 --> 00:00:12.150 align:start position:0%
nobody knew exactly why
>> then<00:00:09.480><c> the</c><00:00:09.600><c> people</c><00:00:09.800><c> left</c>
"""


def said(text: str) -> list[str]:
    return [block.text for block in read_subtitles(text, "x").blocks]


async def read(data: bytes) -> Source:
    (source,) = (await read_sources(["-"], stdin=io.BytesIO(data))).sources
    return source


async def test_a_messy_srt_becomes_what_was_said() -> None:
    source = await read(MESSY.encode())
    assert source.format == "subtitles"
    assert "\n\n".join(passage.text for passage in source.passages).split("\n\n") == [
        "Ann: The river rose by four metres & more and nobody knew why.",
        "Is it 3 < 4?",
        "It is, in 1984",
        "Bob: Well, that was Dr. Smith's view (in 1984) of it.",
    ]
    assert source.passages[0].start_ms == 1_000


def test_a_webvtt_file_with_all_its_parts() -> None:
    document = read_subtitles(TALK, "x")
    assert (document.title, document.language) == ("A talk", "de")
    assert [block.text for block in document.blocks] == [
        "Ann: Guten Abend.",
        "Bob: Hallo.",
        "Ann: Wie geht es you? Gut, oder?",
    ]
    assert [block.start_ms for block in document.blocks] == [1_000, 2_000, 2_000]


@pytest.mark.parametrize("text", [ROLLING, ROLLING.replace(" \n", "\n")], ids=["as it comes", "by an editor"])
def test_rolling_captions_say_everything_once_and_get_sentences_by_their_pauses(text: str) -> None:
    assert said(text) == [
        "So the river rose by four metres that night. Nobody knew exactly why.",
        "Then the people left.",
    ]


def test_what_people_really_repeat_stays() -> None:
    lines = ["No!", "No!", "Why not, she asked.", "Why not?", "Because of the river."]
    text = "\n\n".join(f"00:00:0{at}.000 --> 00:00:0{at + 1}.000\n{line}" for at, line in enumerate(lines))
    assert said(text) == [" ".join(lines)]


def test_pauses_and_length_make_paragraphs() -> None:
    said_each_6_s = [
        f"In year {at} the river rose, and nobody in the valley knew the reason for it." for at in range(99)
    ]
    times = [f"00:{at * 6 // 60:02}:{at * 6 % 60:02},000" for at in range(100)]
    text = "".join(f"{times[at]} --> {times[at + 1]}\n{said_each_6_s[at]}\n" for at in range(99))
    blocks = read_subtitles(text, "x").blocks
    assert " ".join(block.text for block in blocks) == " ".join(said_each_6_s)
    assert max(len(block.text) for block in blocks) < 700
    after = said("00:01.000 --> 00:02.000\nIt rose.\n\n00:06.000 --> 00:07.000\nIt fell.\n")
    assert after == ["It rose.", "It fell."]


def test_scripts_without_spaces_are_not_given_any() -> None:
    text = "".join(f"00:{at:02}.000 --> 00:{at + 1:02}.000\n川の水位が上がった\n" for at in range(1, 40, 4))
    (first, *_) = said(text)
    assert " " not in first
    assert first.endswith("。")


def test_only_songs_are_kept_as_words() -> None:
    assert said("00:01.000 --> 00:02.000\n♪ Row, row, row your boat. ♪") == ["Row, row, row your boat."]


def test_chapters_are_headings() -> None:
    text = "".join(f"00:0{at}.000 --> 00:0{at}.900\nSentence number {at} is here.\n\n" for at in range(1, 8))
    blocks = read_subtitles(text, "x", chapters=((0, "One"), (3_000, "Two"), (60_000, "Never"))).blocks
    assert [block.text for block in blocks if block.kind == "heading"] == ["One", "Two"]
    assert blocks[3].text.startswith("Sentence number 3")


def test_our_own_transcripts_can_be_read_again() -> None:
    sentences = ["The water rose & fell.", "Was 3 < 4, or was it a matter of what people in the valley called water?"]
    cues = tuple(
        TurnCue(
            turn_id=name,
            speaker=name,
            segment=1,
            start_ms=at * 10_000,
            end_ms=at * 10_000 + 9_000,
            sentences=tuple(
                SentenceCue(text=text, start_ms=at * 10_000 + i * 4_000, end_ms=at * 10_000 + i * 4_000 + 4_000)
                for i, text in enumerate(sentences)
            ),
        )
        for at, name in enumerate(("Ann", "Bob", "Ann", "Bob"))
    )
    timeline = Timeline(duration_ms=40_000, cues=cues, chapters=())
    expected = [f"{cue.speaker}: {' '.join(sentences)}" for cue in cues]
    assert said(to_vtt(timeline)) == expected
    assert said(to_srt(timeline)) == expected


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"WEBVTT\n\n", "-", Kind.SUBTITLES),
        (b"\xef\xbb\xbfWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nHi", "x.txt", Kind.SUBTITLES),
        (b"\r\n1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", "x", Kind.SUBTITLES),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi".encode("utf-16"), "x", Kind.SUBTITLES),
        (b"Translated by me\n\nand you\n\n00:00:01,000 --> 00:00:02,000\nHi", "x.srt", Kind.SUBTITLES),
        (b"How times are written:\n\n\na line\n00:00:01,000 --> 00:00:02,000\n", "x.txt", Kind.TEXT),
        (b"WEBVTTs are fine", "x", Kind.TEXT),
        (b"No times at all", "x.srt", Kind.TEXT),
    ],
)
def test_what_they_hold_tells_them(head: bytes, name: str, kind: Kind) -> None:
    assert kind_of(head, name) is kind


async def test_encodings(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nGrüße aus der Brücke über den Fluß.\n"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        assert (await read(text.encode(encoding))).passages[0].text == "Grüße aus der Brücke über den Fluß."


@pytest.mark.parametrize(
    "text", ["WEBVTT\n\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n[Music]\n", "1\n0:1:1,0 --> 0:1:2,0"]
)
async def test_subtitles_without_words_are_refused(text: str) -> None:
    with pytest.raises(SourceError, match="holds no text"):
        await read(text.encode())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("00:01.000 --> 00:02.000\n" * 100_001, "100,000 cues"),
        ("00:01.000 --> 00:02.000\n" + "a " * 500_001, "500,000 words"),
    ],
)
async def test_too_much_is_named(text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        await read(text.encode())
    assert caught.value.hint


@pytest.mark.parametrize(
    "unit", ["a ", "<", "<a", "<00:01.0>a", "[", "(", "{\\", "♪\n", "- ", ">> a\n", "A: b\n", "a: ", "&amp", "<v A>a"]
)
def test_hostile_cues_cost_time_in_proportion(unit: str) -> None:
    text = "00:01.000 --> 00:02.000\n" + unit * (60_000 // len(unit))
    started = time.process_time()
    read_subtitles(text, "x")
    assert time.process_time() - started < 1
