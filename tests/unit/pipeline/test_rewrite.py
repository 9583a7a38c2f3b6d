"""Putting new turns in the place of old ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import InputError, ScriptError
from narrowcast.pipeline.rewrite import (
    LONGEST_INSTRUCTION,
    Change,
    Rewritten,
    carried_over,
    change_of,
    replaced,
)
from narrowcast.script.claims import Flag
from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker


def script(*lengths: int) -> Script:
    return Script(
        title="T",
        language="en",
        speakers=(Speaker(name="Maya"),),
        segments=tuple(
            Segment(
                title=f"Part {s}",
                turns=tuple(Turn(id=f"s{s}t{t}", speaker="Maya", text=f"{s} {t}") for t in range(1, length + 1)),
            )
            for s, length in enumerate(lengths, start=1)
        ),
    )


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 3), st.integers(1, 9), st.booleans(), st.data()
)
def test_only_what_was_asked_for_changes_and_every_id_stays_its_own(
    lengths: list[int], at: int, count: int, single: bool, data: st.DataObject
) -> None:
    before = script(*lengths)
    number = at % len(lengths) + 1
    own = before.segments[number - 1].turns
    turn = data.draw(st.sampled_from(own)).id if single else None
    new = [Turn(id=f"s{number}t{n}", speaker="Maya", text=f"new {n}") for n in range(1, 2 if single else count + 1)]
    after, placed = replaced(before, Change(number, "x", turn), new)
    ids = [turn.id for turn in after.turns()]
    assert len(set(ids)) == len(ids)
    assert [turn.text for turn in placed] == [turn.text for turn in new]
    for index, (old, now) in enumerate(zip(before.segments, after.segments, strict=True), start=1):
        assert old.title == now.title
        if index != number:
            assert old == now
    kept = [old for old in own if turn is not None and old.id != turn]
    assert [now for now in after.segments[number - 1].turns if now not in placed] == kept
    if turn is not None:
        assert placed[0].id == turn


def test_a_change_names_a_part_that_is_there() -> None:
    there = script(2, 3)
    assert change_of(there, 2, None, " simpler ") == Change(2, "simpler")
    assert change_of(there, None, "s2t3", "x") == change_of(there, 2, "s2t3", "x") == Change(2, "x", "s2t3")
    for segment, turn, instruction in (
        (None, None, "x"),
        (0, None, "x"),
        (3, None, "x"),
        (1, "s2t1", "x"),
        (None, "s1t9", "x"),
        (1, None, " \n"),
        (1, None, "x" * (LONGEST_INSTRUCTION + 1)),
    ):
        with pytest.raises(InputError):
            change_of(there, segment, turn, instruction)


def rewritten(before: Script, change: Change, *texts: str) -> Rewritten:
    turns = [Turn(id=f"new{n}", speaker="Maya", text=text) for n, text in enumerate(texts)]
    changed, new = replaced(before, change, turns)
    return Rewritten(changed, new, False, 1, 1, None, {new[-1].id: (Flag("number", "7", 0),)})


def test_what_else_was_changed_meanwhile_stays() -> None:
    before, change = script(2, 2, 2), Change(2, "x")
    ready = rewritten(before, change, "a", "b", "c")
    assert carried_over(ready, before, before, change) == ready
    first, second, third = before.segments
    edited = third.model_copy(update={"turns": (third.turns[0].model_copy(update={"id": "s2t3", "text": "mine"}),)})
    now = before.model_copy(update={"title": "Mine", "segments": (edited, first, second)})
    carried = carried_over(ready, before, now, change)
    assert carried.script.title == "Mine"
    assert carried.script.segments[:2] == (edited, first)
    assert [turn.text for turn in carried.script.segments[2].turns] == ["a", "b", "c"]
    assert len({turn.id for turn in carried.script.turns()}) == 6
    assert list(carried.flags) == [carried.turns[-1].id] != list(ready.flags)


def test_in_a_kept_script_no_new_turn_gets_an_id_that_one_ever_had() -> None:
    """The third turn of the second part was deleted before: bookmarks may still point to it."""
    before, change = script(2, 2), Change(2, "x")
    ready = rewritten(before, change, "a", "b", "c", "d")
    assert [turn.id for turn in ready.turns] == ["s2t1", "s2t2", "s2t3", "s2t4"]
    carried = carried_over(ready, before, before, change, version=7)
    assert [turn.id for turn in carried.turns] == ["s2t1", "s2t2", "v7t1", "v7t2"]
    assert list(carried.flags) == ["v7t2"]
    assert [turn.id for turn in carried.script.turns()] == ["s1t1", "s1t2", "s2t1", "s2t2", "v7t1", "v7t2"]


@pytest.mark.parametrize("turn", [None, "s1t1"])
def test_the_same_part_changed_by_hand_meanwhile_is_left_as_it_is(turn: str | None) -> None:
    before, change = script(2, 1), Change(1, "x", turn)
    own = before.segments[0]
    by_hand = own.model_copy(update={"turns": (own.turns[0].model_copy(update={"text": "by hand"}), own.turns[1])})
    now = before.model_copy(update={"segments": (by_hand, before.segments[1])})
    with pytest.raises(ScriptError, match="changed while"):
        carried_over(rewritten(before, change, "a"), before, now, change)
