"""Laws of what follows from play intervals: order and pieces do not matter; nothing is more than there was."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.listening.days import begins_ms, day_of, parts, summed
from narrowcast.listening.heat import MostReplayed, buckets, ever, levels, most_replayed, skipped, warmed
from narrowcast.listening.intervals import credited_ms
from narrowcast.listening.progress import completed, heard, is_finished, marked, segments, share
from narrowcast.listening.spans import gaps, total, union, within
from narrowcast.store.listening.records import DayHeard, EpisodeHeard, Played, Progress

LENGTH_MS = 100_000
NOON = int(datetime(2026, 3, 29, 12, tzinfo=UTC).timestamp() * 1000)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu", "Australia/Lord_Howe")


def played(start: int, end: int, *, at: int = NOON, rate: float = 1.0, zone: str = "UTC", **more: object) -> Played:
    """An interval, in milliseconds, that took as long as it should."""
    values = {"event_id": f"{at}-{start}-{end}", "episode_id": "e", "device": "d", "duration_ms": LENGTH_MS} | more
    took = round((end - start) / rate)
    return Played(
        revision=1,
        from_ms=start,
        to_ms=end,
        rate=rate,
        start_ms=at,
        end_ms=at + took,
        zone=zone,
        day=day_of(at, ZoneInfo(zone)),
        **values,  # type: ignore[arg-type]
    )


@st.composite
def intervals(draw: st.DrawFn) -> Played:
    """Anything that was heard at one of the rates that milliseconds can tell, within two days."""
    start = draw(st.integers(0, LENGTH_MS // 4 - 10)) * 4
    end = draw(st.integers(start // 4 + 1, LENGTH_MS // 4)) * 4
    at = NOON + draw(st.integers(-24 * 3_600_000, 24 * 3_600_000))
    return played(start, end, at=at, rate=draw(st.sampled_from((0.5, 1.0, 2.0))), zone=draw(st.sampled_from(ZONES)))


def days_of(given_: list[Played]) -> list[tuple[DayHeard, tuple[EpisodeHeard, ...]]]:
    """Every day that they reach into, summed."""
    pieces = [part for one in given_ for part in parts(one, credited_ms(one))]
    found = [summed(day, pieces) for day in sorted({part.day for part in pieces})]
    return [one for one in found if one]


@given(st.lists(intervals(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_does_not_matter(given_: list[Played], chance: random.Random) -> None:
    shuffled = list(given_)
    chance.shuffle(shuffled)
    now = NOON + 3 * 86_400_000
    one_by_one = Progress(1)
    for one in shuffled:
        one_by_one = heard(one_by_one, [one], now)
    assert one_by_one == heard(Progress(1), given_, now)
    assert days_of(shuffled) == days_of(given_)


@given(intervals(), st.lists(intervals(), max_size=5), st.data())
def test_told_in_pieces_it_is_the_same(one: Played, others: list[Played], data: st.DataObject) -> None:
    place = data.draw(st.integers(one.from_ms // 4 + 1, max(one.from_ms // 4 + 1, one.to_ms // 4 - 1))) * 4
    if place >= one.to_ms:
        return
    then = one.start_ms + round((place - one.from_ms) / one.rate)
    second = replace(one, from_ms=place, start_ms=then, event_id="second", day=day_of(then, ZoneInfo(one.zone)))
    pieces = [replace(one, to_ms=place, end_ms=then), second, *others]
    now = NOON + 3 * 86_400_000
    assert heard(Progress(1), pieces, now) == heard(Progress(1), [one, *others], now)
    for (day, by), (day_again, by_again) in zip(days_of(pieces), days_of([one, *others]), strict=True):
        assert replace(day, speed=1) == replace(day_again, speed=1)
        assert day.speed == pytest.approx(day_again.speed)
        assert [replace(e, speed=1) for e in by] == [replace(e, speed=1) for e in by_again]


@given(st.lists(intervals(), min_size=1, max_size=12))
def test_nothing_is_more_than_there_was(given_: list[Played]) -> None:
    progress = heard(Progress(1), given_, NOON + 3 * 86_400_000)
    assert 0 < share(progress, LENGTH_MS) <= 1
    assert ever(progress.heat) == progress.heard == union((one.from_ms, one.to_ms) for one in given_)
    assert sum((b - a) * times for a, b, times in levels(progress.heat)) == sum(p.to_ms - p.from_ms for p in given_)
    for day, episodes in days_of(given_):
        first, last = (begins_ms(day.day, ZoneInfo(zone)) for zone in ("Pacific/Kiritimati", "Pacific/Niue"))
        assert day.listened_ms <= last - first + 25 * 3_600_000
        assert day.sessions >= 1
        assert 0.25 <= day.speed <= 4
        assert day.completion is not None
        assert 0 < day.completion <= 1
        assert all(e.heard_ms <= LENGTH_MS and e.listened_ms <= day.listened_ms for e in episodes)
    listened = sum(day.listened_ms for day, _ in days_of([replace(one, zone="UTC") for one in given_]))
    assert listened == total(union((one.start_ms, one.start_ms + credited_ms(one)) for one in given_))
    spread = buckets(progress.heat, LENGTH_MS)
    assert sum(spread.heard) * LENGTH_MS / 100 == pytest.approx(sum(p.to_ms - p.from_ms for p in given_), abs=20)
    assert all(0 <= part <= 1 + 1e-6 for part in spread.skips)
    assert all(again <= times for again, times in zip(spread.replays, spread.heard, strict=True))


@given(st.integers(0, 4_000_000_000_000), st.sampled_from(ZONES))
def test_a_time_lies_within_its_day(at: int, zone: str) -> None:
    clock = ZoneInfo(zone)
    day = day_of(at, clock)
    assert begins_ms(day, clock) <= at < begins_ms(day + timedelta(days=1), clock)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_stretches_are_what_sets_of_their_places_are(pairs: list[tuple[int, int]]) -> None:
    places = {at for start, end in pairs for at in range(start, end)}
    spans = union(pairs)
    assert {at for start, end in spans for at in range(start, end)} == places
    assert total(spans) == len(places)
    assert all(a[1] < b[0] for a, b in pairwise(spans))
    assert {at for start, end in within(spans, 10, 30) for at in range(start, end)} == places & set(range(10, 30))
    assert {at for start, end in gaps(spans, 10, 30) for at in range(start, end)} == set(range(10, 30)) - places


def test_an_evening_past_midnight_is_one_day_and_a_night_past_four_is_two() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    late = int(datetime(2026, 11, 21, 23, 50, tzinfo=berlin).timestamp() * 1000)
    evening = played(0, 1_200_000, at=late, zone="Europe/Berlin", duration_ms=2_000_000)
    assert [(day.day, day.listened_ms) for day, _ in days_of([evening])] == [(date(2026, 11, 21), 1_200_000)]
    night = replace(evening, start_ms=late + 4 * 3_600_000, end_ms=late + 4 * 3_600_000 + 1_200_000)
    assert [(day.day, day.listened_ms) for day, _ in days_of([night])] == [
        (date(2026, 11, 21), 600_000),
        (date(2026, 11, 22), 600_000),
    ]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 7, 1), 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert begins_ms(day + timedelta(days=1), berlin) - begins_ms(day, berlin) == hours * 3_600_000


def test_two_devices_at_once_are_one_listener_and_150_hours_do_not_go_into_a_day() -> None:
    both = [played(0, 60_000, device="phone"), played(20_000, 80_000, device="desk", event_id="other")]
    (day, (episode,)), *_ = days_of(both)
    assert (day.listened_ms, episode.heard_ms, episode.plays) == (60_000, 80_000, 1)
    hours = [
        played(0, 3_600_000, at=NOON + n, event_id=f"{n}", episode_id=f"{n}", duration_ms=None) for n in range(150)
    ]
    ((busy, _),) = days_of(hours)
    assert busy.listened_ms == 3_600_149


def test_more_than_passed_on_the_clock_is_not_credited() -> None:
    one = replace(played(0, 60_000), end_ms=NOON + 10_000)
    assert credited_ms(one) == 10_000
    assert credited_ms(replace(one, end_ms=NOON + 600_000)) == 60_000  # waiting for sound is not listening
    assert credited_ms(replace(played(0, 60_000, rate=2), end_ms=NOON + 600_000)) == 30_000


def test_plays_sessions_and_stops() -> None:
    half_an_hour = 30 * 60_000
    told = [
        played(0, 30_000),
        played(30_000, 49_000, at=NOON + 30_000 + half_an_hour - 1),
        played(0, 20_000, at=NOON + 4 * half_an_hour),
        played(95_000, 100_000, at=NOON + 8 * half_an_hour),
    ]
    ((day, (episode,)),) = days_of(told)
    # Neither a minute nor half of it was heard in any session.
    assert (day.sessions, episode.sessions, episode.plays, episode.stops) == (3, 3, 0, (49_000, 20_000))
    ((_, (more,)),) = days_of([*told, played(49_000, 50_000, at=NOON + 60_000 + half_an_hour)])
    assert more.plays == 1
    ((_, (slow,)),) = days_of([replace(one, duration_ms=1_000_000) for one in told])
    assert slow.plays == 0


def test_what_was_passed_over_and_what_was_heard_again() -> None:
    heat = warmed((), [(0, 10_000), (5_000, 8_000), (40_000, 50_000), (50_500, 60_000), (5_000, 8_000)])
    assert skipped(heat) == ((10_000, 40_000),)
    assert most_replayed(heat) == MostReplayed(5_000, 8_000, 3)
    spread = buckets(heat, LENGTH_MS)
    assert spread.heard[:10] == (1, 1, 1, 1, 1, 3, 3, 3, 1, 1)
    assert spread.replays[4:9] == (0, 2, 2, 2, 0)
    assert spread.skips[9:11] == (0, 1)
    assert most_replayed(warmed((), [(0, 5_000)])) is None
    assert buckets((), 0).heard == (0.0,) * 100
    many = warmed((), [(n * 10, n * 10 + 5) for n in range(5_000)])
    assert len(many) <= 4_000


def test_segments_are_chapters_or_else_minutes() -> None:
    assert segments([0, 30_000], LENGTH_MS) == ((0, 30_000), (30_000, LENGTH_MS))
    minutes = segments([0], LENGTH_MS)
    assert minutes == ((0, 60_000), (60_000, LENGTH_MS))
    assert segments([], None) == ()
    progress = heard(Progress(1), [played(0, 58_000), played(70_000, 100_000)], NOON + 10**9)
    assert completed(progress, minutes) == (0,)
    assert not is_finished(progress, None)
    assert not is_finished(heard(Progress(1), [played(80_000, 100_000)], NOON + 10**9), LENGTH_MS)
    assert is_finished(heard(Progress(1), [played(30_000, 95_000)], NOON + 10**9), LENGTH_MS)
    done = marked(progress, LENGTH_MS, NOON, finished=True)
    assert (completed(done, minutes), share(done, LENGTH_MS), done.position_ms) == ((0, 1), 1, LENGTH_MS)
    fresh = marked(done, LENGTH_MS, NOON + 10**9, finished=False)
    assert share(heard(fresh, [played(0, 50_000)], NOON + 2 * 10**9), LENGTH_MS) == 0
