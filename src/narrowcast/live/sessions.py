"""Who is listening to what is being made: one session an episode, however many listen; ended when the last has left."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress

from narrowcast.errors import LimitError
from narrowcast.live.session import Session
from narrowcast.store.home import Store
from narrowcast.store.jobs.rows import Job

LINGER_S = 90.0
"""How long a session stays once nobody listens: who paused for a moment comes back to it."""
LOOKED_AFTER_S = 2.0
MOST = 24
MOST_OF_ONE_OWNER = 6
FORGOTTEN_S = 15.0
"""One that nobody has asked anything of for so long makes room for another."""


class Sessions:
    """The sessions of one serving process; `closing` ends all of them."""

    def __init__(
        self,
        store: Store,
        closing: asyncio.Event,
        *,
        linger_s: float = LINGER_S,
        most: int = MOST,
        most_of_one_owner: int = MOST_OF_ONE_OWNER,
    ) -> None:
        self._store = store
        self._closing = closing
        self._linger_s = linger_s
        self._most = most
        self._most_of_one_owner = most_of_one_owner
        self._sessions: dict[str, Session] = {}
        self._opening = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None

    def at(self, job_id: str) -> Session | None:
        """The session of a job, if there is one that goes on."""
        session = self._sessions.get(job_id)
        return session if session and not session.closed and session.fault is None else None

    async def open(self, job: Job) -> Session:
        """The session of a job, begun where it is not there. Raises `LimitError`, `OutputError`."""
        async with self._opening:
            if session := self.at(job.id):
                session.touch()
                return session
            if failed := self._sessions.pop(job.id, None):
                await failed.aclose()
            if self._closing.is_set():
                raise LimitError("The server is ending.", hint="Come again.", retry_after_s=5, everyone=True)
            await self._make_room(job.owner_id)
            session = Session(self._store, job)
            await session.open()
            self._sessions[job.id] = session
            if self._keeper is None or self._keeper.done():
                self._keeper = asyncio.create_task(self._keep())
            return session

    async def aclose(self) -> None:
        """End all of them."""
        self._closing.set()
        if self._keeper:
            await self._keeper
        async with self._opening:
            await self._end(list(self._sessions))

    async def _make_room(self, owner_id: str) -> None:
        """End the one that was forgotten longest, where there are too many. Raises `LimitError`."""
        while too_many := self._too_many(owner_id):
            idle = [each for each in too_many if each.idle_s > FORGOTTEN_S]
            if not idle:
                everyone = len(too_many) == self._most
                raise LimitError(
                    "Too many episodes are being listened to while they are made.",
                    hint="Wait for the finished episode, or end listening to another.",
                    retry_after_s=30,
                    everyone=everyone,
                )
            await self._end([max(idle, key=lambda each: each.idle_s).job.id])

    def _too_many(self, owner_id: str) -> list[Session]:
        """The sessions of which one must go before another comes."""
        owners = Counter(session.job.owner_id for session in self._sessions.values())
        if owners[owner_id] >= self._most_of_one_owner:
            return [each for each in self._sessions.values() if each.job.owner_id == owner_id]
        return list(self._sessions.values()) if len(self._sessions) >= self._most else []

    async def _keep(self) -> None:
        """End those whose listeners have left, as long as there are some."""
        while self._sessions and not self._closing.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_AFTER_S):
                    await self._closing.wait()
            async with self._opening:
                left = [key for key, each in self._sessions.items() if each.idle_s > self._linger_s]
                await self._end(list(self._sessions) if self._closing.is_set() else left)

    async def _end(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            await self._sessions.pop(job_id).aclose()
