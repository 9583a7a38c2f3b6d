"""Figures for Prometheus: what is counted since the server's start, and what stands in the database at a scrape."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from narrowcast.queue.cached import Cached
from narrowcast.queue.queue import Queue
from narrowcast.server.spent import Model, SpentSince, Used
from narrowcast.store.home import Store
from narrowcast.store.jobs.figures import TURN_READY, WAITING, Happened, Levels
from narrowcast.workers.waking import Waker

LEVELS_CACHE_S = 5.0
BATCH = 5_000
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
WAIT_S = (1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400)
RUN_S = (5, 15, 30, 60, 120, 300, 600, 1_200, 2_700, 7_200)
TURN_S = (0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32)


MOST_UNHEARD = 1_000
"""Jobs whose first sound is waited for, and sounds whose job may yet be counted."""


@dataclass(frozen=True)
class Unheard:
    """A job that began, and of which nobody has heard anything yet."""

    kind: str
    episode_id: str | None
    queued_at: datetime


@dataclass(frozen=True)
class Heard:
    """Sound that went to a listener, and since when there was such sound."""

    at: datetime
    made_at: datetime


class Metrics:
    """The figures of one server, in a registry of its own.

    What happened to jobs is taken from their events when somebody asks, and what was paid for from the ledger, so that
    nothing is missed, whoever's hands it was, and nobody pays for it who is not asked.
    """

    def __init__(self, store: Store, queue: Queue) -> None:
        self.registry = registry = CollectorRegistry()
        self._store = store
        self._queue = queue
        self._levels: Cached[Levels] = Cached(store.job_figures.levels, LEVELS_CACHE_S)
        self._spent: Cached[Mapping[Model, Used]] = Cached(
            SpentSince(store.spending, datetime.now(UTC)), LEVELS_CACHE_S
        )
        self._counted: dict[Model, Used] = {}
        self._seen: int | None = None
        self._unheard: dict[str, Unheard] = {}
        self._heard: dict[tuple[str, str], Heard] = {}
        self._put_off: set[str] = set()
        self._taking = asyncio.Lock()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"narrowcast_{name}", about, labels, registry=registry)

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(f"narrowcast_{name}", about, labels, registry=registry)

        def histogram(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"narrowcast_{name}", about, labels, buckets=buckets, registry=registry)

        self._requests = counter("http_requests", "Requests that were answered.", "method", "route", "status")
        self._answering = histogram(
            "http_request_seconds", "From a request to the beginning of its answer.", REQUEST_S, "route"
        )
        self._watching = gauge("event_clients", "Clients that follow jobs live (SSE).")
        self._jobs = gauge("jobs", "Jobs that live.", "kind", "status")
        self._oldest = gauge("oldest_queued_job_seconds", "How long the job waits that has waited longest; 0 for none.")
        self._dead = gauge("dead_letters", "Failed jobs that nobody retried.")
        self._slots = gauge("slots", "Hands of all processes that are to be counted on.")
        self._slots_busy = gauge("slots_busy", "Hands that have a job, in all processes.")
        self._workers = gauge("workers", "Processes that have hands.", "engine")
        self._queued_work = gauge(
            "queued_work_seconds",
            "What all that is queued takes one pair of hands. Divided by slots: when to add some.",
        )
        self._wake_ups = gauge("wakeups_sent", "Wake-ups to Celery's hands that this process sent.")
        self._wake_ups_failed = gauge("wakeups_failed", "Wake-ups that could not be sent; a sweep sends others.")
        self._unreachable = gauge("broker_unreachable_seconds", "Since when no wake-up can be sent; 0 while they can.")
        self._calls = gauge("provider_calls_open", "Calls that this process has open at a provider.", "provider")
        self._stored = gauge("stored_bytes", "What is stored, by what it is.", "what")
        self._started = counter("jobs_started", "Claims of jobs; one that is tried again counts again.", "kind")
        self._ended = counter("jobs_ended", "Jobs that ended.", "kind", "status")
        self._retried = counter("jobs_retried", "Jobs that hands let go of, to go on later.", "kind")
        self._waited = histogram("job_wait_seconds", "From its place in line to a job's first claim.", WAIT_S, "kind")
        self._ran = histogram("job_run_seconds", "From its last claim to a job's completion.", RUN_S, "kind")
        self._first_audio = histogram(
            "job_first_audio_seconds",
            "From its place in line to the first sound of a job that was sent to a listener.",
            WAIT_S,
            "kind",
        )
        self._turns = counter("turns", "Turns whose sound became ready; those that were there already count too.")
        self._turn_seconds = histogram("turn_seconds", "A completed job's run time, for each of its turns.", TURN_S)
        self._pauses = counter("provider_pauses", "Pauses and failures at a provider that were waited out.", "provider")
        self._paid_calls = counter(
            "provider_calls", "Calls to providers that succeeded, of all processes.", "provider", "model"
        )
        self._tokens = counter("tokens", "Tokens of language models.", "provider", "model", "direction")
        self._characters = counter("characters", "Characters spoken by voices.", "provider", "model")
        self._cost = counter("cost_usd", "USD, of calls whose price is known.", "provider", "model")

    async def begin(self) -> None:
        """Count what happens from now on."""
        self._seen = await self._store.job_events.newest_id()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered, `seconds` after it came."""
        self._requests.labels(method if method in METHODS else "OTHER", route, str(status)).inc()
        self._answering.labels(route).observe(seconds)

    def heard(self, episode_id: str, what: str, made_at: datetime | None) -> None:
        """Sound went to a listener: `what` is the job that makes it, or the rendering, which was made at `made_at`."""
        if (episode_id, what) not in self._heard:
            now = datetime.now(UTC)
            self._heard[episode_id, what] = Heard(now, made_at or now)
            while len(self._heard) > MOST_UNHEARD:
                self._heard.pop(next(iter(self._heard)))

    async def look(self, calls: Mapping[str, tuple[int, int]], clients: int, waker: Waker | None) -> None:
        """Bring all figures up to now. Raises `OutputError`.

        `calls` are those that this process has open at each provider, `clients` who watches it; `waker` is there where
        it wakes Celery's hands.
        """
        async with self._taking:
            while batch := await self._store.job_figures.happened(self._seen or 0, BATCH):
                for each in batch:
                    self._count(each)
                self._seen = batch[-1].id
                if len(batch) < BATCH:
                    break
            self._count_heard()
            self._count_paid(await self._spent())
        levels = await self._levels()
        self._jobs.clear()
        for (kind, status), count in levels.live.items():
            self._jobs.labels(kind, status).set(count)
        since = levels.oldest_queued_at
        self._oldest.set(max(0.0, (datetime.now(UTC) - since).total_seconds()) if since else 0)
        self._dead.set(levels.dead)
        for what, size in levels.stored_bytes.items():
            self._stored.labels(what).set(size)
        crews = await self._queue.crews()
        self._workers.clear()
        for crew in crews:
            self._workers.labels(crew.engine).inc()
        self._slots.set(sum(crew.slots for crew in crews))
        self._slots_busy.set(sum(count for (_, status), count in levels.live.items() if status == "running"))
        self._queued_work.set(await self._queue.queued_work_s())
        if waker:
            self._wake_ups.set(waker.sent)
            self._wake_ups_failed.set(waker.failed)
            self._unreachable.set(waker.unreachable_s)
        self._calls.clear()
        for name, (busy, _) in calls.items():
            # Without the key's fingerprint: `speech:openai:0123456789ab`.
            self._calls.labels(name.rpartition(":")[0]).inc(busy)
        self._watching.set(clients)

    def _count(self, told: Happened) -> None:
        match told.what:
            case "running":
                self._started.labels(told.kind).inc()
                if told.epoch == 1 and told.queued_at:
                    self._waited.labels(told.kind).observe(max(0.0, (told.at - told.queued_at).total_seconds()))
                    self._unheard[told.job_id] = Unheard(told.kind, told.episode_id, told.queued_at)
                    while len(self._unheard) > MOST_UNHEARD:
                        self._unheard.pop(next(iter(self._unheard)))
            case "queued" | "scheduled" if told.epoch:
                # What was put off for later is queued once more when it comes due.
                if told.job_id not in self._put_off:
                    self._retried.labels(told.kind).inc()
                (self._put_off.add if told.what == "scheduled" else self._put_off.discard)(told.job_id)
            case "completed" | "failed" | "cancelled":
                self._count_end(told)
            case kind if kind == TURN_READY:
                self._turns.inc()
            case kind if kind == WAITING:
                self._pauses.labels(told.provider).inc()

    def _count_heard(self) -> None:
        """For each job the first sound of it that was heard: none of an earlier rendering."""
        for job_id, job in list(self._unheard.items()):
            heard = [
                each.at
                for (episode_id, _), each in self._heard.items()
                if episode_id == job.episode_id and each.made_at >= job.queued_at
            ]
            if heard:
                del self._unheard[job_id]
                self._first_audio.labels(job.kind).observe((min(heard) - job.queued_at).total_seconds())

    def _count_paid(self, spent: Mapping[Model, Used]) -> None:
        """Count what was added to the ledger. It loses the calls of who is deleted; a counter never goes back."""
        for model, now in spent.items():
            before = self._counted.get(model, Used())
            self._paid_calls.labels(*model).inc(max(0, now.calls - before.calls))
            if now.prompt_tokens or now.completion_tokens:
                self._tokens.labels(*model, "in").inc(max(0, now.prompt_tokens - before.prompt_tokens))
                self._tokens.labels(*model, "out").inc(max(0, now.completion_tokens - before.completion_tokens))
            if now.characters:
                self._characters.labels(*model).inc(max(0, now.characters - before.characters))
            if now.cost_usd:
                self._cost.labels(*model).inc(max(0.0, now.cost_usd - before.cost_usd))
        self._counted = dict(spent)

    def _count_end(self, told: Happened) -> None:
        self._ended.labels(told.kind, told.what).inc()
        if told.what != "completed":
            self._unheard.pop(told.job_id, None)
        self._put_off.discard(told.job_id)
        if told.what == "completed" and told.started_at:
            ran = max(0.0, (told.at - told.started_at).total_seconds())
            self._ran.labels(told.kind).observe(ran)
            if told.turns:
                self._turn_seconds.observe(ran / told.turns)
