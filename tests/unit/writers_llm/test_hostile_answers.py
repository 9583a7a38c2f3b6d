"""Answers of a model that has lost itself in one sign."""

from __future__ import annotations

import time

import pytest

from narrowcast.writers.llm.mend import read_turns


@pytest.mark.parametrize("unit", ["\n", "\n ", " ", "[", "![", "[](", "*a ", "~~a ", "[1,", "(both ", "```\n"])
def test_turns_are_read_in_proportion_to_the_answer(unit: str) -> None:
    text = "Well." + unit * (20_000 // len(unit)) + "x"
    start = time.process_time()
    assert read_turns({"speaker": "Maya", "text": text}, ["Maya", "Daniel"], {1})
    assert time.process_time() - start < 0.8
