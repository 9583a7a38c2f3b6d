"""Where one goes on, how what was heard follows an edit, and days in a row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.listening.carrying import Passage, Spoken, carried
from narrowcast.listening.heat import ever, levels, warmed
from narrowcast.listening.resume import resume_ms, rewind_ms
from narrowcast.listening.spans import total
from narrowcast.listening.streaks import LEAST_MS, Streak, streak
from narrowcast.store.listening.records import Progress

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("paused_s", "back_s"),
    [(0, 0), (9.9, 0), (10, 3), (59, 3), (60, 10), (299, 10), (300, 20), (1799, 20), (1800, 30), (86_400, 30), (-5, 0)],
)
def test_the_longer_the_pause_the_further_back(paused_s: float, back_s: int) -> None:
    assert rewind_ms(round(paused_s * 1000)) == back_s * 1000


def test_one_goes_on_at_a_sentence_and_never_before_the_chapter() -> None:
    chapters, sentences = [0, 50_000], [0, 20_000, 38_000, 44_000, 51_000, 60_000]
    assert resume_ms(47_000, 70_000, 100_000, chapters, sentences) == 20_000
    assert resume_ms(48_500, 70_000, 100_000, chapters, sentences) == 38_000
    assert resume_ms(55_000, 70_000, 100_000, chapters, sentences) == 50_000
    assert resume_ms(55_000, 5_000, 100_000, chapters, sentences) == 55_000
    assert resume_ms(2_000, 10**9, 100_000, chapters, sentences) == 0
    assert resume_ms(55_000, 70_000, None, [], []) == 45_000
    assert resume_ms(96_000, 5_000, 100_000, chapters, sentences) == 0


@given(
    st.integers(0, 100_000), st.integers(0, 10**8), st.lists(st.integers(0, 99_999)), st.lists(st.integers(0, 99_999))
)
def test_one_never_goes_on_behind_where_one_was(
    position: int, paused: int, chapters: list[int], sentences: list[int]
) -> None:
    chapters.sort()
    sentences.sort()
    at = resume_ms(position, paused, 100_000, chapters, sentences)
    assert 0 <= at <= position
    begun = max((chapter for chapter in chapters if chapter <= position), default=0)
    assert at >= begun or position >= 95_000


BEFORE = (Spoken("a", 0, 9_000), Spoken("b", 10_000, 19_000), Spoken("c", 20_000, 30_000))


def test_what_was_heard_follows_the_turns() -> None:
    # A new turn before all, "b" made longer, "c" gone.
    after = (Spoken("x", 0, 4_000), Spoken("a", 5_000, 14_000), Spoken("b", 15_000, 29_000))
    passage = Passage(BEFORE, after, 30_000)
    heard = Progress(1, 12_000, heard=((2_000, 12_000),), heat=warmed((), [(2_000, 12_000), (2_000, 4_000)]))
    now = carried(heard, passage, 2)
    assert (now.revision, now.position_ms, now.heard) == (2, 18_111, ((7_000, 17_000),))
    assert list(levels(now.heat)) == [(7_000, 9_000, 2), (9_000, 17_000, 1)]
    assert passage.spans(((20_000, 30_000),)) == ()
    assert passage.place(25_000) == 29_000
    # The order turned around: each turn keeps what was heard of it.
    turned = Passage(BEFORE, (Spoken("b", 0, 9_000), Spoken("a", 10_000, 19_000), Spoken("c", 20_000, 30_000)), 30_000)
    assert turned.spans(((0, 9_000),)) == ((10_000, 19_000),)


@given(st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 30_000)), max_size=6))
def test_a_rendering_that_is_the_same_keeps_all(pairs: list[tuple[int, int]]) -> None:
    heat = warmed((), pairs)
    same = Passage(BEFORE, BEFORE, 30_000)
    assert same.spans(ever(heat)) == ever(heat)
    assert list(levels(same.heat(heat))) == list(levels(heat))
    unknown = Passage((), BEFORE, 15_000)
    assert total(unknown.spans(ever(heat))) <= 15_000


def days(*ago: int, ms: int = LEAST_MS) -> dict[date, int]:
    return {TODAY - timedelta(days=n): ms for n in ago}


def test_today_does_not_end_a_streak_before_it_is_over() -> None:
    assert streak(days(1, 2, 3), TODAY) == Streak(3, 3, 0, counts_today=False)
    assert streak(days(0, 1, 2, 3), TODAY) == Streak(4, 4, LEAST_MS, counts_today=True)
    assert streak(days(2, 3, 4), TODAY).current == 0
    assert streak(days(0, 2, 3, 4), TODAY) == Streak(1, 3, LEAST_MS, counts_today=True)
    assert streak({}, TODAY) == Streak(0, 0, 0, counts_today=False)


def test_a_few_seconds_are_no_day_of_a_streak() -> None:
    assert streak(days(1, 3) | days(2, ms=LEAST_MS - 1), TODAY) == Streak(1, 1, 0, counts_today=False)


@given(st.sets(st.integers(0, 60)))
def test_a_streak_is_never_longer_than_the_longest(ago: set[int]) -> None:
    found = streak(days(*ago), TODAY)
    assert 0 <= found.current <= found.longest <= len(ago)
