"""Claims in text that repeats itself without end."""

from __future__ import annotations

import time

import pytest

from narrowcast.script.claims import unsupported


@pytest.mark.parametrize("unit", ["St. ", "Ab ", "1,", "555-", "one-", "1 ", " ", "\n", "Ab\n", "1/2"])
def test_claims_are_found_in_proportion_to_the_text(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    start = time.process_time()
    unsupported(text, ["Foo 12"], "en")
    # A tenth of a second on a quiet machine; were it the square of the length, a minute.
    assert time.process_time() - start < 4
