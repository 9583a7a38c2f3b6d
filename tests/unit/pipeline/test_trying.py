"""Trying voices out: what it costs is said before, and what cannot be heard is refused before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from narrowcast.cli.voices.sample import tell_price
from narrowcast.errors import OutputError
from narrowcast.pipeline.trying import Phrase, check_sample_file, levelled, write_sound
from narrowcast.tts.casting import SpeakerVoice
from narrowcast.tts.fake import Fake, hum


@pytest.mark.parametrize(
    ("price", "there", "says"),
    [
        (1e-4, False, "12 characters spoken by fake: $0.0012"),
        (None, False, "the price is not known"),
        (0.0, False, ""),
        (1e-4, True, ""),
    ],
)
def test_the_price_is_said_before(
    price: float | None, there: bool, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    voice = SpeakerVoice(Fake(usd_per_character=price), "low", None)
    cost = 0.0 if there else voice.tts.cost_usd(12, None)
    tell_price([Phrase("x", voice, "Twelve marks", "en", "Twelve marks", there, cost, "")])
    told = capsys.readouterr().err
    assert (says in told) if says else not told


@pytest.mark.parametrize("name", ["x.ogg", "x", "folder.wav", "nowhere/x.wav"])
def test_a_place_where_nothing_can_be_written_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(OutputError) as caught:
        check_sample_file(tmp_path / name)
    assert caught.value.hint


def test_clips_of_any_rate_become_one_sound(tmp_path: Path) -> None:
    clips = [(hum("Some words to hear.", 150.0, rate, 60.0).samples, rate) for rate in (16_000, 22_050, 24_000)]
    samples, rate = levelled(clips)
    assert rate == 24_000
    assert len(samples) / rate > 3 * 1.1 + 2 * 0.6
    assert levelled([(np.zeros(44_100, np.float32) + 0.01, 44_100)])[1] == 48_000
    for name in ("a.wav", "a.mp3"):
        write_sound(tmp_path / name, samples, rate)
        assert (tmp_path / name).stat().st_size > 10_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp3", "a.wav"]
