"""Who comes first."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.queue.order import STEP_S, rank, turns
from narrowcast.store.jobs.claims import Load

from .jobs import NOW

MOMENTS = st.integers(0, 7 * 86400).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(st.integers(-10, 10), st.integers(-10, 10), MOMENTS, MOMENTS)
def test_a_rank_says_what_priority_and_waiting_say_at_any_later_time(
    one: int, two: int, first: object, second: object
) -> None:
    """Priority plus one for every ten minutes waited, in whole steps: whenever it is looked, the same order."""
    later = NOW + timedelta(days=8)

    def urgency(priority: int, at: object) -> int:
        return priority + int(later.timestamp()) // STEP_S - int(at.timestamp()) // STEP_S  # type: ignore[attr-defined]

    behind = rank(one, first) - rank(two, second)  # type: ignore[arg-type]
    assert behind == urgency(two, second) - urgency(one, first)


def test_ten_minutes_are_worth_one_priority() -> None:
    assert rank(0, NOW) == rank(1, NOW + timedelta(minutes=10))
    assert rank(3, NOW) < rank(2, NOW) < rank(2, NOW + timedelta(minutes=10))


def test_who_runs_as_many_as_may_is_passed_over_and_who_runs_least_comes_first() -> None:
    loads = [Load("a", "standard", 2), Load("b", "standard", 1), Load("c", "premium", 3), Load("d", "standard", 3)]
    found = turns(loads, lambda tier: {"standard": 2, "premium": 4}[tier])
    assert found.blocked == ["a", "d"]
    assert found.busy == [["b"], ["c"]]
    assert turns([], lambda _: 1).busy == []
