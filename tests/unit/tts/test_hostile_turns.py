"""Turns that no person wrote: what they cost to be made ready grows with their length, not with its square."""

from __future__ import annotations

import time

import pytest

from narrowcast.tts.spoken.normalise import for_speech

_UNITS = [
    *(
        "=",
        "\\",
        "{",
        "<",
        "#",
        "!",
        "-",
        "1",
        ")",
        "🎉",
        " ",
        "\n",
        "a.a.",
        "1.2.",
        "a-a-",
        "~~a ",
        '"',
        "**a ",
        "<!-- ",
    ),
    *("www.a.", "https://a/)", "Mr. ", "1 m ", ". ", "a@a.", "[](", "|--", "_a ", "etc. "),
]


@pytest.mark.parametrize("ending", ["", "x\n!"])
@pytest.mark.parametrize("unit", _UNITS)
def test_no_sign_repeated_takes_long(unit: str, ending: str) -> None:
    text = (unit * (20_000 // len(unit)))[:20_000] + ending
    start = time.process_time()
    for_speech(text, "en")
    assert time.process_time() - start < 1


def test_an_address_keeps_what_ends_the_sentence() -> None:
    assert for_speech("See https://example.org/a/b?c=1). Then go.", "en") == "See example dot org). Then go."
    assert for_speech("It is at https://example.org...", "en") == "It is at example dot org..."


def test_twice_the_text_takes_twice_the_time() -> None:
    def cost(length: int) -> float:
        start = time.process_time()
        for_speech('"' * length, "en")
        return time.process_time() - start

    cost(1_000)  # compiles the rules
    assert cost(80_000) < 3 * max(cost(40_000), 0.05)
