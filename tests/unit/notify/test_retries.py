"""When a message is sent again, and when an address is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from narrowcast.notify.retries import DELAYS_S, JITTER, MAX_TRIES, again_after_s, is_hopeless

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_ten_tries_over_three_days() -> None:
    waits = [again_after_s(tries, 0) for tries in range(1, MAX_TRIES + 1)]
    assert waits == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, None]
    assert timedelta(days=3) < timedelta(seconds=sum(DELAYS_S)) < timedelta(days=4)


def test_chance_only_makes_a_delay_longer_and_by_little() -> None:
    assert again_after_s(2, 0.999) == 300 * (1 + JITTER * 0.999)


def test_an_address_is_given_up_after_days_and_tries_never_after_one_of_them() -> None:
    long_ago, lately = NOW - timedelta(days=5), NOW - timedelta(days=4, hours=23)
    assert is_hopeless(10, long_ago, NOW)
    assert not is_hopeless(9, long_ago, NOW)
    assert not is_hopeless(1_000, lately, NOW)
    assert not is_hopeless(10, None, NOW)


@pytest.mark.parametrize(("wish_s", "waits_s"), [(None, 300), (10, 300), (1_000, 1_000), (1e9, 86_400)])
def test_a_wish_to_wait_is_heeded_within_reason(wish_s: float | None, waits_s: float) -> None:
    assert again_after_s(2, 0, wish_s) == waits_s
    assert again_after_s(MAX_TRIES, 0, wish_s) is None
