"""Heartbeats of the jobs that this process holds, from a thread of its own: a busy event loop costs no lease."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.heartbeat import Heartbeat

EVERY_S = 15.0
GIVE_UP_S = 45.0
ABANDON_S = 15.0

log = structlog.get_logger(__name__)


class Stop(Enum):
    """Why a job is to be stopped before its end."""

    LOST = auto()
    CANCELLED = auto()
    DRAINED = auto()


@dataclass
class _Held:
    epoch: int
    stop: Callable[[Stop], None]
    silent_s: float = 0.0


class Heart:
    """Beats for every job that is held, each `every_s`.

    A job whose lease somebody else has, or that had no good beat for `give_up_s` of this process's life, is stopped
    as `LOST`: before its lease ends, so that no two work on it. What its owner wants cancelled is stopped as well.
    """

    def __init__(self, queue: Queue, *, every_s: float = EVERY_S, give_up_s: float = GIVE_UP_S) -> None:
        self._queue = queue
        self._every_s = every_s
        self._give_up_s = give_up_s
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._watching = asyncio.create_task(self._watch())
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def hold(self, job_id: str, epoch: int, stop: Callable[[Stop], None]) -> None:
        """Beat for this job from now on; `stop` is called in the event loop."""
        with self._lock:
            self._held[job_id] = _Held(epoch, stop)

    def let_go(self, job_id: str) -> None:
        """Beat for it no more."""
        with self._lock:
            self._held.pop(job_id, None)

    async def aclose(self) -> None:
        """End the thread; one that waits for the database is left to it."""
        self._watching.cancel()
        self._ending.set()
        await asyncio.to_thread(self._thread.join, ABANDON_S)

    def _run(self) -> None:
        line = self._queue.heartbeat()
        try:
            while not self._ending.wait(self._every_s):
                with self._lock:
                    held = list(self._held.items())
                for job_id, each in held:
                    # One that fails takes seconds to do so: the others are not to wait for as many each.
                    if not self._beat(line, job_id, each):
                        break
        finally:
            line.close()

    def _beat(self, line: Heartbeat, job_id: str, held: _Held) -> bool:
        """Whether the database answered."""
        try:
            beat = line.beat(job_id, held.epoch)
        except NarrowcastError as fault:
            log.warning("a heartbeat failed", job_id=job_id, fault=fault.message)
            return False
        except Exception:
            # A thread that dies of one beat would let all leases end.
            log.exception("a heartbeat failed", job_id=job_id)
            return False
        if beat is None:
            self._tell(held, Stop.LOST)
        else:
            held.silent_s = 0.0
            if beat.cancel_requested:
                self._tell(held, Stop.CANCELLED)
        return True

    async def _watch(self) -> None:
        """Give up in time what had no good beat, also where the thread waits for a database that says nothing.

        Time in which the whole process stood still does not count: then the next beat tells what became of its jobs.
        """
        tick_s, looked_at = self._every_s / 10, time.monotonic()
        while True:
            await asyncio.sleep(tick_s)
            lived_s, looked_at = min(time.monotonic() - looked_at, 2 * tick_s), time.monotonic()
            with self._lock:
                held = list(self._held.values())
            for each in held:
                each.silent_s += lived_s
                if each.silent_s > self._give_up_s:
                    each.stop(Stop.LOST)

    def _tell(self, held: _Held, why: Stop) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(held.stop, why)
