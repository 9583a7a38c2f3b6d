"""Where a job stands, in seconds and in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.queue.cached import Cached
from narrowcast.queue.standing import UNKNOWN_S, Usual, in_words, remaining, starts_in, usual, work
from narrowcast.store.jobs.line import Queued, Took

from .jobs import NOW


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (1, "less than a minute"),
        (45, "less than a minute"),
        (46, "about a minute"),
        (75, "about a minute"),
        (76, "about 2 minutes"),
        (120, "about 2 minutes"),
        (615, "about 10 minutes"),
        (700, "about 15 minutes"),
        (3_500, "about an hour"),
        (7_200, "about 2 hours"),
        (86_400, "about 24 hours"),
        (86_400 * 3, "about 3 days"),
    ],
)
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("before", "running", "hands", "expected"),
    [
        (0, [], 2, 0),
        (1, [], 2, 0),
        (2, [], 2, 50),
        (0, [30], 2, 0),
        (0, [30, 70], 2, 30),
        (1, [70, 30], 2, 70),
        (2, [30, 70], 2, 130),
        (5, [30, 70], 2, 270),
        (0, [30, 70, 90], 2, 30),
        (2, [], 0, 200),
        (1, [30], 0, 130),
    ],
)
def test_it_starts_when_hands_are_free(before: int, running: list[float], hands: int, expected: float) -> None:
    assert starts_in(before, running, 100, hands) == expected


@given(st.lists(st.floats(0, 1000), max_size=6), st.integers(1, 6), st.floats(1, 1000))
def test_who_stands_further_back_never_starts_earlier(running: list[float], hands: int, each_s: float) -> None:
    starts = [starts_in(before, [min(each_s, left) for left in running], each_s, hands) for before in range(20)]
    assert all(one <= two + 1e-6 for one, two in pairwise(starts))


@dataclass(frozen=True)
class Runs:
    started_at: datetime | None = NOW - timedelta(seconds=60)
    moved_at: datetime | None = NOW - timedelta(seconds=10)
    progress: Mapping[str, Any] = field(default_factory=dict)


def test_what_runs_takes_what_its_hands_told_last_and_before_that_what_was_expected() -> None:
    assert remaining(Runs(), 100, NOW) == 40
    assert remaining(Runs(progress={"estimated_time_remaining": None}), 100, NOW) == 40
    assert remaining(Runs(progress={"estimated_time_remaining": 70}), 100, NOW) == 60
    assert remaining(Runs(), 10, NOW) == 1, "one that is overdue is not done already"


def test_the_usual_is_the_median_of_each_kind_and_corrects_what_is_thought() -> None:
    took = [Took("episode", 10, 40), Took("brief", 3, None), Took("episode", 1000, None), Took("episode", 20, 40)]
    of = usual(took)
    assert (of["episode"].seconds, of["brief"].seconds) == (20, 3)
    assert of["episode"].of(80) == 80 * (10 / 40 + 20 / 40) / 2
    assert of["brief"].of(80) == 80
    assert of["brief"].of(None) == 3
    assert Usual().of(None) == UNKNOWN_S


def test_queued_work_is_what_was_thought_corrected_and_the_usual_where_nobody_thought() -> None:
    queued = [Queued("episode", 3, 2, 100), Queued("brief", 2, 0, 0)]
    assert work(queued, {"episode": Usual(40.0, 1.5)}) == 100 * 1.5 + 40.0 + 2 * UNKNOWN_S
    assert work([], {}) == 0


async def test_a_cached_figure_is_measured_once_however_many_ask() -> None:
    measured, now = [], 0.0

    async def measure() -> int:
        measured.append(now)
        await asyncio.sleep(0)
        return len(measured)

    figure = Cached(measure, 5.0, lambda: now)
    assert await asyncio.gather(*(figure() for _ in range(50))) == [1] * 50
    now = 4.9
    assert await figure() == 1
    now = 5.0
    assert await figure() == 2
