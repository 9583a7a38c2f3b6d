"""Timings that no voice would send: they are left, and take neither the clip nor the machine with them."""

from __future__ import annotations

import time

import pytest

from narrowcast.tts.elevenlabs.times import word_timings


def aligned(said: str, starts: list[object]) -> object:
    return {"characters": list(said), "character_start_times_seconds": starts}


def test_words_start_where_their_first_character_does() -> None:
    timings = word_timings("a b", aligned("a b", [0, 0.1, 0.2]), 1.0)
    assert [(word.offset, word.start_ms) for word in timings] == [(0, 0), (2, 200)]


@pytest.mark.parametrize(
    "start", [10**400, -(10**400), 1e308, float("nan"), float("inf"), "0", None, [0.2]], ids=lambda x: str(x)[:5]
)
def test_times_that_are_none_are_left(start: object) -> None:
    assert word_timings("a b", aligned("a b", [0, 0.1, start]), 1.0) == ()


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        [],
        {"characters": "a b", "character_start_times_seconds": [0, 0, 0]},
        {"characters": ["a"], "character_start_times_seconds": [0, 1]},
        {"characters": [1], "character_start_times_seconds": [0]},
        {"characters": [], "character_start_times_seconds": []},
    ],
)
def test_shapes_that_are_none_are_left(alignment: object) -> None:
    assert word_timings("a b", alignment, 1.0) == ()


def test_a_start_before_the_one_before_it_or_after_the_end_is_left_out() -> None:
    timings = word_timings("a b c d", aligned("a b c d", [0.5, 0, -0.2, 0, 0.6, 0, 3]), 1.0)
    assert [word.offset for word in timings] == [0, 4]


@pytest.mark.parametrize(("said", "found"), [("a b " * 100_000, 0), ("a " * 4_400, 1)])
def test_what_was_said_at_endless_length_takes_no_time(said: str, found: int) -> None:
    begun = time.process_time()
    alignment = {"characters": [said], "character_start_times_seconds": [0.0]}
    assert len(word_timings("a b " * 500, alignment, 1.0)) == found
    assert time.process_time() - begun < 3
