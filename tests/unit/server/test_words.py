"""Figures and names in words, as pages show them."""

from __future__ import annotations

import pytest

from narrowcast.server.web.words import device, several, span


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150 Safari/537.36 Edg/150",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Safari/604.1",
            "Safari on an iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("", "A browser"),
        ("<script>" * 20, ("<script>" * 5)),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent: str, name: str) -> None:
    assert device(user_agent) == name


@pytest.mark.parametrize(("seconds", "words"), [(None, "0 s"), (90, "2 min"), (3600, "1 h"), (3900, "1 h 5")])
def test_spans_leave_out_what_is_nothing(seconds: float | None, words: str) -> None:
    assert span(seconds) == words


def test_many_are_easy_to_read() -> None:
    assert (several(1, "word"), several(12_345, "word")) == ("1 word", "12,345 words")
