"""One job, by hands that were woken: whatever is best to do now is claimed and done, in an event loop of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from narrowcast.errors import NarrowcastError
from narrowcast.queue.queue import Queue
from narrowcast.queue.shares import Engine, Shares
from narrowcast.settings import Settings
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.studio import Studio
from narrowcast.workers.entered_keys import entered_keys
from narrowcast.workers.heartbeat import Heart, Stop
from narrowcast.workers.kinds import runs
from narrowcast.workers.loop import REPORT_S
from narrowcast.workers.side import Side
from narrowcast.workers.work import Work

DRAIN_S = 27.0
"""How long a job may take to be given back."""
LEFT = "left"
"""It could not be given back in time: somebody takes it up when its lease is over."""


@dataclass(frozen=True)
class Shown:
    """A job as whoever watches the hands sees it."""

    job: str
    title: str
    kind: str


@dataclass(frozen=True)
class Did:
    """What became of it, after how long; `more`: further jobs of the same kinds are queued."""

    shown: Shown
    outcome: str
    seconds: float
    more: bool


class Draining:
    """Whether hands are to give back what they have; may be told before there is anything."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    def begin(self) -> None:
        """From now on."""
        self._begun.set()

    @property
    def begun(self) -> bool:
        """Whether it has begun."""
        return self._begun.is_set()

    async def stops(self, work: Work, doing: asyncio.Task[str]) -> None:
        """Stop the work as soon as it begins; whatever has not ended in time is left to its lease."""
        await self._begun.wait()
        work.stop(Stop.DRAINED)
        await asyncio.wait([doing], timeout=DRAIN_S)
        doing.cancel()


async def do_one(
    settings: Settings,
    shares: Shares,
    hands: str,
    kinds: Sequence[str],
    draining: Draining,
    begun: Callable[[Shown], None],
) -> Did | None:
    """Do the best job that Celery's hands may take now; none where there is none. `begun` is told which it is.

    `hands` is told as the lease's owner. Raises as `Studio.open` and `entered_keys`, and `OutputError`: all of it
    before a job is claimed, so that no job fails by how these hands are set up.
    """
    async with AsyncExitStack() as ends:
        studio = await ends.enter_async_context(Studio.open(settings))
        await entered_keys(studio, settings)
        queue = studio.queue
        parts = await Side(queue, shares, Engine.CELERY, kinds, patient=False).parts()
        job = None if draining.begun else await queue.claim(hands, parts=parts)
        if job is None:
            return None
        since = time.monotonic()
        heart = Heart(queue)
        ends.push_async_callback(heart.aclose)
        shown = Shown(job.id, await _title(studio, job), job.kind)
        begun(shown)

        studio.share_providers()
        work = Work(queue, heart, runs(studio, kinds), job, report_every_s=REPORT_S)
        outcome = await _to_its_end(work, draining)
        return Did(shown, outcome, round(time.monotonic() - since, 3), await _more(queue, kinds))


async def _to_its_end(work: Work, draining: Draining) -> str:
    doing = asyncio.create_task(work.to_its_end())
    stopping = asyncio.create_task(draining.stops(work, doing))
    try:
        await asyncio.wait([doing])
    finally:
        stopping.cancel()
    return LEFT if doing.cancelled() else doing.result()


async def _title(studio: Studio, job: Job) -> str:
    """The title of what is made, which is only for being looked at."""
    with suppress(NarrowcastError):
        episode = await studio.store.episodes.get(job.episode_id) if job.episode_id else None
        return episode.title if episode else ""
    return ""


async def _more(queue: Queue, kinds: Sequence[str]) -> bool:
    """Whether more is queued; where the database does not tell, a sweep will."""
    with suppress(NarrowcastError):
        return any(kind in kinds and status == "queued" for kind, status in await queue.live())
    return False
