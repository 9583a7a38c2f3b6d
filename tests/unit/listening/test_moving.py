"""A place in one rendering is found in the next by the turn that was heard there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.listening.moving import Place, moved


def rendering(*turns: tuple[str | None, float], gap: float = 1.0) -> list[Place]:
    """Turns of those lengths, one after another, with pauses between."""
    places: list[Place] = []
    for identity, length in turns:
        start = places[-1].end + gap if places else 0.0
        places.append(Place(identity, start, start + length))
    return places


BEFORE = rendering(("a", 10), ("b", 20), ("c", 10))


@pytest.mark.parametrize(
    ("at", "after", "expected"),
    [
        (15.0, BEFORE, 15.0),
        # As far into the turn, where that became shorter or stands elsewhere.
        (16.0, rendering(("a", 10), ("b", 10), ("c", 10)), 13.5),
        (5.0, rendering(("c", 10), ("b", 20), ("a", 10)), 37.0),
        # In a pause: behind the turn, and not beyond the beginning of the next.
        (10.5, rendering(("x", 5), ("a", 10), ("b", 20)), 16.5),
        (10.9, rendering(("a", 10), ("b", 20), gap=0.2), 10.2),
        (10.9, rendering(("b", 20), ("a", 10)), 31.0),
        # Deleted: the next that both have begins, else the last one ends.
        (15.0, rendering(("a", 10), ("c", 10)), 11.0),
        (35.0, rendering(("a", 10), ("b", 20)), 31.0),
        (15.0, rendering(("x", 100)), 15.0),
        (15.0, rendering(("x", 4)), 4.0),
        (1e9, rendering(("a", 10), ("b", 20), ("c", 5)), 37.0),
        (-3.0, BEFORE, 0.0),
        (7.0, [], 7.0),
    ],
)
def test_a_place_follows_its_turn(at: float, after: Sequence[Place], expected: float) -> None:
    assert moved(at, BEFORE, after) == pytest.approx(expected)


def test_turns_that_nobody_knows_lead_nowhere() -> None:
    unknown = rendering((None, 10), (None, 20))
    assert moved(12.0, unknown, rendering((None, 3), ("a", 30))) == 12.0


TURNS = st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 30)), max_size=6, unique_by=lambda turn: turn[0])


@given(TURNS, TURNS, st.lists(st.floats(-10, 300), min_size=1, max_size=5))
def test_it_lies_within_what_there_is_and_nothing_moves_in_what_stayed(
    before: list[tuple[str, float]], after: list[tuple[str, float]], places: list[float]
) -> None:
    old, new = rendering(*before), rendering(*after)
    for at in places:
        there = moved(at, old, new)
        assert there >= 0
        if old and new:
            assert there <= new[-1].end
            if 0 <= at <= old[-1].end:
                assert moved(at, old, old) == pytest.approx(at)
