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


def test_four_times_the_text_takes_no_more_than_its_share_of_time() -> None:
    def cost(length: int) -> float:
        start = time.process_time()
        for_speech('"' * length, "en")
        return time.process_time() - start

    cost(1_000)  # compiles the rules
    # The best of some is the text's own; what else the machine does only adds to it.
    once, fourfold = (min(cost(length) for _ in range(3)) for length in (20_000, 80_000))
    # In proportion it would be 4, by the square 16.
    assert fourfold < 8 * max(once, 0.02)
