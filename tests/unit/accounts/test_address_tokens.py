"""Tokens in addresses: whole, of one spelling, for one thing."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.accounts.address_tokens import Moment, feed_of, feed_token, moment_of, moment_token

KEY, OTHER = b"k" * 32, b"o" * 32
ID = str(uuid.UUID(int=2**127 - 1))
MOMENT = Moment(ID, 3, 61_000, 0, datetime(2026, 12, 1, tzinfo=UTC))


def test_a_token_opens_what_it_was_made_for() -> None:
    assert feed_of(KEY, feed_token(KEY, ID)) == ID
    assert feed_token(KEY, ID) == feed_token(KEY, ID)
    assert moment_of(KEY, moment_token(KEY, MOMENT)) == MOMENT


def test_a_token_opens_nothing_else() -> None:
    feed, moment = feed_token(KEY, ID), moment_token(KEY, MOMENT)
    assert feed_of(OTHER, feed) is None
    assert moment_of(OTHER, moment) is None
    assert feed_of(KEY, moment) is None
    assert moment_of(KEY, feed) is None
    other = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()
    assert feed_of(KEY, other[:21] + feed[21:]) is None


def test_a_token_has_one_spelling() -> None:
    feed = feed_token(KEY, ID)
    assert len(feed) == 48
    for wrong in (f"{feed}=", f"{feed}A", feed[:-1], feed.swapcase(), f" {feed}", f"{feed}\n", "", "é" * 48, "A" * 48):
        assert feed_of(KEY, wrong) is None
    moment = moment_token(KEY, MOMENT)
    ends = [moment[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    assert [one for one in ends if moment_of(KEY, one)] == [moment]


@given(st.text())
def test_anything_may_be_shown(text: str) -> None:
    assert feed_of(KEY, text) is None
    assert moment_of(KEY, text) is None
