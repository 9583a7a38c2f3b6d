"""Text that is shown on a line moves no cursor and hides no word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.one_line import one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b]0;title\x07", "[31mred]0;title"),
        ("C1 \x9b31m", "C1 31m"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("two\nlines\tand \u2028 more", "two lines and more"),
        ("zero\u200bwidth", "zerowidth"),
        ("👩\u200d🔬 keeps its joiner", "👩\u200d🔬 keeps its joiner"),
        ("broken \ud800 surrogate", "broken surrogate"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(text=st.text())
def test_it_is_always_one_line_that_can_be_written(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert one_line(shown) == shown
