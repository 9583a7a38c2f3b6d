"""The model of sizes: its formula against known values, its laws, and that a simulated day agrees with it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulated_day import Faults, simulated
from sizing_model import (
    Ceilings,
    Costs,
    Load,
    Prices,
    Promise,
    erlang_c,
    expected_wait_s,
    limits,
    mean_wait_s,
    size,
)

COSTS = Costs()


@pytest.mark.parametrize(
    ("hands", "work", "waits"), [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (10, 8.0, 0.40918), (3, 3.0, 1.0)]
)
def test_erlangs_formula(hands: int, work: float, waits: float) -> None:
    assert erlang_c(hands, work) == pytest.approx(waits, rel=1e-4)


def test_the_mean_wait_is_that_of_one_hand_by_pollaczek_and_khinchin() -> None:
    # One hand, busy half of the time with work of always the same length: half of what it is with exponential lengths.
    assert mean_wait_s(1, 0.05, 10, 1.0) == pytest.approx(10.0)
    assert mean_wait_s(1, 0.05, 10, 0.0) == pytest.approx(5.0)
    assert mean_wait_s(1, 0.0, 10, 1.0) == 0
    assert math.isinf(mean_wait_s(2, 0.2, 10, 1.0))


@given(st.integers(1, 300), st.floats(0.01, 0.99), st.floats(1, 300), st.floats(0, 2))
def test_more_hands_never_wait_longer(hands: int, busy: float, seconds: float, spread: float) -> None:
    a_s = busy * hands / seconds
    assert mean_wait_s(hands + 1, a_s, seconds, spread) <= mean_wait_s(hands, a_s, seconds, spread)


@settings(max_examples=30)
@given(st.integers(1, 100_000), st.sampled_from([0.0, 3600.0, 7200.0]))
def test_a_size_keeps_its_promise_and_grows_with_its_load(jobs: int, morning_s: float) -> None:
    load, promise = Load(jobs, morning_s=morning_s), Promise()
    one, more = (size(each, COSTS, Prices(), promise) for each in (load, replace(load, jobs=jobs * 2)))
    assert expected_wait_s(load, COSTS, one.hands) <= promise.wait_s
    assert one.busy <= promise.busy
    assert one.hands <= more.hands <= 2 * one.hands + 2
    assert one.queue_limit >= load.due
    for name in ("writes_a_s", "database_bytes", "stored_bytes_a_month", "calls_a_s", "requests_a_s"):
        assert getattr(one, name) <= getattr(more, name)


def test_the_first_limit_to_come_is_the_first_that_is_told_and_is_where_it_says() -> None:
    found = limits(Load(50_000), COSTS, Ceilings())
    assert [limit.jobs_a_day for limit in found] == sorted(limit.jobs_a_day for limit in found)
    writer = next(limit for limit in found if "SQLite" in limit.what)
    there = size(Load(round(writer.jobs_a_day)), COSTS, Prices(), Promise())
    assert there.writes_a_s == pytest.approx(Ceilings().sqlite_commits_a_s, rel=0.01)


def test_a_simulated_day_agrees_with_the_model() -> None:
    load = Load(4_000)
    one = size(load, COSTS, Prices(), Promise())
    day = simulated(load, COSTS, one.hands, faults=Faults(passing=0, final=0, deaths=0, paused=(0, 0)))
    assert day.asked == day.completed + day.refused
    assert day.busy == pytest.approx(one.busy_day, rel=0.08)
    assert day.busiest_hour == pytest.approx(one.busy, rel=0.15)
    assert day.mean_wait_s == pytest.approx(one.wait_s, rel=0.6, abs=2)


def test_what_fails_dies_or_pauses_is_done_again_and_nothing_is_lost() -> None:
    faults = Faults(passing=0.3, final=0.01, deaths=40, paused=(9, 10))
    day = simulated(Load(1_500), COSTS, 5, faults=faults, days=1)
    assert day.asked == day.completed + day.failed + day.refused
    assert day.lost > 20
    assert day.pauses > day.asked * 0.3
    assert 0 < day.failed < day.asked * 0.06
    assert day == simulated(Load(1_500), COSTS, 5, faults=faults, days=1), "a seed gives the same day"


def test_too_few_hands_or_calls_make_a_line_and_a_full_line_is_refused() -> None:
    load = Load(2_000)
    enough = size(load, COSTS, Prices(), Promise()).hands
    well, few = (simulated(load, COSTS, hands) for hands in (enough, enough // 2))
    assert few.mean_wait_s > 5 * well.mean_wait_s
    slowed = simulated(load, COSTS, enough, provider_calls=3.0 * enough / 2, calls_a_job=3.0)
    assert slowed.mean_wait_s > 5 * well.mean_wait_s
    full = simulated(load, COSTS, enough, queue_limit=100)
    assert full.refused > 200
