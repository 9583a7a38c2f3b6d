"""What is known of an episode's sound by what its job's hands wrote down, also when others take it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.live.making import Making
from narrowcast.store.jobs.events import MIX_BEGUN, TURN_PLACED, JobEvent
from narrowcast.store.jobs.rows import JobStatus

AT = datetime(2026, 1, 1, tzinfo=UTC)


def event(kind: str, **data: Any) -> JobEvent:
    return JobEvent(1, "job", "owner", "episode", kind, data, AT)


def begun(**changes: Any) -> JobEvent:
    return event(MIX_BEGUN, **{"rate": 24_000, "language": "en", "speakers": ["Ann", "Ben"], "music": None, **changes})


def placed(clip: str, **changes: Any) -> JobEvent:
    data = {"segment": 1, "title": "Bees", "id": f"turn of {clip}", "speaker": "Ann", "text": clip, "cites": [1]}
    return event(TURN_PLACED, **{**data, "clip": clip, "gap_ms": 300, **changes})


def after(*events: JobEvent, making: Making = Making()) -> Making:  # noqa: B008 - frozen
    for each in events:
        making = making.after(each)
    return making


def clips(making: Making) -> str:
    return "".join(place.clip for place in making.places)


def test_turns_stand_in_the_order_in_which_they_were_placed() -> None:
    making = after(event("running", status="running"), begun(), placed("a"), placed("b", segment=2, spoken="bee"))
    assert (making.status, clips(making), making.edition) == (JobStatus.RUNNING, "ab", 1)
    assert (making.places[0].spoken, making.places[1].spoken) == ("a", "bee")
    assert making.mix
    assert making.mix.speakers == ("Ann", "Ben")


def test_what_is_told_otherwise_changes_nothing() -> None:
    making = after(begun(), placed("a"))
    assert after(event("turn_ready", turn_id="s1t1"), event("cancel_requested"), making=making) == making


@given(st.text("abc", max_size=6), st.integers(0, 6))
def test_other_hands_that_place_the_same_change_nothing(turns: str, before: int) -> None:
    first = after(begun(), *map(placed, turns[:before]))
    again = after(event("queued"), event("running"), begun(), *map(placed, turns), making=first)
    assert (clips(again), again.edition) == (turns, 1)


@given(st.text("ab", min_size=1, max_size=5), st.text("ab", min_size=1, max_size=5))
def test_other_hands_that_place_something_else_begin_another_edition(first: str, second: str) -> None:
    making = after(begun(), *map(placed, first), begun(), *map(placed, second), event("completed"))
    assert clips(making) == second
    shared = first.startswith(second) or second.startswith(first)
    assert (making.edition == 1) == shared


def test_what_earlier_hands_placed_can_be_heard_before_the_next_come_to_it() -> None:
    making = after(begun(), placed("a"), placed("b"), begun(), placed("a"))
    assert (clips(making), making.placed) == ("ab", 1)


def test_another_mix_is_another_edition() -> None:
    making = after(begun(), placed("a"), begun(rate=48_000))
    assert (making.places, making.edition) == ((), 2)
    assert after(begun(), placed("a"), placed("b", gap_ms=1), begun(), placed("a"), placed("b")).edition == 2


def test_how_long_it_will_be_is_told_by_the_turns_that_were_made_once_there_are_enough() -> None:
    making = after(begun(), event("progress", step_details={"total_turns": 12, "completed_turns": 3}))
    assert making.expected_s(2.0, 20.0, 2) == 120.0
    assert making.expected_s(2.0, 30.0, 3) == 120.0
    assert making.expected_s(2.0, 45.0, 3) == 180.0
    assert making.expected_s(None, 45.0, 2) is None
    assert replace(making, turns_expected=0).expected_s(None, 45.0, 3) == 45.0


def test_an_end_says_why() -> None:
    making = after(begun(), placed("a"), event("failed", status="failed", error_message="No voice."))
    assert (making.status, making.error_message, clips(making)) == (JobStatus.FAILED, "No voice.", "a")
