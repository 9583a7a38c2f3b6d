from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from narrowcast.audio.clip import Samples
from narrowcast.audio.encode import Encoder
from narrowcast.audio.loudness import MAX_STEP_DB, Leveller, Meter, measure
from narrowcast.errors import EpisodeError

Voice = Callable[..., Samples]
RATE = 24_000


def test_meter_knows_the_standards_tone() -> None:
    """A full-scale sine of 997 Hz in one channel reads -3.01 LUFS (BS.1770-4, annex 1)."""
    sine = np.sin(2 * math.pi * 997 * np.arange(48_000 * 5) / 48_000).astype(np.float32)
    assert Meter(48_000).feed(sine) == pytest.approx(-3.01, abs=0.1)


def test_pieces_make_no_difference_to_the_meter(voice: Voice) -> None:
    sound = voice(8.0)
    pieces = Meter(RATE)
    for piece in np.array_split(sound, 37):
        pieces.feed(piece)
    assert pieces.integrated_lufs == Meter(RATE).feed(sound)


def test_gain_depends_on_the_same_speakers_earlier_clips_only(voice: Voice) -> None:
    ann, ben = Leveller(), Leveller()
    clips = [voice(2.0 + number, seed=number, level=0.02 + 0.01 * number) for number in range(4)]
    alone = [ann.gain_db("Ann", clip, RATE) for clip in clips]
    between = []
    for clip in clips:
        ben.gain_db("Ben", clip * 5, RATE)
        between.append(ben.gain_db("Ann", clip, RATE))
    assert between == alone


def test_a_speaker_who_gets_louder_is_followed_in_small_steps(voice: Voice) -> None:
    leveller = Leveller()
    gains = [
        leveller.gain_db("Ann", voice(4.0, seed=number, level=0.02 if number < 5 else 0.08), RATE)
        for number in range(25)
    ]
    assert np.ptp(gains[:5]) < 1
    assert max(abs(two - one) for one, two in pairwise(gains[3:])) <= MAX_STEP_DB + 1e-9
    assert gains[4] - gains[-1] > 9, "of 12 dB"


@pytest.mark.parametrize("seconds", [0.02, 0.15, 0.35, 0.8])
def test_first_word_is_not_blown_up(voice: Voice, seconds: float) -> None:
    word, sentence = voice(seconds, level=0.06), voice(6.0, level=0.06)
    assert Leveller().gain_db("Ann", word, RATE) == pytest.approx(Leveller().gain_db("Ann", sentence, RATE), abs=4)


def test_silence_first_keeps_the_level() -> None:
    assert Leveller().gain_db("Ann", np.zeros(RATE, np.float32), RATE) == 0


def test_finished_file_measures_as_ffmpeg_says(
    voice: Voice, tmp_path: Path, judged: Callable[[Path], tuple[float, float]]
) -> None:
    path = tmp_path / "sound.mp3"
    encoder = Encoder(path, "mp3", RATE)
    silence = np.zeros(int(1.3 * RATE), np.float32)
    for number in range(3):
        encoder.write(np.concatenate([voice(4.0, seed=number, level=0.08), silence]))
    encoder.write(voice(2.0))
    encoder.close()
    measured = measure(path)
    loudness, peak = judged(path)
    assert measured.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(peak, abs=0.2)
    assert measured.duration_ms == round(encoder.samples_written * 1000 / RATE)
    assert measured.longest_pause_ms == pytest.approx(1300, abs=60)


def test_a_file_that_is_no_sound_is_an_episodes_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(b"nothing of the kind" * 50)
    with pytest.raises(EpisodeError, match=r"x\.mp3"):
        measure(path)
