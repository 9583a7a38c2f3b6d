"""Celery's hands without Celery: threads, each of which does one job after the other as a worker's process does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from narrowcast.queue.shares import Shares
from narrowcast.settings import Settings
from narrowcast.workers.kinds import KINDS
from narrowcast.workers.one_job import Did, Draining, Shown, do_one

POLL_S = 0.05


class WokenHands:
    """So many hands, each woken again and again; every job has an event loop and a store of its own."""

    def __init__(self, settings: Settings, hands: int) -> None:
        self.did: list[Did] = []
        self.begun: list[Shown] = []
        self._settings = settings
        self._ending = threading.Event()
        self._stops: list[Callable[[], object]] = []
        self._threads = [threading.Thread(target=self._run, args=(f"celery:test:{n}",)) for n in range(hands)]
        for thread in self._threads:
            thread.start()

    async def drain(self) -> None:
        """Give back what is in hand, and end."""
        self._ending.set()
        for stop in self._stops:
            stop()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _run(self, name: str) -> None:
        while not self._ending.wait(POLL_S):
            if did := asyncio.run(self._one(name)):
                self.did.append(did)

    async def _one(self, name: str) -> Did | None:
        draining, loop = Draining(), asyncio.get_running_loop()

        def stop() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(draining.begin)

        self._stops.append(stop)
        if self._ending.is_set():
            draining.begin()
        try:
            return await do_one(self._settings, Shares(100), name, KINDS, draining, self.begun.append)
        finally:
            self._stops.remove(stop)
