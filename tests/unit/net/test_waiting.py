"""How a server's wish to wait is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from narrowcast.net import wish_s


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 1.5 ", 1.5),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("1e9", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
    ],
)
def test_seconds_or_a_date_or_nothing(value: str, seconds: float | None) -> None:
    assert wish_s(value) == seconds


def test_a_date_to_come() -> None:
    wished = wish_s(format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True))
    assert wished is not None
    assert 590 < wished <= 600
