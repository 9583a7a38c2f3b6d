"""The length plan: shares by size, what is left is shared out, the rate follows the clips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.pipeline.length import Heard, corrected_rate, planned_words, segment_words
from narrowcast.script.dialogue import OutlineSegment, Size

sizes = st.lists(st.sampled_from(Size), min_size=1, max_size=12)


def entry(size: Size) -> OutlineSegment:
    return OutlineSegment(name="A part", size=size)


@given(sizes=sizes, minutes=st.floats(5, 120), rate=st.floats(120, 200))
def test_segments_written_as_asked_add_up_to_the_length(sizes: list[Size], minutes: float, rate: float) -> None:
    entries = [entry(size) for size in sizes]
    written: list[Heard] = []
    for number, one in enumerate(entries, start=1):
        later = entries[number:]
        words = segment_words(one, later, minutes=minutes, words_per_minute=rate, written=written)
        written.append(Heard(words))
    total = planned_words(minutes, rate)
    assert sum(turn.words for turn in written) == pytest.approx(total, abs=len(entries) + 40 * len(entries) * 0.5)


@given(sizes=sizes)
def test_side_by_side_with_sizes_unknown_the_sum_still_holds(sizes: list[Size]) -> None:
    written: list[Heard] = []
    for number, size in enumerate(sizes, start=1):
        later: list[OutlineSegment | None] = [None] * (len(sizes) - number)
        written.append(Heard(segment_words(entry(size), later, minutes=30, words_per_minute=160, written=written)))
    assert sum(turn.words for turn in written) == pytest.approx(planned_words(30, 160), abs=len(sizes))


def test_a_segment_that_ran_long_shortens_the_rest() -> None:
    medium = entry(Size.MEDIUM)
    on_time = segment_words(medium, [medium], minutes=10, words_per_minute=160, written=[Heard(500)])
    after_a_long_one = segment_words(medium, [medium], minutes=10, words_per_minute=160, written=[Heard(900)])
    assert after_a_long_one == pytest.approx(on_time - 200, abs=1)


def test_a_slow_voice_gets_fewer_words() -> None:
    as_planned = [Heard(400, clip_ms=150_000)]
    slow = [Heard(400, clip_ms=200_000)]
    assert corrected_rate(160, as_planned) == pytest.approx(160)
    assert corrected_rate(160, slow) < 140


def test_without_minutes_the_size_alone_decides() -> None:
    long, short = entry(Size.LONG), entry(Size.SHORT)
    written = [Heard(5000)]
    assert segment_words(long, [], minutes=None, words_per_minute=160, written=written) == 480
    assert segment_words(short, [], minutes=None, words_per_minute=160, written=[]) == 192
