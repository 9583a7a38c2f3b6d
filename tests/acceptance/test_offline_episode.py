"""A whole episode with no key and no network: sound, tags, chapters, cues, and every file beside it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from tests.acceptance.listening import decoded, judged, onsets_s, probe
from tests.acceptance.program import OFFLINE, SIDE_ENDINGS, Ended, Program

CUE = re.compile(r"(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})")


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, Ended]:
    """One offline episode, that all tests of its files look at."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "canal.md").write_bytes(Path(__file__).with_name("canal.md").read_bytes())
    program = Program(folder, tmp_path_factory.mktemp("home"), {"OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": ""})
    return program, program.run("make", "canal.md", "-o", "out.mp3", "--minutes", "2", "--segments", "3", "--json")


def test_every_file_is_there_and_nothing_else(offline: tuple[Program, Ended]) -> None:
    """Audio, script, transcripts, chapters, notes; no temporary file stays."""
    program, ended = offline
    ended.done()
    assert program.names() == {"canal.md", "out.mp3", *(f"out{ending}" for ending in SIDE_ENDINGS)}


def test_json_is_one_object_with_the_promised_fields(offline: tuple[Program, Ended]) -> None:
    """Nothing else goes to stdout."""
    _, ended = offline
    figures = ended.figures
    promised = (
        "episode_id path seconds turns segments prompt_tokens completion_tokens characters cost_usd cached "
        "first_audio_s wall_s"
    )
    assert list(figures) == promised.split()
    assert list(figures["cached"]) == ["outlines", "segments", "clips"]
    assert figures["segments"] == 3
    assert figures["cost_usd"] == 0
    assert 0 < figures["first_audio_s"] < figures["wall_s"]
    assert figures["path"] == "out.mp3"


def test_tags_chapters_cover_and_duration_as_ffprobe_sees_them(offline: tuple[Program, Ended]) -> None:
    """Title, artist, date, chapters in order, a cover, and a duration correct to 0.1 s."""
    program, ended = offline
    probed = probe(program.path("out.mp3"))
    tags = probed["format"]["tags"]
    assert tags["title"] == "The canal that climbed a hill"
    speakers = [speaker["name"] for speaker in program.script()["speakers"]]
    assert all(name in tags["artist"] for name in speakers)
    assert abs((datetime.now(UTC) - datetime.fromisoformat(tags["date"]).replace(tzinfo=UTC)).days) <= 1
    starts = [float(chapter["start_time"]) for chapter in probed["chapters"]]
    assert len(starts) == 3
    assert starts == sorted(starts)
    assert starts[0] == 0
    titles = [chapter["tags"]["title"] for chapter in probed["chapters"]]
    assert titles == [segment["title"] for segment in program.script()["segments"]]
    pictures = [stream for stream in probed["streams"] if stream["codec_type"] == "video"]
    assert len(pictures) == 1
    assert pictures[0]["disposition"]["attached_pic"] == 1
    samples, rate = decoded(program.path("out.mp3"))
    decoded_s = len(samples) / rate
    assert float(probed["format"]["duration"]) == pytest.approx(decoded_s, abs=0.1)
    assert ended.figures["seconds"] == pytest.approx(decoded_s, abs=0.1)


def test_loudness_as_ffmpeg_measures_it(offline: tuple[Program, Ended]) -> None:
    """-16 LUFS within 1, true peak at or below -1 dBTP."""
    program, _ = offline
    loudness, peak = judged(program.path("out.mp3"))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1


def test_cues_agree_with_the_sound(offline: tuple[Program, Ended]) -> None:
    """Where a turn's first cue starts, sound begins within 50 ms; all transcripts say the same."""
    program, _ = offline
    samples, rate = decoded(program.path("out.mp3"))
    segments = json.loads(program.path("out.transcript.json").read_text("utf-8"))["segments"]
    onsets = onsets_s(samples, rate)
    previous = ""
    starts = []
    for segment in segments:
        if segment["speaker"] != previous:
            starts.append(segment["startTime"])
        previous = segment["speaker"]
    assert len(starts) > 6
    off = [start for start in starts if min(abs(onset - start) for onset in onsets) > 0.05]
    assert not off
    vtt, srt = (_cue_times(program.path(f"out{ending}")) for ending in (".vtt", ".srt"))
    said = [(segment["startTime"], segment["endTime"]) for segment in segments]
    for cues in (vtt, srt, said):
        assert all(start < end for start, end in cues)
        assert all(first[1] <= second[0] + 1e-9 for first, second in pairwise(cues))
    assert {start for start, _ in said} <= {start for start, _ in vtt}
    assert {start for start, _ in said} <= {start for start, _ in srt}


def test_texts_hold_every_word_of_the_script(offline: tuple[Program, Ended]) -> None:
    """TXT, VTT, SRT and JSON leave nothing out, and name who speaks."""
    program, _ = offline
    spoken = " ".join(turn["text"] for turn in program.turns())
    vtt = " ".join(re.sub(r"<v [^>]*>", "", line) for line in _lines(program.path("out.vtt")))
    assert vtt.split() == spoken.split()
    segments = json.loads(program.path("out.transcript.json").read_text("utf-8"))["segments"]
    assert " ".join(segment["body"] for segment in segments).split() == spoken.split()
    text = program.path("out.txt").read_text("utf-8")
    for turn in program.turns():
        assert f"{turn['speaker']}: {turn['text']}" in text
    chapters = json.loads(program.path("out.chapters.json").read_text("utf-8"))
    assert chapters["version"] == "1.2.0"
    assert [chapter["title"] for chapter in chapters["chapters"]] == [
        segment["title"] for segment in program.script()["segments"]
    ]


def test_every_turn_cites_what_was_read(offline: tuple[Program, Ended]) -> None:
    """The notes name the source and where each cited line comes from."""
    program, _ = offline
    assert any(turn["cites"] for turn in program.turns())
    notes = program.path("out.notes.md").read_text("utf-8")
    assert "canal.md" in notes
    assert "The canal that climbed a hill" in notes


def test_html_on_a_page_of_its_own(program: Program) -> None:
    """The article is read, its menu is not."""
    body = "".join(f"<p>{line}</p>" for line in program.path("canal.md").read_text("utf-8").split("\n\n")[2:])
    program.path("page.html").write_text(
        "<html lang=en><head><title>Canals climb</title></head><body><nav><a href=/>Subscribe to everything</a></nav>"
        f"<article><h1>Canals climb</h1>{body}</article></body></html>"
    )
    program.run("make", "page.html", "-o", "out.mp3", "--minutes", "1", *OFFLINE).done()
    assert program.script()["title"] == "Canals climb"
    assert "Subscribe" not in program.path("out.txt").read_text("utf-8")


def test_standard_input_and_a_folder_with_names_from_elsewhere(program: Program) -> None:
    """`-` and folders are sources; a file's name may hold what people put in names."""
    text = program.path("canal.md").read_bytes().split(b"---\n")[2]
    program.run("make", "-", "-o", "über (1) ☂.mp3", "--minutes", "1", *OFFLINE, stdin=text).done()
    assert program.path("über (1) ☂.mp3").stat().st_size > 100_000
    notes = program.path("notes & drafts")
    notes.mkdir()
    (notes / "первый.txt").write_bytes(text[:1500])
    (notes / "second.md").write_bytes(text[1500:])
    (notes / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    ended = program.run("make", "notes & drafts", "-o", "folder.mp3", "--minutes", "1", *OFFLINE).done()
    assert "left out" in ended.err
    assert "picture.png" in ended.err
    assert "2 sources" in ended.err


def _cue_times(path: Path) -> list[tuple[float, float]]:
    times = []
    for found in CUE.finditer(path.read_text("utf-8")):
        h1, m1, s1, t1, h2, m2, s2, t2 = (int(part) for part in found.groups())
        times.append((h1 * 3600 + m1 * 60 + s1 + t1 / 1000, h2 * 3600 + m2 * 60 + s2 + t2 / 1000))
    return times


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines()[1:] if line and "-->" not in line]
