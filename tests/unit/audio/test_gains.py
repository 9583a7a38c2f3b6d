from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.audio.loudness import MAX_GAIN_DB, MAX_STEP_DB, NOTHING_LUFS, SETTLED_S, TARGET_LUFS, next_gain_db

loudness = st.floats(NOTHING_LUFS, 0)


@given(before=st.floats(-MAX_GAIN_DB, MAX_GAIN_DB), lufs=loudness, heard_s=st.floats(0, 1000))
def test_gain_moves_toward_the_target_by_one_step_at_most(before: float, lufs: float, heard_s: float) -> None:
    gain = next_gain_db(before, lufs, heard_s)
    assert abs(gain - before) <= 3 * MAX_STEP_DB + 1e-9
    if heard_s >= SETTLED_S:
        assert abs(gain - before) <= MAX_STEP_DB + 1e-9
    wanted = max(-MAX_GAIN_DB, min(MAX_GAIN_DB, TARGET_LUFS - lufs))
    if lufs > NOTHING_LUFS:
        assert abs(wanted - gain) <= abs(wanted - before) + 1e-9


def test_first_turn_is_brought_to_the_target_at_once() -> None:
    assert next_gain_db(None, -28.0, 3.0) == pytest.approx(12.0)


def test_a_clip_without_sound_changes_nothing() -> None:
    assert next_gain_db(None, NOTHING_LUFS, 1.0) == 0.0
    assert next_gain_db(4.5, NOTHING_LUFS, 20.0) == 4.5
