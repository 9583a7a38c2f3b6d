"""Months in UTC, and what is left of one's money."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import InputError
from narrowcast.money.monthly import Allowance, Month, month_hint, month_of, monthly_limit, read_month


@given(st.datetimes(datetime(2000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - naive by hypothesis' contract
def test_each_moment_lies_in_its_month_and_months_follow_each_other(at: datetime) -> None:
    month = month_of(at)
    assert month.begins <= at < month.ends == month.next.begins
    assert read_month(str(month)) == month


def test_a_month_begins_in_utc_wherever_the_server_stands() -> None:
    at = datetime(2026, 12, 1, 3, tzinfo=timezone(timedelta(hours=5)))
    assert month_of(at) == Month(2026, 11)


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "0000-01", "9999-01", "november", "２０２６-11", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no month"):
        read_month(text)


def test_what_is_left() -> None:
    month = Month(2026, 11)
    assert Allowance(month, None, 99.0).left_usd is None
    assert not Allowance(month, None, 99.0).used_up
    assert Allowance(month, 5.0, 2.0, 1.0).left_usd == 2.0
    assert Allowance(month, 5.0, 7.0).left_usd == 0.0
    assert Allowance(month, 0.0, 0.0).used_up
    assert "1 December 2026" in month_hint(month)


def test_ones_own_limit_goes_before_the_tiers_also_when_it_is_nothing() -> None:
    assert monthly_limit(None, 1.0) == 1.0
    assert monthly_limit(0.0, 1.0) == 0.0
    assert monthly_limit(None, None) is None
