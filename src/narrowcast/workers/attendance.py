"""Saying every few seconds that this process has hands, for whoever counts them."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.on_duty import Crew

EVERY_S = 15.0

log = structlog.get_logger(__name__)


def crew_name() -> str:
    """A name that no other process has or had: `host:pid:1a2b3c4d`."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@asynccontextmanager
async def attending(queue: Queue, crew: Callable[[], Crew], *, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """While the block runs, tell each `every_s` who is there; at its end, that nobody is any more."""
    telling = asyncio.create_task(_tell(queue, crew, every_s))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        # Where that cannot be written, they are thought to be gone once they were not seen for a while.
        with suppress(NarrowcastError):
            await queue.leave(crew().name)


async def _tell(queue: Queue, crew: Callable[[], Crew], every_s: float) -> None:
    while True:
        try:
            await queue.report(crew())
        except NarrowcastError as fault:
            log.warning("it cannot be told that hands are here", fault=fault.message)
        await asyncio.sleep(every_s)
