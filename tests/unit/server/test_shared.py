"""What other apps share: an address wherever it stands, or a text."""

from __future__ import annotations

import pytest

from narrowcast.server.web.shared import address_shared, text_shared

PAGE = "https://vellmar.example/siltation?a=1"


@pytest.mark.parametrize(
    ("url", "text", "meant"),
    [
        (PAGE, "", PAGE),
        (f" {PAGE}\n", "whatever", PAGE),
        ("", PAGE, PAGE),
        ("", f"Why harbours silt up {PAGE}", PAGE),
        ("", f"Look at this: ({PAGE}).", PAGE),
        ("javascript:alert(1)", "", None),
        ("file:///etc/passwd", "", None),
        ("", f"{PAGE} {PAGE}/other", None),
        ("", f"{'A long text that is worth reading. ' * 20} {PAGE}", None),
        ("", "", None),
    ],
)
def test_the_address_that_was_meant(url: str, text: str, meant: str | None) -> None:
    assert address_shared(url, text) == meant


def test_a_text_goes_under_its_title_once() -> None:
    assert text_shared("Tides \n", " The moon pulls. ") == "# Tides\n\nThe moon pulls."
    assert text_shared("Tides", "Tides come and go.") == "Tides come and go."
    assert text_shared("Tides", " ") == ""
