"""Items that are longer than anything a person would listen to."""

from __future__ import annotations

import json
import time

import pytest

from narrowcast.script.dialogue import MAX_TURN_CHARACTERS, OutlineSegment, Turn
from narrowcast.writers.llm.mend import read_entry, read_turns
from narrowcast.writers.llm.scan import ItemScanner, read_object


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("One more river. " * 2_000, "river."),
        ("川があります。" * 3_000, "。"),
        ("river " * 4_000, "river"),
        ("あ" * 25_000, "あ"),
    ],
    ids=["sentences", "wide sentences", "words", "one word"],
)
def test_a_turn_that_is_too_long_is_said_in_several_breaths(text: str, ends: str) -> None:
    spoken = read_turns({"Maya": text, "cites": [1]}, ["Maya", "Daniel"], {1})
    assert spoken
    assert len(spoken) == -(-len(text) // MAX_TURN_CHARACTERS)
    for speaker, said, cites in spoken:
        assert said.endswith(ends)
        Turn(id="s1t1", speaker=speaker, text=said, cites=cites)
    assert "".join("".join(said.split()) for _, said, _ in spoken) == "".join(text.split())


def test_a_title_that_is_too_long_is_cut() -> None:
    entry = read_entry({"name": "River " * 1_000}, ())
    assert isinstance(entry, OutlineSegment)
    assert len(entry.name) <= 300


def test_quotes_without_end_are_read_in_proportion_to_their_number() -> None:
    start = time.process_time()
    assert read_object('{"text":"' + 'a "b" ' * 8_000 + '"}') == {"text": 'a "b" ' * 8_000}
    assert read_object('{"text":"' + 'a "b" ' * 100_000 + '"}') is None, "so much is not mended"
    assert time.process_time() - start < 1.0


def test_what_is_valid_is_read_however_long_it_is() -> None:
    item = {"speaker": "Maya", "text": "river " * 20_000}
    assert read_object(json.dumps(item)) == item


def test_an_item_that_is_too_long_to_be_mended_is_told_of_as_one() -> None:
    assert ItemScanner("speaker").feed('{"turns":[{"speaker":"Maya","text":"' + 'a "b" ' * 20_000 + '"},') == [None]
