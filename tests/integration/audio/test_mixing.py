from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowcast.audio.clip import Samples
from narrowcast.audio.encode import Encoder
from narrowcast.audio.loudness import measure
from narrowcast.audio.mix import Mixer
from narrowcast.audio.music import CEILING_DB
from narrowcast.audio.resample import resample

Voice = Callable[..., Samples]
RATE = 24_000


@dataclass(frozen=True)
class Turn:
    speaker: str
    seconds: float
    rate: int
    level: float
    gap_ms: int

    def sound(self, voice: Voice) -> Samples:
        return voice(self.seconds, self.rate, seed=int(self.seconds * 1000), level=self.level)


turns = st.builds(
    Turn,
    speaker=st.sampled_from(["Ann", "Ben", "Cem"]),
    seconds=st.floats(0.005, 1.5),
    rate=st.sampled_from([16_000, 22_050, 24_000, 44_100]),
    level=st.sampled_from([0.0, 0.003, 0.05, 0.4]),
    gap_ms=st.sampled_from([0, 1, 250, 1000]),
)


def live(voice: Voice, script: Sequence[Turn]) -> Samples:
    """All that a mixer has given out after these turns."""
    mixer = Mixer(RATE)
    return np.concatenate(
        [np.zeros(0, np.float32)] + [mixer.push(t.sound(voice), t.rate, t.speaker, t.gap_ms)[0] for t in script]
    )


@settings(max_examples=25, deadline=None)
@given(script=st.lists(turns, min_size=1, max_size=6), cut=st.integers(0, 6))
def test_every_prefix_of_the_live_mix_is_the_mixs_prefix(voice: Voice, script: list[Turn], cut: int) -> None:
    prefix, whole = live(voice, script[:cut]), live(voice, script)
    assert np.array_equal(prefix, whole[: len(prefix)])


@settings(max_examples=25, deadline=None)
@given(script=st.lists(turns, min_size=1, max_size=6))
def test_places_are_true_and_nothing_passes_the_ceiling(voice: Voice, script: list[Turn]) -> None:
    mixer, position, previous_end = Mixer(RATE), 0, 0
    for turn in script:
        out, start, end = mixer.push(turn.sound(voice), turn.rate, turn.speaker, turn.gap_ms)
        assert previous_end <= start <= end == position + len(out)
        assert not out[: start - position].any(), "the pause is silent"
        assert end - start == pytest.approx(turn.seconds * RATE, abs=2)
        assert start - position <= turn.gap_ms * RATE / 1000 + 1
        assert np.isfinite(out).all()
        assert np.abs(out).max(initial=0) <= 10 ** (CEILING_DB / 20) + 1e-6
        position = previous_end = end


def test_pauses_are_heard_as_asked_though_clips_bring_silence() -> None:
    mixer = Mixer(RATE)
    quiet = np.zeros(RATE // 10, np.float32)
    tone = (0.1 * np.sin(np.arange(RATE) / 5)).astype(np.float32)
    padded = np.concatenate([quiet, tone, quiet])
    out = np.concatenate([mixer.push(padded, RATE, "Ann", gap)[0] for gap in (300, 380, 50)])
    loud = np.flatnonzero(np.abs(out) > 1e-3)
    pauses = [gap for gap in np.diff(loud) if gap > RATE // 50]
    assert loud[0] == pytest.approx(0.3 * RATE, abs=20)
    assert pauses[0] == pytest.approx(0.38 * RATE, abs=40)
    assert pauses[1] == pytest.approx(0.2 * RATE, abs=40), "what is in the clips is never cut off"


def test_edges_of_clips_do_not_click() -> None:
    steady = np.full(RATE, 0.2, np.float32)
    out, start, end = Mixer(RATE).push(steady, RATE, "Ann", 100)
    assert np.abs(np.diff(out[start - 2 : end])).max() < 0.05
    assert abs(out[end - 1]) < 0.02


@pytest.mark.parametrize(("rate", "wanted"), [(22_050, 24_000), (44_100, 24_000), (16_000, 48_000), (48_000, 22_050)])
def test_resampling_shifts_nothing(rate: int, wanted: int) -> None:
    def tone(at: int) -> Samples:
        return np.sin(2 * np.pi * 440 * np.arange(2 * at) / at).astype(np.float32)

    out = resample(tone(rate), rate, wanted)
    assert len(out) == 2 * wanted
    assert np.abs(out - tone(wanted))[200:-200].max() < 1e-3


def test_closing_silence_follows_the_last_word(voice: Voice) -> None:
    mixer = Mixer(RATE)
    mixer.push(voice(0.5), RATE, "Ann", 0)
    closing = mixer.flush()
    assert len(closing) == RATE // 2
    assert not closing.any()


@pytest.mark.parametrize(
    ("offsets_db", "rate", "name"),
    [
        ((0, 0), 22_050, "mp3"),
        ((-6, 6), 24_000, "mp3"),
        ((6, -6), 44_100, "mp3"),
        ((-20, -8), 22_050, "mp3"),
        ((-6, 6), 22_050, "m4a"),
        ((0, 0), 48_000, "m4a"),
        ((-6, 6), 24_000, "opus"),
        ((0, 0), 48_000, "opus"),
    ],
)
def test_finished_file_is_as_loud_as_it_should_be(
    voice: Voice,
    offsets_db: tuple[int, int],
    rate: int,
    name: str,
    tmp_path: Path,
    judged: Callable[[Path], tuple[float, float]],
) -> None:
    """-16 LUFS ±1 and a true peak of at most -1 dBTP, judged by ffmpeg on the file; speakers end up alike."""
    mixer, path = Mixer(rate), tmp_path / f"episode.{name}"
    encoder = Encoder(path, name, rate)
    spoken: dict[int, list[Samples]] = {0: [], 1: []}
    for number in range(16):
        who = number % 2
        sound = voice(1.0 + number * 37 % 9, rate, pitch=(110.0, 205.0)[who], seed=number)
        sound *= np.float32(10 ** (offsets_db[who] / 20))
        out, start, end = mixer.push(sound, rate, str(who), 380)
        spoken[who].append(out[len(out) - (end - start) :])
        encoder.write(out)
    encoder.write(mixer.flush())
    encoder.close()
    loudness, peak = judged(path)
    assert loudness == pytest.approx(-16, abs=0.7)
    assert peak <= -1
    assert measure(path).integrated_lufs == pytest.approx(loudness, abs=0.1)
    power = [10 * np.log10(np.mean(np.concatenate(parts) ** 2)) for parts in spoken.values()]
    assert abs(power[0] - power[1]) < 2
