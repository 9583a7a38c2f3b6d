"""M4A and Opus episodes by the command line: what the MP3 tests ask of times and loudness holds for them too."""

from __future__ import annotations

import json

import av
import pytest
from PIL import Image
from tests.acceptance.listening import decoded, judged, onsets_s, probe
from tests.acceptance.program import OFFLINE, SIDE_ENDINGS, Program


@pytest.mark.parametrize("name", ["m4a", "opus"])
def test_an_episode_in_another_format(name: str, program: Program) -> None:
    """Cues agree with the sound within 50 ms, chapters and title are there, it is as loud as it should be."""
    out = program.path(f"out.{name}")
    figures = program.run("make", "canal.md", "-o", out.name, "--json", *OFFLINE).done().figures
    assert program.names() == {"canal.md", out.name, *(f"out{ending}" for ending in SIDE_ENDINGS)}
    samples, rate = decoded(out)
    assert figures["seconds"] == pytest.approx(len(samples) / rate, abs=0.001)
    onsets = onsets_s(samples, rate)
    cues = json.loads(program.path("out.transcript.json").read_text("utf-8"))["segments"]
    starts = [
        cue["startTime"]
        for number, cue in enumerate(cues)
        if not number or cue["speaker"] != cues[number - 1]["speaker"]
    ]
    assert len(starts) > 4
    assert [start for start in starts if min(abs(onset - start) for onset in onsets) > 0.05] == []
    loudness, peak = judged(out)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1
    probed = probe(out)
    assert len(probed["chapters"]) == figures["segments"]
    tags = {**probed["streams"][0].get("tags", {}), **probed["format"].get("tags", {})}
    assert {tag.lower(): text for tag, text in tags.items()}["title"] == "The canal that climbed a hill"


def test_the_name_without_an_ending_of_its_own_takes_the_formats(program: Program) -> None:
    program.run("make", "canal.md", "--format", "opus", *OFFLINE, "--minutes", "1").done()
    assert program.path("the-canal-that-climbed-a-hill.opus").exists()
    script = "the-canal-that-climbed-a-hill.script.json"
    program.run("make", "--script", script, "--format", "m4a", *OFFLINE[2:]).done()
    assert program.path("the-canal-that-climbed-a-hill.m4a").exists()
    program.run("make", "canal.md", "-o", "x.mp3", "--format", "m4a", *OFFLINE).refused("does not end in .m4a")
    program.run("make", "canal.md", "-o", "x.ogg", *OFFLINE).refused("ogg", "Known: mp3, m4a, opus")


def test_a_cover_of_ones_own(program: Program) -> None:
    """It is in the file; one that is no picture is refused before anything is made."""
    program.path("own.txt").write_text("no picture")
    program.run("make", "canal.md", "-o", "out.opus", "--cover", "own.txt", *OFFLINE).refused("own.txt", "no whole")
    assert program.names() == {"canal.md", "own.txt"}
    Image.new("RGB", (900, 700), (20, 120, 60)).save(program.path("own.png"))
    program.run("make", "canal.md", "-o", "out.opus", "--minutes", "1", "--cover", "own.png", *OFFLINE).done()
    with av.open(str(program.path("out.opus"))) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (1400, 1400, 3)
    assert picture[700, 700] == pytest.approx([20, 120, 60], abs=6)
