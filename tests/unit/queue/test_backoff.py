"""How long to wait."""

from __future__ import annotations

from itertools import pairwise

import pytest

from narrowcast.queue.backoff import after_failure, after_pause


def test_failures_wait_one_two_four_minutes_give_or_take_a_quarter() -> None:
    assert [after_failure(failures, 60, 0.5) for failures in (1, 2, 3)] == [60, 120, 240]
    assert (after_failure(1, 60, 0.0), after_failure(1, 60, 1.0)) == (45, 75)


@pytest.mark.parametrize(("wish", "wait"), [(100, 100), (0, 1), (-5, 1), (10**9, 21_600), (None, 15)])
def test_a_first_pause_is_as_long_as_the_provider_wishes_within_bounds(wish: float | None, wait: float) -> None:
    assert after_pause(0, wish, 21_600, 0.0) == wait


def test_pauses_grow_by_themselves_but_not_beyond_a_quarter_of_an_hour() -> None:
    waits = [after_pause(pauses, 1, 21_600, 0.0) for pauses in range(40)]
    assert all(one <= two for one, two in pairwise(waits))
    assert waits[-1] == 900
    assert after_pause(3, 5_000, 21_600, 0.0) == 5_000
    assert 100 < after_pause(0, 100, 21_600, 0.9) < 125
