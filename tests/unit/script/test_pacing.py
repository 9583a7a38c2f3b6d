from __future__ import annotations

import pytest

from narrowcast.script.dialogue import Turn
from narrowcast.script.pacing import SEGMENT_MS, START_MS, gap_ms

LONG = "It went on and on, as such things do. " * 20
PLAIN = "A sentence that is neither short nor long, and asks nothing."


def turn(text: str = PLAIN, speaker: str = "Ann") -> Turn:
    return Turn(id="s1t1", speaker=speaker, text=text)


def gap(previous: Turn | None, now: Turn, *, new_segment: bool = False, asked: int | None = None) -> int:
    return gap_ms(previous, now, new_segment=new_segment, asked_gap_ms=asked)


def test_pauses_grow_from_reaction_to_chapter() -> None:
    reaction = gap(turn(), turn("Really?", "Ben"))
    same = gap(turn(), turn())
    answer = gap(turn("And why is that so, do you think?"), turn(speaker="Ben"))
    change = gap(turn(), turn(speaker="Ben"))
    after_long = gap(turn(LONG), turn(speaker="Ben"))
    chapter = gap(turn(), turn(speaker="Ben"), new_segment=True)
    assert reaction < same < answer < change < after_long < chapter
    assert (same, change, chapter) == (250, 380, 1000)


def test_first_turn_waits_for_the_player_even_though_it_opens_a_segment() -> None:
    assert gap(None, turn(), new_segment=True, asked=0) == START_MS


@pytest.mark.parametrize("end", ["?", "?”", '?"', "？", "?)", "? "])
def test_question_is_known_by_its_last_mark(end: str) -> None:
    question = turn(f"But is it true{end}x".removesuffix("x"))
    assert gap(question, turn(speaker="Ben")) < gap(turn(), turn(speaker="Ben"))


def test_asked_gap_holds_between_turns_and_only_lengthens_a_chapters() -> None:
    assert gap(turn(), turn(speaker="Ben"), asked=0) == 0
    assert gap(turn(), turn("Yes.", "Ben"), asked=700) == 700
    assert gap(turn(), turn(), new_segment=True, asked=0) == SEGMENT_MS
    assert gap(turn(), turn(), new_segment=True, asked=2500) == 2500
