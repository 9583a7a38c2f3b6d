"""A running job's progress and events, written together: twice a second, sooner where a turn can be heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.pipeline.events import Event, TurnPlaced
from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.job_progress import SCRIPT_SHARE, JobProgress, told
from narrowcast.workers.heartbeat import Stop

EVERY_S = 0.5
SOONEST_S = 0.1
"""What somebody may be waiting to hear is written so soon after the last time."""

log = structlog.get_logger(__name__)


class Report:
    """Takes the events of one run as they come; `stop` is called when the job is lost, or its owner cancelled it.

    A heartbeat hears the same; but it comes seldom, and what is cancelled should not be paid for until then.
    """

    def __init__(self, queue: Queue, job: Job, stop: Callable[[Stop], None], *, every_s: float = EVERY_S) -> None:
        self._queue = queue
        self._job = job
        self._stop = stop
        self._every_s = every_s
        floor = job.progress.get("progress_percentage", 0.0)
        whole = 100.0 if not job.params.get("stop_after_script") else SCRIPT_SHARE
        self._progress = JobProgress(time.monotonic(), floor=floor, whole=whole)
        self._events: list[tuple[str, Mapping[str, Any]]] = []
        self._news = asyncio.Event()
        self._urgent = asyncio.Event()
        self._writing = asyncio.create_task(self._write())

    def on_event(self, event: Event) -> None:
        """Something happened."""
        self._progress = self._progress.after(event, time.monotonic())
        if news := told(event):
            self._events.append(news)
        self._news.set()
        if isinstance(event, TurnPlaced):
            self._urgent.set()

    async def aclose(self) -> None:
        """Write what is left, and end; nothing that goes wrong in it is worth more than how the job ended."""
        self._writing.cancel()
        await asyncio.gather(self._writing, return_exceptions=True)
        if self._news.is_set():
            await self._once()

    async def _write(self) -> None:
        while True:
            await self._news.wait()
            self._urgent.clear()
            await asyncio.shield(self._once())
            soonest_s = min(SOONEST_S, self._every_s)
            await asyncio.sleep(soonest_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s - soonest_s):
                    await self._urgent.wait()

    async def _once(self) -> None:
        self._news.clear()
        events, self._events = self._events, []
        try:
            if self._progress.expected_s is None:
                expected_s = await self._queue.expected_s(self._job)
                self._progress = replace(self._progress, expected_s=expected_s)
            shown = self._progress.shown(time.monotonic())
            beat = await self._queue.progress(self._job.id, self._job.epoch, shown, [*events, ("progress", shown)])
        except NarrowcastError as fault:
            self._events = [*events, *self._events]
            log.warning("progress cannot be written yet", fault=fault.message)
            return
        if beat is None:
            self._stop(Stop.LOST)
        elif beat.cancel_requested:
            self._stop(Stop.CANCELLED)
