"""Addresses that switch e-mail off stand for one user, and cannot be made up."""

from __future__ import annotations

import pytest

from narrowcast.errors import NotFoundError
from narrowcast.notify.unsubscribing import owner_of, unsubscribe_token


def test_a_token_stands_for_its_user_under_its_key_only() -> None:
    token = unsubscribe_token("olga-id", b"k" * 32)
    assert owner_of(token, b"k" * 32) == "olga-id"
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for forged, key in ((token, b"o" * 32), (changed, b"k" * 32), ("", b"k" * 32), ("é.\x00", b"k" * 32)):
        with pytest.raises(NotFoundError):
            owner_of(forged, key)
