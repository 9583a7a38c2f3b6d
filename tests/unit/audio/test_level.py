from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from narrowcast.audio.clip import Samples
from narrowcast.audio.level import TruePeak, block_peaks, peak, peaks_between, span

RATE = 24_000
sound = hnp.arrays(np.float32, st.integers(0, 300), elements=st.floats(-1, 1, width=32))


@given(samples=sound, before=st.integers(0, 9000), after=st.integers(0, 9000), level=st.floats(1 / 64, 1, width=32))
def test_span_is_what_all_places_say(samples: Samples, before: int, after: int, level: float) -> None:
    padded = np.concatenate([np.zeros(before, np.float32), samples, np.zeros(after, np.float32)])
    places = np.flatnonzero(np.abs(padded) >= level)
    expected = (places[0], places[-1] + 1) if places.size else None
    assert span(padded, level) == expected


def test_span_is_measured_from_where_the_sound_rests() -> None:
    resting = np.full(20_000, 0.25, np.float32)
    assert span(resting, 0.1, around=0.25) is None
    resting[[7, 15_000]] = 0.1, 0.4
    assert span(resting, 0.1, around=0.25) == (7, 15_001)


@given(samples=sound, block=st.integers(1, 50))
def test_peaks_are_each_blocks_own(samples: Samples, block: int) -> None:
    expected = [float(np.abs(samples[at : at + block]).max()) for at in range(0, len(samples), block)]
    assert block_peaks(samples, block).tolist() == expected
    assert peak(samples) == max(expected, default=0.0)


@pytest.mark.parametrize("frequency", [440, 3_000, 6_000, 8_000])
def test_true_peak_of_a_tone_is_its_amplitude(frequency: int) -> None:
    """Within 0.2 dB, up to the highest tones of voices; the samples alone are up to 3 dB too low."""
    tone = 0.5 * np.sin(2 * np.pi * frequency * np.arange(RATE) / RATE + np.pi / 4)
    rising = np.minimum(1, np.arange(RATE) / 2000) * np.minimum(1, np.arange(RATE)[::-1] / 2000)
    assert heard((tone * rising).astype(np.float32), [RATE]) == pytest.approx(0.5, rel=0.023)


@given(cuts=st.lists(st.integers(0, 3000), max_size=12), seed=st.integers(0, 1000))
def test_pieces_make_no_difference_to_the_true_peak(cuts: list[int], seed: int) -> None:
    """But for the places of its blocks, which say only where to look: nothing is cut off that would ring."""
    tone = np.sin(np.pi / 2 * np.arange(3000) + np.pi / 4 + seed) * np.hanning(3000)
    samples = tone.astype(np.float32)
    assert heard(samples, cuts) == pytest.approx(heard(samples, [3000]), rel=1e-5)


def heard(samples: Samples, cuts: list[int]) -> float:
    meter = TruePeak(RATE)
    for piece in np.split(samples, sorted(cuts)):
        meter.feed(piece)
    meter.close()
    return meter.highest


def test_peaks_between_are_exact_where_they_may_pass_the_level() -> None:
    rng = np.random.default_rng(3)
    noise = np.convolve(rng.normal(0, 0.3, 24_000), np.hanning(9) / 4, mode="same").astype(np.float32)
    every = np.arange(1000)
    exact = peaks_between(noise, 24, every, above=0.0)
    level = float(np.quantile(exact, 0.9))
    some = peaks_between(noise, 24, every, above=level)
    assert (some <= exact).all()
    passing = exact > level
    assert passing.sum() > 50
    assert np.array_equal(some[passing], exact[passing])
