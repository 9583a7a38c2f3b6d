"""Telling clients what happens to their jobs, as it happens: one poller a process, however many clients watch.

Who watches first registers, then reads where things stand, then takes what came after: so nothing is lost, and by the
events' ids nothing is told twice. A client that cannot keep up is let go, and resumes by its `Last-Event-ID`.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog

from narrowcast.errors import LimitError, NarrowcastError
from narrowcast.store.jobs.events import JobEvent, JobEvents
from narrowcast.store.jobs.jobs import JobStatus

EVERY_S = 1.0
CHECKED_EVERY_S = 10.0
"""How soon a stream ends whose session or token does not let its user in any more."""
BATCH = 5_000
MOST_CLIENTS = 2_500
MOST_OF_ONE_OWNER = 500
MOST_WAITING = 256
"""Frames that wait for one client; whoever lags further is let go."""
ENDS = frozenset(status.value for status in JobStatus if status.ended)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Frame:
    """One event as it goes over the wire; `ends` tells that its job will have no further one."""

    id: int
    data: bytes
    ends: bool = False


def frame(identity: int, kind: str, data: str, *, ends: bool = False) -> Frame:
    """An event with `data`, which is JSON on one line (WHATWG HTML, section 9.2)."""
    return Frame(identity, f"event: {kind}\nid: {identity}\ndata: {data}\n\n".encode(), ends)


def frame_of(event: JobEvent) -> Frame:
    """What happened to a job, with whose it is."""
    told = {"job_id": event.job_id, "episode_id": event.episode_id, "at": event.at.isoformat()}
    return frame(event.id, event.kind, json.dumps(told | dict(event.data)), ends=event.kind in ENDS)


class Watch:
    """What waits for one client. `job_id` none: all jobs of the owner. `credential` is what the client showed."""

    def __init__(self, owner_id: str, job_id: str | None, credential: str = "") -> None:
        self.owner_id = owner_id
        self.credential = credential
        self.job_id = job_id
        self.closed = False
        self._waiting: deque[Frame] = deque()
        self._news = asyncio.Event()

    def put(self, told: Frame) -> None:
        """Have `told` wait; one too many lets the client go."""
        if len(self._waiting) >= MOST_WAITING:
            self.close()
        elif not self.closed:
            self._waiting.append(told)
            self._news.set()

    def close(self) -> None:
        """Tell no more."""
        self.closed = True
        self._waiting.clear()
        self._news.set()

    async def take(self, wait_s: float) -> list[Frame]:
        """What waits, after at most `wait_s`; nothing when nothing came, or when it is `closed`."""
        if not self._waiting and not self.closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
        self._news.clear()
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


class Events:
    """Who watches what, and the one poller that tells them. `closing` ends all of it.

    `let_in` tells which credentials are good still; who showed another is let go.
    """

    def __init__(
        self,
        events: JobEvents,
        closing: asyncio.Event,
        *,
        let_in: Callable[[Collection[str]], Awaitable[Collection[str]]] | None = None,
        every_s: float = EVERY_S,
        checked_every_s: float = CHECKED_EVERY_S,
        most_clients: int = MOST_CLIENTS,
        most_of_one_owner: int = MOST_OF_ONE_OWNER,
    ) -> None:
        self.log = events
        self._closing = closing
        self._let_in = let_in
        self._every_s = every_s
        self._checked_every_s = checked_every_s
        self._most_clients = most_clients
        self._most_of_one_owner = most_of_one_owner
        self._watches: dict[str, set[Watch]] = {}
        self._of_owner: Counter[str] = Counter()
        self._starting = asyncio.Lock()
        self._poller: asyncio.Task[None] | None = None
        self._told = 0

    @property
    def clients(self) -> int:
        """How many watch now."""
        return self._of_owner.total()

    def admit(self, owner_id: str) -> None:
        """Refuse one client too many. Raises `LimitError`."""
        if self._of_owner[owner_id] >= self._most_of_one_owner:
            raise LimitError("You watch in too many places at once.", hint="Close some of them.", retry_after_s=10)
        if self.clients >= self._most_clients:
            raise LimitError(
                "Too many watch just now.", hint="Ask for the job instead.", retry_after_s=10, everyone=True
            )

    @contextmanager
    def watching(self, owner_id: str, job_id: str | None, credential: str = "") -> Iterator[Watch]:
        """Have what happens from now on wait in the watch; call `begin` before looking where things stand."""
        watch = Watch(owner_id, job_id, credential)
        place = job_id or owner_id
        self._watches.setdefault(place, set()).add(watch)
        self._of_owner[owner_id] += 1
        try:
            yield watch
        finally:
            self._watches[place].discard(watch)
            if not self._watches[place]:
                del self._watches[place]
            self._of_owner[owner_id] -= 1
            if not self._of_owner[owner_id]:
                del self._of_owner[owner_id]

    async def begin(self) -> None:
        """Have the poller run. Whatever happens after this is told."""
        async with self._starting:
            if self._closing.is_set():
                self._close_all()
            elif self._poller is None or self._poller.done():
                self._told = await self.log.newest_id()
                self._poller = asyncio.create_task(self._poll())

    async def aclose(self) -> None:
        """Let everyone go."""
        self._closing.set()
        self._close_all()
        if self._poller:
            await self._poller

    async def _poll(self) -> None:
        """Runs as long as somebody watches."""
        time = asyncio.get_running_loop().time
        check_at = time() + self._checked_every_s
        try:
            while self._watches and not self._closing.is_set():
                await self._look()
                if time() >= check_at:
                    await self._check()
                    check_at = time() + self._checked_every_s
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await self._closing.wait()
        finally:
            # Whoever watches still would wait for nothing; they come again, and are told what they missed.
            self._close_all()

    async def _look(self) -> None:
        try:
            for event in await self.log.after(self._told, BATCH):
                self._tell(event)
                self._told = event.id
        except NarrowcastError as error:
            log.warning("cannot look what happened to jobs", reason=error.message)

    async def _check(self) -> None:
        """Let those go whose session or token has ended; they come again, and are told why they may not."""
        watches = [watch for watches in self._watches.values() for watch in watches if watch.credential]
        if self._let_in is None or not watches:
            return
        try:
            good = await self._let_in({watch.credential for watch in watches})
        except NarrowcastError as error:
            log.warning("cannot look who may watch", reason=error.message)
            return
        for watch in watches:
            if watch.credential not in good:
                watch.close()

    def _tell(self, event: JobEvent) -> None:
        watches = [*self._watches.get(event.job_id, ()), *self._watches.get(event.owner_id, ())]
        if watches:
            told = frame_of(event)
            for watch in watches:
                watch.put(told)

    def _close_all(self) -> None:
        for watch in [watch for watches in self._watches.values() for watch in watches]:
            watch.close()
