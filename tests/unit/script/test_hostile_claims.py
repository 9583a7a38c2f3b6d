"""Claims in text that repeats itself without end."""

from __future__ import annotations

import time

import pytest

from narrowcast.script.claims import unsupported


@pytest.mark.parametrize("unit", ["St. ", "Ab ", "1,", "555-", "one-", "1 ", " ", "\n", "Ab\n", "1/2"])
def test_claims_are_found_in_proportion_to_the_text(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    took = []
    for _ in range(3):  # the best of them: what else the machine does counts as well
        start = time.process_time()
        unsupported(text, ["Foo 12"], "en")
        took.append(time.process_time() - start)
    assert min(took) < 0.8
