"""Telling hands on other machines that there is work: from a thread, since a broker that is gone takes seconds."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.shares import Engine
from narrowcast.store.jobs.on_duty import Crew

MOST = 100
"""How many wake-ups of a kind are sent at a time, however much is queued: each wakes one pair of hands, which go on to
wake the next."""

log = structlog.get_logger(__name__)


class Waker:
    """Sends wake-ups one after the other; one that cannot be sent is counted and dropped, as the next sweep sends anew.

    `send` wakes one pair of hands for a kind of work, blocks as long as it takes, and raises `OutputError`.
    """

    def __init__(self, send: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.sent = 0
        self.failed = 0
        self._send = send
        self._clock = clock
        self._wanted: Counter[str] = Counter()
        self._news = threading.Condition()
        self._ending = False
        self._failing_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
        self._thread.start()

    @property
    def unreachable_s(self) -> float:
        """For how many seconds nothing could be sent; 0 while it can be, or nothing was tried."""
        since = self._failing_since
        return 0.0 if since is None else self._clock() - since

    def wake(self, kind: str, times: int = 1) -> None:
        """There is work of that kind for so many hands. Returns at once."""
        with self._news:
            self._wanted[kind] = min(MOST, self._wanted[kind] + times)
            self._news.notify()

    def probe(self, kind: str) -> None:
        """Where nothing could be sent of late, send one more, needed or not: else nobody would see that it can be."""
        if self._failing_since is not None:
            self.wake(kind)

    async def aclose(self) -> None:
        """Send no more; a send under way may end."""
        with self._news:
            self._ending = True
            self._news.notify()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while kind := self._next():
            try:
                self._send(kind)
            except NarrowcastError as fault:
                self.failed += 1
                if self._failing_since is None:
                    self._failing_since = self._clock()
                    log.warning("hands cannot be told that there is work", fault=fault.message)
                with self._news:
                    # What is queued is told again by the next sweep; a backlog of this would only be late.
                    self._wanted.clear()
            else:
                self.sent += 1
                if self._failing_since is not None:
                    self._failing_since = None
                    log.info("hands can be told again that there is work")

    def _next(self) -> str | None:
        """The kind that the next wake-up is for; none at the end."""
        with self._news:
            while not self._ending and not self._wanted:
                self._news.wait()
            if self._ending:
                return None
            kind = next(iter(self._wanted))
            self._wanted[kind] -= 1
            if not self._wanted[kind]:
                del self._wanted[kind]
            return kind


def wake_ups(live: Mapping[tuple[str, str], int], crews: Sequence[Crew]) -> dict[str, int]:
    """How many wake-ups each kind needs, given the live jobs by kind and status: one for each pair of idle hands.

    At least one for a kind that has queued jobs: how many are idle is known with some delay.
    """
    wanted = {}
    for (kind, status), jobs in live.items():
        if status == "queued" and jobs:
            mine = [crew for crew in crews if crew.engine == Engine.CELERY and kind in crew.kinds]
            idle = sum(max(0, crew.slots - crew.busy) for crew in mine)
            wanted[kind] = min(jobs, MOST, max(1, idle))
    return wanted
