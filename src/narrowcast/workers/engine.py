"""A server's way to hands: its own, and where Celery has some too, theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from narrowcast.queue.queue import Queue
from narrowcast.queue.shares import Shares
from narrowcast.settings import Settings
from narrowcast.studio.studio import Studio
from narrowcast.workers.kinds import KINDS, runs
from narrowcast.workers.local import LocalEngine
from narrowcast.workers.waking import Waker, wake_ups


class ServerHands:
    """What hands a server has, and how it has others told. `waker` is there where Celery's hands are."""

    def __init__(self, engine: LocalEngine, waker: Waker | None = None) -> None:
        self.engine = engine
        self.waker = waker

    def wake(self, kind: str) -> None:
        """There is work of that kind. Returns at once."""
        self.engine.wake()
        if self.waker:
            self.waker.wake(kind)


def shares_of(settings: Settings) -> Shares:
    """How jobs are shared out by these settings."""
    return Shares(settings.celery_share if settings.engine == "celery" else None)


@asynccontextmanager
async def server_hands(
    studio: Studio, settings: Settings, load_keys: Callable[[], Awaitable[None]]
) -> AsyncIterator[ServerHands]:
    """The hands, which are not at work yet. Raises `SettingError` where Celery is asked for and not installed."""
    shares, kinds = shares_of(settings), runs(studio, before=load_keys)
    if shares.celery is None:
        yield ServerHands(LocalEngine(studio, home=settings.home, hands=settings.jobs_at_once, kinds=kinds))
        return
    from narrowcast.workers.celery import sender

    waker = Waker(sender(settings))
    engine = LocalEngine(
        studio,
        home=settings.home,
        hands=settings.jobs_at_once,
        kinds=kinds,
        shares=shares,
        unreachable_s=lambda: waker.unreachable_s,
        sweeping=lambda: _remind(studio.queue, waker),
    )
    try:
        yield ServerHands(engine, waker)
    finally:
        await waker.aclose()


async def _remind(queue: Queue, waker: Waker) -> None:
    """Tell Celery's hands again of what is queued: a message may be lost, and hands may have come."""
    wanted = wake_ups(await queue.live(), await queue.crews())
    for kind, times in wanted.items():
        waker.wake(kind, times)
    if not wanted:
        waker.probe(KINDS[0])
