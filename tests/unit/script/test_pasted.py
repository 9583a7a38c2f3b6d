"""What a pasted text is called."""

from __future__ import annotations

import pytest

from narrowcast.script.pasted import LONGEST, title_of_text

LONG = "Rain falls on the hill. The river carries it to the sea. In 1953 the sea came back over the dykes."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n\n# On bees\n\nThey dance.", "On bees"),
        ("A note.\nMore.", "A note."),
        (LONG, "Rain falls on the hill"),
        ("Who knows why? " + LONG, "Who knows why?"),
        ("word " * 40, "word " * 15 + "word…"),
        ("x" * 200, "x" * (LONGEST - 1) + "…"),
        (" \n\t\n#\n", ""),
    ],
)
def test_a_text_is_called_by_its_first_line_or_sentence_never_by_half_a_word(text: str, title: str) -> None:
    assert title_of_text(text) == title
    assert len(title) <= LONGEST
