"""Turns keyed by who speaks, as the prompt asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from narrowcast.writers.llm.mend import read_turns
from narrowcast.writers.llm.scan import ItemScanner

SPEAKERS = ["Maya", "Daniel"]


@pytest.mark.parametrize(
    ("item", "spoken"),
    [
        ({"Maya": "Hello there.", "cites": [3]}, [("Maya", "Hello there.", (3,))]),
        ({"cites": [3], "daniel": "Good day."}, [("Daniel", "Good day.", (3,))]),
        ({"speaker": "Maya", "text": "Spelled out.", "cites": [9]}, [("Maya", "Spelled out.", ())]),
        ({"Bob": "Who am I?", "cites": []}, None),
        ({"Maya": "", "cites": [3]}, []),
        ({"cites": [3]}, []),
    ],
)
def test_what_a_turn_says_and_who_says_it(item: dict[str, Any], spoken: list[Any] | None) -> None:
    assert read_turns(item, SPEAKERS, {3}) == spoken


def test_such_turns_are_found_as_soon_as_each_is_closed() -> None:
    scanner = ItemScanner("speaker", "text", *SPEAKERS)
    answer = '{"turns":[{"Maya":"One {brace} and \\"quotes\\".","cites":[3]},{"DANIEL":"Two.","cites":[]}]}'
    found, at = [], []
    for place, character in enumerate(answer):
        for item in scanner.feed(character):
            found.append(item)
            at.append(place)
    assert found == [{"Maya": 'One {brace} and "quotes".', "cites": [3]}, {"DANIEL": "Two.", "cites": []}]
    assert answer[at[0]] == "}"
    assert at[0] < at[1] < len(answer) - 1
    assert scanner.done
