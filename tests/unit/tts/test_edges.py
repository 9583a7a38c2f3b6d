"""Trimming and joining."""

from __future__ import annotations

import numpy as np

from narrowcast.audio.clip import FADE_MS
from narrowcast.tts.edges import join, trim

RATE = 10_000


def tone(ms: int) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 200 * np.arange(ms * RATE // 1000) / RATE)).astype(np.float32)


def silence(ms: int) -> np.ndarray:
    return np.zeros(ms * RATE // 1000, np.float32)


def test_trim_keeps_25_ms_at_both_ends_and_all_that_sounds() -> None:
    clip = np.concatenate([silence(300), np.full(1000, 0.5, np.float32), silence(400)])
    trimmed, lead = trim(clip, RATE, 0.01)
    assert lead == 2750
    assert len(trimmed) == 1500
    assert np.count_nonzero(trimmed) == 1000
    again, more = trim(trimmed, RATE, 0.01)
    assert more == 0
    assert np.array_equal(again, trimmed)


def test_trim_leaves_a_clip_that_starts_and_ends_with_sound() -> None:
    clip = np.full(100, 0.5, np.float32)
    assert np.array_equal(trim(clip, RATE, 0.01)[0], clip)


def test_trim_of_silence_leaves_a_little() -> None:
    assert len(trim(silence(500), RATE, 0.01)[0]) == 250
    assert len(trim(silence(0), RATE, 0.01)[0]) == 0


def test_join_puts_pauses_between_and_knows_the_starts() -> None:
    joined, starts = join([tone(100), tone(50), tone(20)], RATE, [300, 40])
    assert starts == [0, 4000, 4900]
    assert len(joined) == 5100
    assert not joined[1000:4000].any()


def test_join_makes_no_click_at_the_seams_but_leaves_the_outer_ends() -> None:
    flat = np.full(1000, 0.5, np.float32)
    joined, _ = join([flat, flat], RATE, [40])
    assert joined[0] == joined[-1] == 0.5
    assert float(np.abs(np.diff(joined)).max()) <= 0.5 / (FADE_MS * RATE / 1000) + 1e-6


def test_one_clip_is_left_alone() -> None:
    clip = tone(30)
    assert np.array_equal(join([clip], RATE, [])[0], clip)
