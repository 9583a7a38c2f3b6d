"""An episode with a profile's music, by the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from tests.acceptance.listening import decoded, judged, probe
from tests.acceptance.program import OFFLINE, Program

from narrowcast.audio.clip import encode_flac

RATE = 22_050


def test_music_moves_every_time_and_keeps_the_loudness(program: Program) -> None:
    """Chapters, cues and sound agree; without the files nothing begins."""
    profile = {
        "speaker_config": "host_and_engineer",
        "outline_provider": "openai",
        "outline_model": "x",
        "transcript_provider": "openai",
        "transcript_model": "x",
        "chapter_images": True,
        "music": {"intro": "tune.flac", "bed": "tune.flac", "intro_s": 4, "overlap_s": 1, "outro": "tune.flac"},
    }
    program.path("mine.json").write_text(json.dumps({"profiles": {"mine": profile}}))
    options = ("make", "canal.md", "-o", "out.m4a", "--profile", "mine.json", *OFFLINE)
    program.run(*options).refused("tune.flac", "cannot be read", "profile")
    time = np.arange(6 * RATE) / RATE
    tune = 0.3 * np.sin(2 * np.pi * 330 * time) * np.exp(-((time * 2) % 1))
    program.path("tune.flac").write_bytes(encode_flac(tune.astype(np.float32), RATE))
    program.run(*options).done()
    cues = json.loads(program.path("out.transcript.json").read_text("utf-8"))["segments"]
    assert cues[0]["startTime"] == pytest.approx(3, abs=0.2)
    out = program.path("out.m4a")
    loudness, peak = judged(out)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1
    samples, rate = decoded(out)
    assert rate == RATE
    assert np.sqrt(np.mean(samples[rate : 2 * rate] ** 2)) > 0.03, "the intro is heard"
    chapters = json.loads(program.path("out.chapters.json").read_text("utf-8"))["chapters"]
    assert [chapter["img"] for chapter in chapters] == [f"out.chapters/{n + 1:02}.jpg" for n in range(len(chapters))]
    for chapter in chapters:
        with Image.open(program.path(chapter["img"])) as image:
            assert (image.format, image.size) == ("JPEG", (1000, 1000))
    last = cues[-1]["endTime"]
    assert len(samples) / rate == pytest.approx(last + 6.6, abs=0.3), "the outro follows the last word"
    starts = [float(chapter["start_time"]) for chapter in probe(out)["chapters"]]
    spoken = [cue["startTime"] for cue in cues]
    assert all(min(abs(start - cue) for cue in spoken) < 0.01 for start in starts[1:])
