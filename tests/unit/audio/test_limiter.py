from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from narrowcast.audio.clip import Samples
from narrowcast.audio.limiter import limit

RATE = 24_000
wild = hnp.arrays(np.float32, st.integers(0, 3000), elements=st.floats(-8, 8, width=32))


@given(samples=wild, ceiling=st.floats(0.1, 1.0), rate=st.sampled_from([8_000, 22_050, 24_000, 48_000]))
def test_nothing_passes_the_ceiling_and_nothing_is_added(samples: Samples, ceiling: float, rate: int) -> None:
    limited = limit(samples, rate, ceiling)
    assert limited.shape == samples.shape
    assert np.abs(limited).max(initial=0.0) <= ceiling * (1 + 1e-6)
    assert (np.abs(limited) <= np.abs(samples)).all()
    assert (limited * samples >= 0).all()


def test_quiet_sound_is_left_as_it_is() -> None:
    sound = np.linspace(-0.5, 0.5, 5000, dtype=np.float32)
    assert limit(sound, RATE, 0.8) is sound


def test_a_peak_bends_its_surroundings_smoothly_and_no_farther_than_needed() -> None:
    sound = np.full(RATE, 0.4, np.float32)
    sound[RATE // 2] = 1.6
    limited = limit(sound, RATE, 0.8)
    gain_db = 20 * np.log10(limited / sound)
    assert limited[RATE // 2] > 0.75
    assert np.abs(np.diff(gain_db)).max() < 0.1, "a step in the gain is a click"
    assert gain_db[RATE // 2 - RATE // 50] == 0, "20 ms before"
    assert gain_db[RATE // 2 + RATE // 10] == 0, "100 ms after"


def test_wave_between_the_samples_is_held_too() -> None:
    """A tone at a quarter of the rate, sampled at 45°: its samples are 3 dB below its true peak."""
    sound = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4).astype(np.float32)
    limited = limit(sound, RATE, 0.8)
    assert np.abs(sound).max() < 0.8
    assert np.abs(limited).max() == pytest.approx(0.8 * np.sqrt(0.5), rel=0.01)
