"""When off-peak work may begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import SettingError
from narrowcast.queue.off_peak import OffPeak

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = OffPeak.parse("22:00-06:00", BERLIN)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-03-02T12:00", "2026-03-02T22:00"),
        ("2026-03-02T22:00", "2026-03-02T22:00"),
        ("2026-03-02T23:59", "2026-03-02T23:59"),
        ("2026-03-03T05:59", "2026-03-03T05:59"),
        ("2026-03-03T06:00", "2026-03-03T22:00"),
        ("2026-03-28T21:00", "2026-03-28T22:00"),
        ("2026-03-29T05:30", "2026-03-29T05:30"),
        ("2026-10-25T06:30", "2026-10-25T22:00"),
    ],
)
def test_now_inside_the_window_else_its_next_beginning(now: str, start: str) -> None:
    assert NIGHT.next_start(at(now)) == at(start)


def test_a_window_by_day_does_not_go_over_midnight() -> None:
    lunch = OffPeak.parse("12:00 - 13:30", BERLIN)
    assert lunch.next_start(at("2026-03-02T13:29")) == at("2026-03-02T13:29")
    assert lunch.next_start(at("2026-03-02T13:30")) == at("2026-03-03T12:00")


def test_where_the_clocks_leap_over_its_hours_it_begins_as_much_later() -> None:
    leapt = OffPeak.parse("02:15-04:00", BERLIN)
    assert leapt.next_start(at("2026-03-29T00:30")) == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)
    swallowed = OffPeak.parse("02:30-03:00", BERLIN)
    assert swallowed.next_start(at("2026-03-29T00:30")) == at("2026-03-30T02:30")


def test_where_the_clocks_show_an_hour_twice_it_begins_the_first_time() -> None:
    twice = OffPeak.parse("02:30-05:00", BERLIN)
    assert twice.next_start(at("2026-10-25T00:30")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


HOURS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda hour: f"{hour[0]:02}:{hour[1]:02}")


@given(
    st.tuples(HOURS, HOURS).filter(lambda hours: hours[0] != hours[1]),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - the zone comes below
)
def test_it_never_lies_in_the_past_and_comes_within_two_days(
    hours: tuple[str, str], zone: str, moment: datetime
) -> None:
    now = moment.replace(tzinfo=UTC)
    window = OffPeak.parse("-".join(hours), ZoneInfo(zone))
    start = window.next_start(now)
    assert now <= start <= now + timedelta(hours=50)
    assert window.next_start(start) == start, "what may begin then begins then"


@pytest.mark.parametrize("words", ["", "22-6", "24:00-06:00", "22:00", "22:60-23:00", "10:00-10:00", "night"])
def test_what_is_no_window_is_refused(words: str) -> None:
    with pytest.raises(SettingError, match="no window of hours"):
        OffPeak.parse(words, BERLIN)
