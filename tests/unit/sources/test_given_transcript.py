"""Transcripts of others: into cues, with times of their own or by their length."""

from __future__ import annotations

import json

import pytest

from narrowcast.errors import InputError
from narrowcast.sources.given_transcript import read_transcript

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Maya>Bees dance.\n\n00:02.000 --> 00:04.000\n<v Sam>Do they? They do.\n"
SRT = "1\n00:00:01,000 --> 00:00:02,000\nBees dance.\n\n2\n00:00:02,000 --> 00:00:04,000\nThey do.\n"
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Maya", "startTime": 1.0, "endTime": 2.0, "body": "Bees dance."},
            {"speaker": "Sam", "startTime": 2.0, "endTime": 4.0, "body": "They do."},
        ],
    }
)


@pytest.mark.parametrize(("text", "speakers"), [(VTT, ["Maya", "Sam"]), (SRT, [""]), (JSON, ["Maya", "Sam"])])
def test_times_are_kept(text: str, speakers: list[str]) -> None:
    given = read_transcript(text.encode(), 5_000, "en")
    assert given.timeline
    assert [turn.speaker for turn in given.timeline.cues] == speakers
    sentences = [sentence for turn in given.timeline.cues for sentence in turn.sentences]
    assert (sentences[0].text, sentences[0].start_ms) == ("Bees dance.", 1_000)
    assert next(s.start_ms for s in sentences if "hey" in s.text) == 2_000
    assert "Bees dance." in given.text


def test_text_is_timed_by_its_length() -> None:
    text = "Maya: " + "Bees dance in the hive. " * 10 + "\n\nSam: " + "They do so at noon. " * 10
    given = read_transcript(text.encode(), 30_000, "en")
    assert given.timeline
    first, second = given.timeline.cues
    assert (first.speaker, first.start_ms, second.speaker, second.end_ms) == ("Maya", 0, "Sam", 30_000)
    assert first.end_ms == second.start_ms
    assert 13_000 < first.end_ms < 19_000
    assert len(first.sentences) == 10


@pytest.mark.parametrize("text", ["Two words.", "Far too many words for so little. " * 1_000])
def test_text_that_cannot_be_what_is_said_stays_without_times(text: str) -> None:
    given = read_transcript(text.encode(), 60_000, "en")
    assert given.timeline is None
    assert given.text.strip()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n ",
        b"\xff\xd8\xff\xe0\x00\x00\x00",
        b"{",
        b"[]",
        b'{"segments": 5}',
        b'{"segments": [{"body": "x", "startTime": NaN}]}',
        b'{"segments": [{"body": "x", "startTime": -1}]}',
        b'{"segments": [{"body": "x", "startTime": true}]}',
        b'{"segments": []}',
        b"[" * 100_000,
        VTT.replace("00:02.000 --> 00:04", "59:02.000 --> 59:04").encode(),
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n",
    ],
)
def test_what_is_no_transcript_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_transcript(data, 5_000, "en")


def _said(text: str, duration_ms: int = 30_000) -> list[tuple[str, str, int, int]]:
    """Speaker, words, start and end of each sentence."""
    given = read_transcript(text.encode(), duration_ms, "en")
    assert given.timeline
    return [
        (turn.speaker, cue.text, cue.start_ms, cue.end_ms) for turn in given.timeline.cues for cue in turn.sentences
    ]


def test_cues_that_overlap_keep_their_words_together_and_never_run_backwards() -> None:
    cues = ("00:05.000 --> 00:02.000\nTold backwards.", "00:01.000 --> 00:03.000\nThis is the early one.")
    said = _said("WEBVTT\n\n" + "\n\n".join((*cues, "00:01.500 --> 00:29.000\nThis lies over both.")))
    assert [words for _, words, _, _ in said] == ["This is the early one.", "This lies over both.", "Told backwards."]
    starts = [start for _, _, start, _ in said]
    assert starts == sorted(starts)
    assert all(end > start for _, _, start, end in said)


def test_a_segment_without_an_end_lasts_until_the_next_one() -> None:
    segments = [
        {"startTime": 3, "body": "Then this."},
        {"startTime": 1, "endTime": 0, "speaker": "Sam", "body": "One."},
    ]
    assert [each[1:] for each in _said(json.dumps({"segments": segments}))] == [
        ("One.", 1_000, 3_000),
        ("Then this.", 3_000, 30_000),
    ]


def test_what_whisper_writes_is_taken() -> None:
    document = {"text": " Bees dance.", "segments": [{"id": 0, "start": 0.5, "end": 2.0, "text": " Bees dance."}]}
    assert _said(json.dumps(document)) == [("", "Bees dance.", 500, 2_000)]


def test_lines_that_begin_with_names_are_turns_and_other_lines_are_not() -> None:
    said = _said(
        "Maya: Bees dance in the dark\nof the hive.\nSam: How do they know?\n\nNobody here: says a word.\nBut: on."
    )
    assert [(speaker, words) for speaker, words, _, _ in said] == [
        ("Maya", "Bees dance in the dark of the hive."),
        ("Sam", "How do they know?"),
        ("Nobody here", "says a word."),
        ("But", "on."),
    ]


def test_a_text_may_begin_with_a_bracket() -> None:
    assert _said("[Music] Welcome to a show about bees and what they do all day.")[0][1].startswith("[Music] Welcome")


GERMAN = "Die Biene tanzt auf der Wabe, und die anderen sehen ihr dabei zu. "


@pytest.mark.parametrize(
    "text",
    [
        GERMAN * 2,
        json.dumps({"segments": [{"startTime": 1, "endTime": 4, "body": GERMAN}]}),
        f"WEBVTT\n\n00:01.000 --> 00:04.000\n{GERMAN}\n",
    ],
)
def test_the_language_is_that_of_the_words(text: str) -> None:
    assert read_transcript(text.encode(), 10_000).language == "de"
