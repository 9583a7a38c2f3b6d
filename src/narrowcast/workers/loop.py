"""One pair of hands: claim the best job, run it, let go of it; over and over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.claims import Part
from narrowcast.workers.heartbeat import Heart, Stop
from narrowcast.workers.work import Run, Work

POLL_S = 2.0
REPORT_S = 0.5
AFTER_FAULT_S = 5.0
Parts: TypeAlias = Callable[[], Awaitable[Sequence[Part]]]

log = structlog.get_logger(__name__)


class Hands:
    """Runs one job at a time of the kinds that it knows, or of the `parts` of the line that it may take just then.

    `name` is told as the lease's owner.

    Idle, it looks for work every `poll_s`, and at once when `wake` is called.
    """

    def __init__(
        self,
        name: str,
        queue: Queue,
        heart: Heart,
        kinds: Mapping[str, Run],
        parts: Parts | None = None,
        *,
        poll_s: float = POLL_S,
        report_s: float = REPORT_S,
        after_fault_s: float = AFTER_FAULT_S,
    ) -> None:
        self._name = name
        self._queue = queue
        self._heart = heart
        self._kinds = kinds
        self._parts = parts
        self._poll_s = poll_s
        self._report_s = report_s
        self._after_fault_s = after_fault_s
        self._news = asyncio.Event()
        self._ending = False
        self._work: Work | None = None

    @property
    def busy(self) -> bool:
        """Whether a job is in them."""
        return self._work is not None

    def wake(self) -> None:
        """There may be work."""
        self._news.set()

    def drain(self) -> None:
        """Give back what is in hand, and take no more."""
        self._ending = True
        self._news.set()
        if self._work:
            self._work.stop(Stop.DRAINED)

    async def run(self) -> None:
        """Work until drained."""
        while not self._ending:
            self._news.clear()
            try:
                worked = await self._one()
            except NarrowcastError as fault:
                log.warning("hands cannot work now", fault=fault.message, hands=self._name)
                await self._rest(self._after_fault_s)
            except Exception:
                # Hands that die of one job would leave all others to wait for ever.
                log.exception("hands stumbled", hands=self._name)
                await self._rest(self._after_fault_s)
            else:
                if not worked:
                    await self._rest(self._poll_s)

    async def _one(self) -> bool:
        """Do one job, if there is one."""
        job = await self._queue.claim(self._name, sorted(self._kinds), await self._parts() if self._parts else None)
        if job is None:
            return False
        self._work = Work(self._queue, self._heart, self._kinds, job, report_every_s=self._report_s)
        if self._ending:
            self._work.stop(Stop.DRAINED)
        try:
            await self._work.to_its_end()
        finally:
            self._work = None
        return True

    async def _rest(self, seconds: float) -> None:
        if not self._ending:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), seconds)
