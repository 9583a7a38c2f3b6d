"""One claimed job, from its claim to its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeAlias

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.pipeline.events import Event
from narrowcast.queue.outcome import Cancelled, Completed, Drained, Failed, Outcome
from narrowcast.queue.queue import Queue
from narrowcast.store.episodes.revisions import Publication
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.jobs import Made
from narrowcast.workers.ending import OUR_FAULT, outcome_of
from narrowcast.workers.heartbeat import Heart, Stop
from narrowcast.workers.reporting import Report

ABANDON_S = 60.0
"""How long a job that was stopped may take to end before its hands go on without it."""
FINISH_TRIES = 6
LOST = "lost"

Run: TypeAlias = Callable[[Job, Callable[[Event], None]], Coroutine[Any, Any, Made]]
"""Makes what a job of one kind asks for."""

log = structlog.get_logger(__name__)


class Work:
    """The run of one claimed job; `stop` ends it early."""

    def __init__(
        self,
        queue: Queue,
        heart: Heart,
        kinds: Mapping[str, Run],
        job: Job,
        *,
        report_every_s: float,
        abandon_s: float = ABANDON_S,
    ) -> None:
        self.job = job
        self._queue = queue
        self._heart = heart
        self._run = kinds[job.kind]
        self._report_every_s = report_every_s
        self._abandon_s = abandon_s
        self._why: Stop | None = None
        self._task: asyncio.Task[Made] | None = None

    def stop(self, why: Stop) -> None:
        """Stop it, once; that it is lost goes before any other reason."""
        if self._why is None or why is Stop.LOST:
            first, self._why = self._why is None, why
            if first and self._task:
                self._task.cancel()

    async def to_its_end(self) -> str:
        """Run the job, and let go of it in the way that it ended: `completed`, `drained`, `lost` and so on."""
        with structlog.contextvars.bound_contextvars(job_id=self.job.id):
            log.info("job begins", kind=self.job.kind, epoch=self.job.epoch, failures=self.job.failures)
            self._heart.hold(self.job.id, self.job.epoch, self.stop)
            try:
                outcome, publication = await self._ended()
                if self._why is Stop.LOST:
                    log.warning("job is lost: somebody else has it, or its heartbeats failed")
                    return LOST
                return await self._finish(outcome, publication)
            finally:
                self._heart.let_go(self.job.id)

    async def _ended(self) -> tuple[Outcome, Publication | None]:
        report = Report(self._queue, self.job, self.stop, every_s=self._report_every_s)
        task = self._task = asyncio.create_task(self._run(self.job, report.on_event))
        if self._why:
            task.cancel()
        try:
            await self._until_done(task)
        finally:
            await report.aclose()
        if not task.done():
            log.error("job does not end although it was stopped: its hands go on without it")
            return Failed(OUR_FAULT, retryable=True), None
        try:
            made = task.result()
        except asyncio.CancelledError:
            return Cancelled() if self._why is Stop.CANCELLED else Drained(), None
        except NarrowcastError as fault:
            log.info("job failed", fault=fault.message)
            return outcome_of(fault), None
        except Exception:
            log.exception("job failed by a fault of ours")
            return Failed(OUR_FAULT, retryable=True), None
        return Completed(made.result), made.publication

    async def _until_done(self, task: asyncio.Task[Made]) -> None:
        """Wait for the end; for that of one that was stopped not for ever."""
        while not task.done():
            await asyncio.wait([task], timeout=self._abandon_s)
            if self._why and not task.done():
                await asyncio.wait([task], timeout=self._abandon_s)
                return

    async def _finish(self, outcome: Outcome, publication: Publication | None) -> str:
        """Write the outcome. A database that fails is asked again while the heartbeats hold the job."""
        for attempt in range(FINISH_TRIES):
            try:
                ours = await self._queue.finish(self.job.id, self.job.epoch, outcome, publication)
            except NarrowcastError as fault:
                log.warning("the job's end cannot be written yet", fault=fault.message)
                await asyncio.sleep(0.5 * 2**attempt)
                continue
            said = type(outcome).__name__.lower()
            log.info("job ended" if ours else "job was lost before its end", outcome=said)
            return said if ours else LOST
        log.error("the job's end could not be written: it is taken up again when its lease ends")
        return LOST
