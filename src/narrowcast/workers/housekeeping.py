"""The loop that keeps house while a server runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.studio.housekeeping import Housekeeping

FIRST_S = 60.0
"""A server's first minute is for those who wait for it."""
FORGET_S = 3600.0
COLLECT_S = 24 * 3600.0

log = structlog.get_logger(__name__)


@asynccontextmanager
async def keeping_house(
    house: Housekeeping, *, first_s: float = FIRST_S, forget_s: float = FORGET_S, collect_s: float = COLLECT_S
) -> AsyncIterator[None]:
    """While the block runs, forget what is old each `forget_s` and remove files each `collect_s`; one process does."""
    keeper = asyncio.create_task(_keep(house, first_s, forget_s, collect_s))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def _keep(house: Housekeeping, first_s: float, forget_s: float, collect_s: float) -> None:
    collected_at = float("-inf")
    await asyncio.sleep(first_s)
    while True:
        try:
            await house.clean_up()
            async with house.alone() as alone:
                if alone:
                    rows = await house.forget()
                    if time.monotonic() - collected_at >= collect_s:
                        collected_at = time.monotonic()
                        removed = await house.collect()
                        log.info("house kept", rows=rows, files=removed.blobs, bytes=removed.bytes)
        except NarrowcastError as fault:
            log.warning("the house cannot be kept now", fault=fault.message)
        except Exception:
            # Tried again in an hour: a server goes on without it.
            log.exception("keeping house failed")
        await asyncio.sleep(forget_s)
