"""What is due or lost in the queue is looked for every few seconds, in each process that has hands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.queue import Queue

EVERY_S = 10.0

log = structlog.get_logger(__name__)


async def sweep_for_ever(queue: Queue, wake: Callable[[], None], *, every_s: float = EVERY_S) -> None:
    """Sweep each `every_s`, and call `wake` when there is something to do."""
    while True:
        await asyncio.sleep(every_s)
        try:
            swept = await queue.sweep()
            if swept.lost or swept.hung:
                log.warning("jobs were taken from their hands", lost=swept.lost, hung=swept.hung, failed=swept.failed)
            if swept.queued:
                wake()
        except NarrowcastError as fault:
            log.warning("the queue cannot be swept now", fault=fault.message)
