"""What is due or lost in the queue is looked for every few seconds, in each process that has hands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.queue import Queue

EVERY_S = 10.0
LEAP_S = 15.0
"""A sleep that took so much longer or shorter by the clock was none of this process's own making."""

log = structlog.get_logger(__name__)


async def sweep_for_ever(
    queue: Queue,
    wake: Callable[[], None],
    *,
    every_s: float = EVERY_S,
    boot_id: str | None = None,
    besides: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Sweep each `every_s`, and call `wake` when there is something to do; `besides` is done after each sweep.

    Where the machine slept, the process was stopped, or the clock was set, the jobs of its own hands (`boot_id`) have
    not been left by anybody: they go on as if that time had not passed.
    """
    while True:
        slept_at = queue.now()
        await asyncio.sleep(every_s)
        try:
            leap_s = (queue.now() - slept_at).total_seconds() - every_s
            if boot_id and abs(leap_s) > LEAP_S and (jobs := await queue.forgive(boot_id, leap_s)):
                log.warning("time has leapt: running jobs go on as if it had not", seconds=round(leap_s), jobs=jobs)
            swept = await queue.sweep()
            if swept.lost or swept.hung:
                log.warning("jobs were taken from their hands", lost=swept.lost, hung=swept.hung, failed=swept.failed)
            if swept.queued:
                wake()
            if besides:
                await besides()
        except NarrowcastError as fault:
            log.warning("the queue cannot be swept now", fault=fault.message)
        except Exception:
            # Without it nothing would come due, and nothing lost be taken back, until somebody starts this anew.
            log.exception("sweeping failed")
