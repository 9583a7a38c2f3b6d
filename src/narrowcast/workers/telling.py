"""The loop that tells owners what became of their jobs: the inbox first, then webhooks, e-mail and browsers."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from narrowcast.accounts.emails import is_placeholder
from narrowcast.errors import ConflictError, LimitError, NarrowcastError
from narrowcast.notify import push
from narrowcast.notify.events import (
    EMAIL_TEST,
    EMAILED_BY_DEFAULT,
    PUSH_TEST,
    PUSHED_BY_DEFAULT,
    WEBHOOK_TEST,
    event_of,
)
from narrowcast.notify.retries import Attempt
from narrowcast.notify.webhooks import payload
from narrowcast.notify.words import Ended, of_test, words
from narrowcast.store.home import Store
from narrowcast.store.telling.deliveries import Claimed
from narrowcast.store.telling.telling import Notice, Untold
from narrowcast.workers.delivering import Channels, deliver, settlement
from narrowcast.workers.weekly import tell_weeks

log = structlog.get_logger(__name__)

BATCH = 50
TESTS_A_MINUTE = 6
WEEKS_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Pace:
    """How often and how much. A lease outlasts a try, so that none is made twice while it goes on."""

    poll_s: float = 1.0
    at_once: int = 8
    at_once_an_owner: int = 4
    lease: timedelta = timedelta(seconds=60)
    drain_s: float = 20.0


class Teller:
    """Tells of jobs that ended, and delivers; any number of them may work on one store."""

    def __init__(
        self, store: Store, channels: Channels, pace: Pace | None = None, clock: Callable[[], datetime] | None = None
    ) -> None:
        self.channels = channels
        self._store = store
        self._pace = pace or Pace()
        self._clock = clock or store.now
        self._holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._woken = asyncio.Event()
        self._weeks_at: datetime | None = None
        self._open: dict[asyncio.Task[None], str] = {}

    def wake(self) -> None:
        """There may be something to tell."""
        self._woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Teller]:
        """The loop, while the block runs; then what is on its way may end, within the time to drain.

        What does not end in time is tried again when its lease is over, by whoever runs then.
        """
        loop = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            loop.cancel()
            with suppress(asyncio.CancelledError):
                await loop
            await self._drain()

    async def test_webhook(self, owner_id: str, webhook_id: str) -> Attempt:
        """Send a test to a webhook, now and once. Raises `NotFoundError`, `LimitError`."""
        hook = await self._store.webhooks.get(owner_id, webhook_id)
        await self._within_limit(owner_id, WEBHOOK_TEST)
        now = self._clock()
        told = payload(WEBHOOK_TEST, now, {"webhook_id": hook.id, "message": of_test().body})
        return await self._test(owner_id, hook.id, WEBHOOK_TEST, told, now)

    async def test_email(self, owner_id: str) -> Attempt:
        """Send a test to the owner's own address, now and once. Raises `ConflictError`, `LimitError`."""
        if not self.channels.sends_mail:
            raise ConflictError(
                "This server sends no e-mail.", hint="Its owner can set NARROWCAST_SMTP_URL and NARROWCAST_MAIL_FROM."
            )
        user = await self._store.accounts.get(owner_id)
        if user is None or is_placeholder(user.email):
            raise ConflictError("Your account has no address that e-mail could go to.", hint="Have it changed.")
        await self._within_limit(owner_id, EMAIL_TEST)
        said = of_test()
        return await self._test(owner_id, None, EMAIL_TEST, {"title": said.title, "body": said.body}, self._clock())

    async def test_push(self, owner_id: str, browser_id: str) -> Attempt:
        """Send a test to a browser, now and once. Raises `NotFoundError`, `LimitError`."""
        browser = await self._store.browsers.get(owner_id, browser_id)
        await self._within_limit(owner_id, PUSH_TEST)
        said = of_test()
        told = {**push.told(said.title, said.body, None, PUSH_TEST), "browser_id": browser.id}
        return await self._test(owner_id, None, PUSH_TEST, told, self._clock(), channel="push")

    async def tell(self) -> int:
        """Write down what became of jobs that ended; how many there were."""
        told = 0
        while True:
            jobs = await self._store.telling.untold(BATCH)
            for job in jobs:
                told += await self._store.telling.tell(notice_of(job, self.channels), self._clock())
            if len(jobs) < BATCH:
                return told

    async def deliver_due(self) -> None:
        """Begin all tries that are due, as many as may be at once."""
        while len(self._open) < self._pace.at_once and await self._store.deliveries.any_due(self._clock()):
            busy = [owner for owner, n in Counter(self._open.values()).items() if n >= self._pace.at_once_an_owner]
            claimed = await self._store.deliveries.claim(self._holder, self._clock(), self._pace.lease, besides=busy)
            if claimed is None:
                return
            task = asyncio.create_task(self._try(claimed))
            self._open[task] = claimed.owner_id
            task.add_done_callback(self._closed)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.tell()
                await self._tell_weeks()
                await self.deliver_due()
            except NarrowcastError as error:
                log.warning("telling must wait", reason=error.message)
            except Exception:
                log.exception("telling failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._pace.poll_s)

    async def _tell_weeks(self) -> None:
        now = self._clock()
        if self.channels.sends_mail and not (self._weeks_at and now - self._weeks_at < WEEKS_EVERY):
            self._weeks_at = now
            await tell_weeks(self._store, now)

    async def _try(self, claimed: Claimed) -> None:
        try:
            attempt = await self._attempt(claimed)
        except NarrowcastError as error:
            log.warning("a delivery was not written down", delivery_id=claimed.id, reason=error.message)
        except Exception:
            log.exception("a delivery failed", delivery_id=claimed.id)
        else:
            log.info(
                "delivered" if attempt.delivered else "not delivered",
                delivery_id=claimed.id,
                channel=claimed.channel,
                event_type=claimed.event,
                tries=claimed.tries,
                code=attempt.code,
                note=attempt.note,
            )

    async def _attempt(self, claimed: Claimed) -> Attempt:
        attempt = await deliver(claimed, self.channels, self._clock)
        now = self._clock()
        chance = random.random()  # noqa: S311 - jitter
        await self._store.deliveries.settle(claimed, settlement(claimed, attempt, now, chance), now)
        return attempt

    async def _test(
        self,
        owner_id: str,
        webhook_id: str | None,
        event: str,
        told: dict[str, Any],
        now: datetime,
        channel: str = "",
    ) -> Attempt:
        claimed = await self._store.deliveries.add_test(
            owner_id,
            webhook_id=webhook_id,
            event=event,
            payload=told,
            holder=self._holder,
            now=now,
            lease=self._pace.lease,
            channel=channel,
        )
        return await self._attempt(claimed)

    async def _within_limit(self, owner_id: str, event: str) -> None:
        since = self._clock() - timedelta(minutes=1)
        if await self._store.deliveries.recent(owner_id, event, since) >= TESTS_A_MINUTE:
            raise LimitError("That were many tests within a minute.", hint="Wait a minute.", retry_after_s=60)

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._open.pop(task, None)
        self.wake()

    async def _drain(self) -> None:
        if not self._open:
            return
        _, late = await asyncio.wait(set(self._open), timeout=self._pace.drain_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def notice_of(job: Untold, channels: Channels) -> Notice:
    """What is told of a job."""
    event = event_of(job.status, script_only=job.script_only)
    said = words(Ended(event, job.title, job.error_message, job.duration_ms))
    data: dict[str, Any] = {"job_id": job.job_id, "episode_id": job.episode_id, "status": job.status}
    if channels.public_url and job.episode_id:
        data["url"] = f"{channels.public_url}/api/v1/podcasts/{job.episode_id}"
    chosen = EMAILED_BY_DEFAULT if job.email_on is None else job.email_on
    pushed = PUSHED_BY_DEFAULT if job.push_on is None else job.push_on
    return Notice(
        job_id=job.job_id,
        owner_id=job.owner_id,
        episode_id=job.episode_id,
        event=event,
        title=said.title,
        body=said.body,
        payload=payload(event, job.finished_at, data),
        by_email=channels.sends_mail and event in chosen and not is_placeholder(job.email),
        push=push.told(said.title, said.body, job.episode_id, job.job_id) if event in pushed else None,
    )
