"""Wake-ups: sent from a thread, dropped where they fail, as many as there are idle hands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from narrowcast.errors import OutputError
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.workers.waking import MOST, Waker, wake_ups


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


async def test_whoever_asks_waits_for_nothing_and_what_fails_is_counted_and_dropped() -> None:
    sent: list[str] = []
    gone, standing_still = threading.Event(), threading.Event()
    now = [100.0]

    def send(kind: str) -> None:
        standing_still.wait(30)
        if gone.is_set():
            raise OutputError("Redis is gone.")
        sent.append(kind)

    waker = Waker(send, clock=lambda: now[0])
    for _ in range(1000):
        waker.wake("episode")
    waker.wake("brief", 2)
    assert sent == []
    standing_still.set()
    until(lambda: sent.count("brief") == 2)
    assert MOST <= sent.count("episode") <= MOST + 1, "however many asked"
    assert (waker.sent, waker.failed, waker.unreachable_s) == (len(sent), 0, 0.0)

    gone.set()
    waker.wake("episode")
    until(lambda: waker.failed == 1)
    now[0] = 161.0
    assert waker.unreachable_s == 61.0
    waker.wake("episode")
    until(lambda: waker.failed == 2)
    assert waker.unreachable_s == 61.0, "since the first that failed"
    waker.probe("episode")
    until(lambda: waker.failed == 3)

    gone.clear()
    before = waker.sent
    waker.probe("episode")
    until(lambda: waker.sent == before + 1)
    assert waker.unreachable_s == 0.0
    waker.probe("episode")
    assert (waker.sent, sum(waker._wanted.values())) == (before + 1, 0), "nothing is sent for the sake of it"
    await waker.aclose()


@pytest.mark.parametrize(
    ("queued", "crews", "wanted"),
    [
        (0, [], {}),
        (5, [], {"episode": 1}),
        (5, [Crew("a", "celery", ["episode"], 4, 1, "1")], {"episode": 3}),
        (2, [Crew("a", "celery", ["episode"], 4, 1, "1")], {"episode": 2}),
        (5, [Crew("a", "celery", ["episode"], 4, 4, "1")], {"episode": 1}),
        (5, [Crew("a", "celery", ["brief"], 4, 0, "1"), Crew("b", "local", ["episode"], 4, 0, "1")], {"episode": 1}),
        (9_999, [Crew("a", "celery", ["episode"], 500, 0, "1")], {"episode": MOST}),
    ],
)
def test_one_wake_up_for_each_pair_of_idle_hands_and_one_at_least(
    queued: int, crews: list[Crew], wanted: dict[str, int]
) -> None:
    live = {("episode", "queued"): queued, ("episode", "running"): 7, ("brief", "scheduled"): 3}
    assert wake_ups(live, crews) == wanted
