"""The local engine: hands in this process, which nobody has to start and which take up at once what a crash left."""

from __future__ import annotations

import asyncio
import fcntl
import os
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from narrowcast.errors import NarrowcastError
from narrowcast.queue.shares import Engine, Shares
from narrowcast.queue.sweeping import LOCAL
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.studio.studio import Studio
from narrowcast.studio.warming import warm_up
from narrowcast.version import __version__
from narrowcast.workers import attendance, heartbeat, loop, sweeper
from narrowcast.workers.attendance import attending, crew_name
from narrowcast.workers.heartbeat import Heart
from narrowcast.workers.kinds import runs
from narrowcast.workers.loop import Hands
from narrowcast.workers.side import Side
from narrowcast.workers.sweeper import sweep_for_ever
from narrowcast.workers.work import Run

LOCK = "hands.lock"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """Every interval of the engine, in seconds. `drain_s` is how long jobs may take to be given back at the end."""

    poll_s: float = loop.POLL_S
    report_s: float = loop.REPORT_S
    after_fault_s: float = loop.AFTER_FAULT_S
    beat_s: float = heartbeat.EVERY_S
    give_up_s: float = heartbeat.GIVE_UP_S
    sweep_s: float = sweeper.EVERY_S
    attend_s: float = attendance.EVERY_S
    lock_s: float = 1.0
    drain_s: float = 27.0


class LocalEngine:
    """So many hands as tasks of this event loop, a heart and a sweeper.

    Of all processes that share a home only the one that holds its lock has hands; the others wait for it. Where Celery
    has hands too, `shares` says which jobs are whose, and `unreachable_s` since when those cannot be told of theirs;
    `sweeping` is done after each sweep.
    """

    def __init__(
        self,
        studio: Studio,
        *,
        home: Path,
        hands: int,
        pace: Pace | None = None,
        kinds: Mapping[str, Run] | None = None,
        shares: Shares | None = None,
        unreachable_s: Callable[[], float] = lambda: 0.0,
        sweeping: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._queue = studio.queue
        self._providers = studio.access.keys().keys()
        self._lock = home / LOCK
        self._home_name = studio.store.home_name
        self._count = hands
        self._pace = pace or Pace()
        self._kinds = kinds or runs(studio)
        self._side = Side(
            studio.queue, shares or Shares(), Engine.LOCAL, sorted(self._kinds), unreachable_s=unreachable_s
        )
        self._sweeping = sweeping
        self._name = crew_name()
        self._hands: list[Hands] = []
        self._engine: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._draining = asyncio.Event()
        self._dying = asyncio.Event()
        self._fault: BaseException | None = None
        studio.share_providers()

    def crew(self) -> Crew:
        """These hands, as others are told of them; while they stand by, nobody is to count on them."""
        return Crew(
            name=self._name,
            engine=Engine.LOCAL,
            kinds=sorted(self._kinds),
            slots=0 if self._side.stands_by else len(self._hands),
            busy=sum(hands.busy for hands in self._hands),
            version=__version__,
        )

    def start(self) -> None:
        """Begin to work, as soon as no other process does; with no hands, only what is due or lost is looked after."""
        self._engine = asyncio.create_task(self._run() if self._count else self._sweep())
        self._engine.add_done_callback(self._over)

    def wake(self) -> None:
        """There may be work: whatever hands are idle look for it at once."""
        for hands in self._hands:
            hands.wake()

    async def ready(self) -> None:
        """Wait until the hands are at work, and what an earlier process left was taken back."""
        await self._ready.wait()

    @property
    def dead(self) -> bool:
        """Whether it has ended by a fault of its own, so that nobody works here until the next start."""
        return self._fault is not None

    async def died(self) -> None:
        """Wait for ever, unless it ends by a fault of its own: that is raised."""
        await self._dying.wait()
        if self._fault:
            raise self._fault

    async def drain(self) -> None:
        """Give all jobs back and end, within `drain_s`; may be called twice. What was paid for is kept."""
        if self._engine is None:
            return
        self._draining.set()
        for hands in self._hands:
            hands.drain()
        done, _ = await asyncio.wait([self._engine], timeout=self._pace.drain_s)
        if not done:
            log.error("some jobs could not be given back in time: they are taken up at the next start")
            self._engine.cancel()
            await asyncio.wait([self._engine], timeout=1.0)
        self._engine = None

    def _over(self, engine: asyncio.Task[None]) -> None:
        fault = None if engine.cancelled() else engine.exception()
        if fault:
            log.error("hands have died: nobody works here until the next start", exc_info=fault)
            self._fault = fault
            self._dying.set()

    async def _sweep(self) -> None:
        """What hands elsewhere need done for them."""
        pace = self._pace
        sweeping = asyncio.create_task(
            sweep_for_ever(self._queue, self.wake, every_s=pace.sweep_s, besides=self._sweeping)
        )
        self._ready.set()
        await self._draining.wait()
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)

    async def _run(self) -> None:
        await asyncio.to_thread(warm_up, self._providers)
        descriptor = await self._locked()
        if descriptor is None:
            return
        try:
            await self._at_work()
        finally:
            os.close(descriptor)

    async def _locked(self) -> int | None:
        """The lock; none when the end came first. The kernel drops it when this process dies, however it dies."""
        with telling_of_disk(self._lock):
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        waiting = False
        while not self._draining.is_set():
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not waiting:
                    log.warning("another process works on this home's jobs: this one waits for its end")
                    waiting = True
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._draining.wait(), self._pace.lock_s)
            else:
                return descriptor
        os.close(descriptor)
        return None

    async def _at_work(self) -> None:
        pace, boot_id = self._pace, f"{LOCAL}{self._home_name}:{uuid.uuid4().hex[:12]}"
        await self._recover(boot_id)
        heart = Heart(self._queue, every_s=pace.beat_s, give_up_s=pace.give_up_s)
        self._hands = [
            Hands(
                f"{boot_id}:{number}",
                self._queue,
                heart,
                self._kinds,
                self._side.parts,
                poll_s=pace.poll_s,
                report_s=pace.report_s,
                after_fault_s=pace.after_fault_s,
            )
            for number in range(self._count)
        ]
        if self._draining.is_set():
            self._hands = []
        self._ready.set()
        sweeping = asyncio.create_task(
            sweep_for_ever(self._queue, self.wake, every_s=pace.sweep_s, boot_id=boot_id, besides=self._sweeping)
        )
        working = [asyncio.create_task(hands.run()) for hands in self._hands]
        try:
            async with attending(self._queue, self.crew, every_s=pace.attend_s):
                await asyncio.gather(*working)
        finally:
            for task in (sweeping, *working):
                task.cancel()
            await asyncio.gather(sweeping, *working, return_exceptions=True)
            await heart.aclose()

    async def _recover(self, boot_id: str) -> None:
        """Take back at once what an earlier process held, and what came due meanwhile."""
        while not self._draining.is_set():
            try:
                if taken := await self._queue.recover(boot_id):
                    log.info("jobs of an earlier process are taken up", jobs=taken)
                await self._queue.sweep()
            except NarrowcastError as fault:
                log.warning("the queue cannot be taken up yet", fault=fault.message)
                await asyncio.sleep(self._pace.after_fault_s)
            else:
                return
