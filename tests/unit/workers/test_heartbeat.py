"""The heart beats on through whatever a database does, and gives up in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest

from narrowcast.errors import OutputError
from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.claims import Beat
from narrowcast.workers.heartbeat import Heart, Stop


class Line:
    """A line whose beats are what the test says."""

    def __init__(self, beat: Callable[[], Beat | None]) -> None:
        self.beats = 0
        self._beat = beat

    def heartbeat(self) -> Line:
        """Itself: it is its queue as well."""
        return self

    def beat(self, _job_id: str, _epoch: int) -> Beat | None:
        """One more."""
        self.beats += 1
        return self._beat()

    def close(self) -> None:
        """Nothing to close."""


async def told(line: Line, seconds: float = 5.0) -> Stop:
    """Why a job is stopped whose hands beat along this line."""
    heart = Heart(cast("Queue", line), every_s=0.02, give_up_s=0.3)
    stopped: asyncio.Future[Stop] = asyncio.get_running_loop().create_future()
    heart.hold("job", 1, lambda why: None if stopped.done() else stopped.set_result(why))
    try:
        return await asyncio.wait_for(stopped, seconds)
    finally:
        await heart.aclose()


@pytest.mark.parametrize("fault", [OutputError("It cannot be reached."), RuntimeError("as no database should")])
async def test_a_database_that_fails_for_too_long_costs_the_job_and_not_the_heart(fault: Exception) -> None:
    def fails() -> Any:
        raise fault

    line = Line(fails)
    assert await told(line) is Stop.LOST
    assert line.beats > 2, "it went on beating"


async def test_a_database_that_says_nothing_is_not_waited_for() -> None:
    answer = threading.Event()

    def waits() -> Beat:
        answer.wait(20)
        return Beat(cancel_requested=False)

    hung = asyncio.create_task(told(Line(waits)))
    await asyncio.wait([hung], timeout=2)
    answer.set()
    assert await hung is Stop.LOST


async def test_a_fault_that_passes_costs_nothing() -> None:
    seen = iter([OutputError("Once."), RuntimeError("Twice.")])

    def comes_back() -> Beat:
        if fault := next(seen, None):
            raise fault
        return Beat(cancel_requested=False)

    with pytest.raises(TimeoutError):
        await told(Line(comes_back), 1.0)
