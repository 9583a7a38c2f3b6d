"""Days of a queue in simulated time, decided by the queue's own functions: rank, turns, shares, delays, leases, crowds.

What the database does in a transaction is done here in memory, in the same order (`store/jobs/claims.py`); people,
hands and providers are simulated by chance from one seed. Hands are woken at once; the sweeper comes every ten seconds.
"""

from __future__ import annotations

import heapq
import math
import random
import statistics
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from narrowcast.accounts.tiers import BUILT_IN
from narrowcast.errors import LimitError
from narrowcast.queue import order, outcome, standing, sweeping
from narrowcast.queue.limits import OwnerLimits, QueueLimits, refuse_crowd
from narrowcast.queue.outcome import Completed, Failed, Outcome
from narrowcast.queue.shares import Engine, Shares
from narrowcast.store.jobs.claims import Load as Running
from narrowcast.store.jobs.claims import Part, Turns
from narrowcast.store.jobs.jobs import Crowd
from narrowcast.store.jobs.rows import Change, Job, JobStatus
from sizing_model import DAY_S, Costs, Kind, Load

START = datetime(2026, 11, 2, tzinfo=UTC)
SWEEP_S = 10.0
SAMPLED = 400
"""Jobs whose foreseen wait is compared with what it was."""


@dataclass(frozen=True)
class Faults:
    """What goes wrong, by attempt: `passing` is tried again, `final` is not. Hands die `deaths` times a day and hand.

    `paused` are hours of the day from and until which a provider asks everybody to wait a minute.
    """

    passing: float = 0.02
    final: float = 0.002
    deaths: float = 1.0
    paused: tuple[float, float] = (14.0, 14.1)


@dataclass(frozen=True)
class Day:
    """What came of it: waits in seconds, from the line to the first claim."""

    asked: int
    refused: int
    completed: int
    failed: int
    lost: int
    pauses: int
    mean_wait_s: float
    p95_wait_s: float
    longest_wait_s: float
    waited_3_min: float
    """The share of jobs that waited no longer."""
    busy: float
    busiest_hour: float
    longest_line: int
    running_most: int
    foreseen_off_s: float
    """By how much the foreseen wait was wrong, the median."""


@dataclass(eq=False)
class _Task:
    """A job and what only the simulation knows of it: how much work is left, in seconds of undisturbed hands."""

    job: Job
    tier: str
    left_s: float
    owes: float = 0.0
    """The work at which this attempt ends."""
    how: str = ""
    claimed: int = 0
    foreseen_s: float | None = None


@dataclass(order=True)
class _Event:
    at: float
    number: int
    act: Callable[[], None] = field(compare=False)


class Line:
    """The jobs that wait, as the index of the table has them: by rank, then by when they came."""

    def __init__(self) -> None:
        self._ranks: dict[int, list[tuple[datetime, str, _Task]]] = {}
        self._order: list[int] = []
        self.length = 0

    def add(self, task: _Task) -> None:
        """One more."""
        rank = task.job.rank
        if rank not in self._ranks:
            self._ranks[rank] = []
            insort(self._order, rank)
        insort(self._ranks[rank], (task.job.queued_at or START, task.job.id, task), key=lambda each: each[:2])
        self.length += 1

    def take(self, turns: Turns, parts: Sequence[Part]) -> _Task | None:
        """The first in the line whose owner may be served; of its rank, one of the owner who runs least."""
        blocked = set(turns.blocked)
        busy = {owner: level for level, owners in enumerate(turns.busy) for owner in owners}
        for rank in self._order:
            beside = self._ranks[rank]
            found: tuple[int, int] | None = None
            for place, (_, _, task) in enumerate(beside):
                if task.job.owner_id in blocked or not any(within(part, task.job) for part in parts):
                    continue
                level = busy.get(task.job.owner_id, -1)
                if found is None or level < found[0]:
                    found = level, place
                if level == -1:
                    break
            if found:
                task = beside.pop(found[1])[2]
                if not beside:
                    del self._ranks[rank]
                    self._order.remove(rank)
                self.length -= 1
                return task
        return None

    def before(self, rank: int) -> int:
        """How many stand before a job of that rank that comes now."""
        return sum(len(self._ranks[each]) for each in self._order if each <= rank)


def within(part: Part, job: Job) -> bool:
    """Whether a job is of that part."""
    if part.kinds and job.kind not in part.kinds:
        return False
    overdue = part.overdue is not None and job.queued_at is not None and job.queued_at <= part.overdue
    return job.lot in part.lots or overdue


class Simulation:
    """`days` of a load with so many hands; `provider_calls` at once slow all down alike where they are too few."""

    def __init__(
        self,
        load: Load,
        costs: Costs,
        hands: int,
        *,
        days: int = 1,
        faults: Faults | None = None,
        provider_calls: float = math.inf,
        calls_a_job: float = 3.0,
        queue_limit: int = 10_000,
        celery_share: int | None = None,
        seed: int = 1,
    ) -> None:
        self._load, self._costs, self._hands, self._days = load, costs, hands, days
        self._faults = faults or Faults()
        self._calls = provider_calls / calls_a_job
        self._chance = random.Random(seed)
        tiers = {name: OwnerLimits(tier.running, tier.queued) for name, tier in BUILT_IN.items()}
        self._limits = QueueLimits(tiers=tiers, hands=hands, waiting_in_all=queue_limit)
        self._shares = Shares(celery_share)
        celery = 0 if celery_share is None else round(hands * celery_share / 100)
        self._idle = {Engine.LOCAL: hands - celery, Engine.CELERY: celery}
        self._engine_of: dict[str, Engine] = {}
        self._kinds = [kind.name for kind in load.kinds]
        self._events: list[_Event] = []
        self._numbers = count()
        self._now = 0.0
        self._line = Line()
        self._running: dict[str, _Task] = {}
        self._owners: dict[str, Running] = {}
        self._waiting: Counter[str] = Counter()
        self._scheduled = 0
        # Work is done at a rate that all share: one while the provider has calls for all.
        self._work, self._worked_at = 0.0, 0.0
        self._ends: list[tuple[float, int, _Task, int]] = []
        self._counts: Counter[str] = Counter()
        self._waits: list[float] = []
        self._off: list[float] = []
        self._busy_s = [0.0] * (24 * days + 24)
        self._longest_line = self._running_most = 0

    def run(self) -> Day:
        """Until the last job has ended."""
        for at, kind in self._comings():
            self._at(at, self._asks(kind, at))
        if self._faults.deaths:
            mean_s = DAY_S / (self._faults.deaths * self._hands)
            self._at(self._chance.expovariate(1 / mean_s), lambda: self._death(mean_s))
        while True:
            following = self._events[0].at if self._events else math.inf
            end = self._next_end()
            if math.isinf(min(following, end)):
                break
            self._pass(min(following, end))
            if end <= following:
                self._end()
            else:
                heapq.heappop(self._events).act()
        return self._told()

    def _comings(self) -> Iterator[tuple[float, Kind]]:
        """When people ask, and for which kind: what comes due in the morning is asked for the evening before."""
        episodes, briefs = self._load.kinds
        weights = list(self._load.hourly)
        for day in range(self._days):
            for _ in range(_poisson(self._chance, self._load.asked)):
                hour = self._chance.choices(range(24), weights)[0]
                yield day * DAY_S + (hour + self._chance.random()) * 3600, episodes
            for _ in range(_poisson(self._chance, self._load.due)):
                yield day * DAY_S + self._chance.random() * 4 * 3600, briefs

    def _asks(self, kind: Kind, at: float) -> Callable[[], None]:
        def act() -> None:
            self._ask(kind, at)

        return act

    def _ask(self, kind: Kind, at: float) -> None:
        chance, now = self._chance, self._time()
        users = max(5, round(self._load.jobs / 1.5))
        # Few ask often: the first tenth of all for a third of what is asked.
        number = int(users * chance.random() ** 2)
        tier = "premium" if number % 20 == 0 else "standard" if number % 20 < 8 else "free"
        owner = f"u{number}"
        self._counts["asked"] += 1
        in_all = self._line.length + self._scheduled
        try:
            refuse_crowd(Crowd(tier, self._waiting[owner], in_all), self._limits)
        except LimitError as full:
            self._counts["full" if full.everyone else "own limit"] += 1
            return
        run_at = None
        if kind is self._load.kinds[1]:
            day = at // DAY_S * DAY_S
            run_at = START + timedelta(seconds=day + 6 * 3600 - chance.random() * self._load.morning_s)
        priority = BUILT_IN[tier].priority
        job = Job(
            id=f"{next(self._numbers):08}", owner_id=owner, kind=kind.name, status=JobStatus.SCHEDULED,
            priority=priority, rank=order.rank(priority, run_at or now), lot=chance.randrange(100), run_at=run_at,
            epoch=0, failures=0, lost_leases=0, pauses=0, max_failures=self._limits.max_failures, lease_owner=None,
            lease_until=None, cancel_requested_at=None, dedupe_key=None, retry_of=None, episode_id=None,
            estimate_s=round(self._costs.seconds(kind)), params={}, progress={}, result=None, error_message=None,
            created_at=now, queued_at=None, started_at=None, moved_at=None, finished_at=None,
        )  # fmt: skip
        task = _Task(job, tier, _about(chance, self._costs.seconds(kind), self._costs.spread))
        self._waiting[owner] += 1
        if run_at:
            self._later(task, run_at)
        else:
            if chance.random() < SAMPLED / max(1, self._load.asked * self._days):
                task.foreseen_s = self._foreseen(job)
            self._queue(task, now)

    def _foreseen(self, job: Job) -> float:
        now = self._time()
        remaining = [standing.remaining(each.job, each.job.estimate_s or 0, now) for each in self._running.values()]
        before = self._line.before(job.rank)
        each_s = statistics.fmean(self._costs.seconds(kind) for kind in self._load.kinds)
        return standing.starts_in(before, remaining, each_s, self._hands)

    def _later(self, task: _Task, run_at: datetime) -> None:
        """It comes due then; the sweeper sees that when it comes."""
        self._scheduled += 1
        due = (run_at - START).total_seconds()

        def act() -> None:
            self._scheduled -= 1
            # In line since it came due, as the sweeper writes it.
            self._queue(task, run_at)

        self._at(max(self._now, math.ceil(due / SWEEP_S) * SWEEP_S), act)

    def _queue(self, task: _Task, since: datetime) -> None:
        task.job = replace(task.job, status=JobStatus.QUEUED, queued_at=task.job.queued_at or since, run_at=None)
        self._line.add(task)
        self._longest_line = max(self._longest_line, self._line.length)
        self._claims()

    def _claims(self) -> None:
        """Idle hands ask for work until there is none that they may do."""
        for engine in Engine:
            while self._idle[engine] and self._line.length and self._claim(engine):
                pass

    def _claim(self, engine: Engine) -> bool:
        now = self._time()
        parts = self._shares.parts(engine, dict.fromkeys(self._kinds, 0.0), now)
        turns = order.turns(list(self._owners.values()), lambda tier: self._limits.of(tier).running)
        task = self._line.take(turns, parts) if parts else None
        if task is None:
            return False
        first = task.job.epoch == 0
        if first and task.job.queued_at:
            waited = (now - task.job.queued_at).total_seconds()
            self._waits.append(waited)
            if task.foreseen_s is not None:
                self._off.append(abs(task.foreseen_s - waited))
        owner = task.job.owner_id
        self._waiting[owner] -= 1
        had = self._owners.get(owner)
        self._owners[owner] = Running(owner, task.tier, had.running + 1 if had else 1)
        lease = now + timedelta(seconds=self._limits.lease_s)
        task.job = replace(
            task.job, status=JobStatus.RUNNING, epoch=task.job.epoch + 1, started_at=now, moved_at=now,
            lease_owner=f"{engine}:1", lease_until=lease,
        )  # fmt: skip
        self._idle[engine] -= 1
        self._engine_of[task.job.id] = engine
        self._pass(self._now)
        self._running[task.job.id] = task
        self._running_most = max(self._running_most, len(self._running))
        self._begin(task)
        return True

    def _begin(self, task: _Task) -> None:
        """How this attempt will end, and after how much work."""
        chance, faults = self._chance, self._faults
        hour = self._now % DAY_S / 3600
        task.claimed = task.job.epoch
        part = chance.random()
        if faults.paused[0] <= hour < faults.paused[1]:
            task.how, needs = "pause", min(2.0, task.left_s)
        elif (dice := chance.random()) < faults.final:
            task.how, needs = "final", task.left_s * part
        elif dice < faults.final + faults.passing:
            task.how, needs = "passing", task.left_s * part
        else:
            task.how, needs = "completed", task.left_s
        task.left_s -= needs if task.how != "pause" else 0.0
        heapq.heappush(self._ends, (self._work + needs, next(self._numbers), task, task.job.epoch))

    def _rate(self) -> float:
        return min(1.0, self._calls / len(self._running)) if self._running else 1.0

    def _pass(self, until: float) -> None:
        """Time goes on, and everybody works."""
        while self._worked_at < until:
            hour = int(self._worked_at // 3600)
            step = min(until, (hour + 1) * 3600.0) - self._worked_at
            if hour < len(self._busy_s):
                self._busy_s[hour] += step * len(self._running)
            self._work += step * self._rate()
            self._worked_at += step
        self._now = max(self._now, until)

    def _next_end(self) -> float:
        while self._ends and not self._lives(*self._ends[0][2:]):
            heapq.heappop(self._ends)
        if not self._ends:
            return math.inf
        return self._worked_at + max(0.0, self._ends[0][0] - self._work) / self._rate()

    def _lives(self, task: _Task, epoch: int) -> bool:
        return task.job.id in self._running and task.job.epoch == epoch

    def _end(self) -> None:
        _, _, task, _ = heapq.heappop(self._ends)
        ends: Mapping[str, Outcome] = {
            "completed": Completed({}),
            "passing": Failed("It may pass.", retryable=True),
            "final": Failed("It will not pass.", retryable=False),
            "pause": Failed("Come again.", retryable=True, retry_after_s=60.0, pause=True),
        }
        now, chance = self._time(), self._chance.random()
        self._let_go(task, outcome.change(task.job, ends[task.how], self._limits, now, chance))

    def _death(self, mean_s: float) -> None:
        """Hands die. Nobody knows until the lease has run out, and the sweeper comes."""
        if self._running:
            task = self._running[self._chance.choice(list(self._running))]
            # Its last beat was up to 15 s ago; the work since its last clip is lost, the rest is kept.
            until = self._time() + timedelta(seconds=self._limits.lease_s - self._chance.random() * 15)
            lost = task.job.epoch
            kept = next((each for each in self._ends if each[2] is task and each[3] == lost), None)
            if kept:
                self._ends.remove(kept)
                heapq.heapify(self._ends)
                task.left_s += max(0.0, kept[0] - self._work) + min(3.0, self._costs.clip_s)
            task.job = replace(task.job, lease_until=until)
            self._swept(task, lost, until)
        if self._events or self._running or self._line.length:
            self._at(self._now + self._chance.expovariate(1 / mean_s), lambda: self._death(mean_s))

    def _swept(self, task: _Task, epoch: int, until: datetime) -> None:
        def act() -> None:
            change = sweeping.verdict(task.job, self._time(), self._limits, self._chance.random())
            if task.job.epoch == epoch and change:
                self._counts["lost"] += 1
                self._let_go(task, change)

        due = (until - START).total_seconds()
        self._at((due // SWEEP_S + 1) * SWEEP_S, act)

    def _let_go(self, task: _Task, change: Change) -> None:
        now = self._time()
        self._pass(self._now)
        del self._running[task.job.id]
        self._idle[self._engine_of.pop(task.job.id)] += 1
        owner = task.job.owner_id
        had = self._owners[owner]
        if had.running == 1:
            del self._owners[owner]
        else:
            self._owners[owner] = replace(had, running=had.running - 1)
        task.job = replace(
            task.job, status=change.status, failures=change.failures, lost_leases=change.lost_leases,
            pauses=change.pauses, run_at=change.run_at, queued_at=task.job.queued_at if change.keeps_place else None,
        )  # fmt: skip
        self._counts[change.status] += change.status.ended
        if change.status is JobStatus.SCHEDULED and change.run_at:
            self._counts["put off"] += 1
            self._waiting[owner] += 1
            self._later(task, change.run_at)
        elif change.status is JobStatus.QUEUED:
            self._waiting[owner] += 1
            self._queue(task, now)
        self._claims()

    def _at(self, at: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, _Event(at, next(self._numbers), act))

    def _time(self) -> datetime:
        return START + timedelta(seconds=self._now)

    def _told(self) -> Day:
        waits, counts = sorted(self._waits), self._counts
        hours = self._busy_s[: 24 * self._days]
        return Day(
            asked=counts["asked"],
            refused=counts["full"] + counts["own limit"],
            completed=counts[JobStatus.COMPLETED],
            failed=counts[JobStatus.FAILED],
            lost=counts["lost"],
            pauses=counts["put off"],
            mean_wait_s=statistics.fmean(waits) if waits else 0.0,
            p95_wait_s=waits[int(len(waits) * 0.95)] if waits else 0.0,
            longest_wait_s=waits[-1] if waits else 0.0,
            waited_3_min=sum(wait <= 180 for wait in waits) / max(1, len(waits)),
            busy=sum(hours) / (len(hours) * 3600 * self._hands),
            busiest_hour=max(hours) / (3600 * self._hands),
            longest_line=self._longest_line,
            running_most=self._running_most,
            foreseen_off_s=statistics.median(self._off) if self._off else 0.0,
        )


def simulated(load: Load, costs: Costs, hands: int, **more: object) -> Day:
    """What came of it."""
    return Simulation(load, costs, hands, **more).run()  # type: ignore[arg-type]


def _about(chance: random.Random, mean: float, spread: float) -> float:
    """A time by chance, lognormal: never below nothing, and now and then much longer."""
    sigma = math.sqrt(math.log(1 + spread**2))
    return chance.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)


def _poisson(chance: random.Random, mean: float) -> int:
    """How many come; near enough to Gauss' law where they are many."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), chance.random(), 0
    while product > limit:
        number, product = number + 1, product * chance.random()
    return number
