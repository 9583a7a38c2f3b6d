from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from narrowcast.script.timeline import SentenceCue, Timeline, TurnCue
from narrowcast.script.transcripts import to_srt, to_vtt

TEXT = "Nobody expected 3 < 4 & 5 > 2 to matter: it did, again and again, for as long as anyone measured it."


@pytest.mark.parametrize(("ending", "write"), [("vtt", to_vtt), ("srt", to_srt)])
def test_ffmpeg_reads_every_cue(
    ending: str, write: Callable[[Timeline], str], tmp_path: Path, ffmpeg: Callable[..., str]
) -> None:
    cues = tuple(
        TurnCue(
            turn_id=str(number),
            speaker="Ann > Ben",
            segment=1,
            start_ms=number * 9000,
            end_ms=number * 9000 + 8000,
            sentences=(SentenceCue(text=TEXT, start_ms=number * 9000, end_ms=number * 9000 + 8000),),
        )
        for number in range(5)
    )
    path = tmp_path / f"x.{ending}"
    path.write_text(write(Timeline(duration_ms=45_000, cues=cues, chapters=())), "utf-8")
    ffmpeg("-v", "error", "-i", str(path), str(tmp_path / "back.vtt"))
    back = (tmp_path / "back.vtt").read_text("utf-8")
    times = [line for line in back.splitlines() if "-->" in line]
    assert len(times) == path.read_text("utf-8").count(" --> ")
    assert times[0].startswith("00:00.000 -->")
    assert times[-1].endswith("00:44.000")
    assert " ".join(back.split()).count("as long as anyone") == 5
