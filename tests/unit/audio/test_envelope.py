"""Ducking and fades: pure curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.audio.envelope import SETTLE_MS, Ducking, crossfade, lifted, tail

RATE = 8_000
USUAL = Ducking(lift_db=6.0, attack_ms=250, release_ms=600)
duckings = st.builds(Ducking, st.floats(0, 12), st.integers(20, 2_000), st.integers(100, 5_000))


@given(pause=st.integers(0, 5 * RATE), ducking=duckings, opening=st.booleans())
def test_music_is_down_where_words_are_near_and_never_jumps(pause: int, ducking: Ducking, opening: bool) -> None:
    gain_db = 20 * np.log10(lifted(pause, RATE, ducking, opening=opening))
    settle = RATE * SETTLE_MS // 1000
    assert len(gain_db) == pause
    assert gain_db.min(initial=0) >= 0
    assert gain_db.max(initial=0) <= ducking.lift_db + 1e-4
    assert not gain_db[max(0, pause - settle) :].any()
    if not opening:
        assert not gain_db[:settle].any()
        steepest = ducking.lift_db / (min(ducking.attack_ms, ducking.release_ms) * RATE / 1000)
        assert np.abs(np.diff(gain_db)).max(initial=0) <= steepest + 1e-3


def test_a_breath_between_sentences_is_left_alone_and_one_between_segments_is_not() -> None:
    assert (lifted(RATE * 38 // 100, RATE, USUAL) == 1).all(), "the music does not pump"
    breath = 20 * np.log10(lifted(RATE, RATE, USUAL))
    assert 3 < breath.max() <= 6
    assert 20 * np.log10(lifted(2 * RATE, RATE, USUAL).max()) == pytest.approx(6)


def test_a_crossfade_keeps_the_power() -> None:
    rising = crossfade(1000)
    assert rising**2 + rising[::-1] ** 2 == pytest.approx(np.ones(1000), abs=0.01)


def test_a_tail_ends_in_silence() -> None:
    assert tail(100)[0] == 1
    assert abs(tail(100)[-1]) < 1e-9
    assert (np.diff(tail(100)) < 0).all()
