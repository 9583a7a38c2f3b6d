"""How much of everything a number of episodes a day takes: pure, from measured costs. Their sources: docs/scaling.md.

Waits by Erlang's C formula for many hands at one queue, with the correction of Allen and Cunneen for service times
that are not exponential (Gross et al., Fundamentals of Queueing Theory, 4th ed., 2.3 and 7.2); of what comes due at one
moment, by how long the hands take for it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY_S = 86_400
DAYS_A_YEAR = 365
DAYS_A_MONTH = 30
EVENT_DAYS = 7
HOURLY = (1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 7, 7, 6, 6, 6, 6, 6, 7, 7, 7, 6, 5, 3, 2)
"""When episodes are asked for, as weights of a day's hours: an office's morning and an evening at home. Assumed."""


@dataclass(frozen=True)
class Kind:
    """A kind of job: what it is of the day's jobs, and how many minutes of sound it makes."""

    name: str
    share: float
    minutes: float


EPISODES = Kind("episode", 0.8, 10)
BRIEFS = Kind("brief", 0.2, 5)


@dataclass(frozen=True)
class Load:
    """What is asked for in a day. Briefs come due within `morning_s` before six o'clock; 0: all at six.

    `listens` are whole episodes heard or downloaded, for each that is made; `watching_s` is how long somebody follows a
    job live.
    """

    jobs: int
    kinds: Sequence[Kind] = (EPISODES, BRIEFS)
    hourly: Sequence[float] = HOURLY
    morning_s: float = 3600.0
    listens: float = 1.5
    watching_s: float = 120.0

    @property
    def asked(self) -> float:
        """Jobs of a day that people ask for when they want them."""
        return self.jobs * self.kinds[0].share

    @property
    def due(self) -> float:
        """Jobs of a day that come due in the morning."""
        return self.jobs * self.kinds[1].share

    @property
    def minutes(self) -> float:
        """Minutes of sound in a day."""
        return self.jobs * sum(kind.share * kind.minutes for kind in self.kinds)

    def hours(self) -> Iterator[tuple[float, float]]:
        """Of each hour, how many a second come of either."""
        whole = sum(self.hourly)
        for hour, weight in enumerate(self.hourly):
            due = self.due / self.morning_s if self.morning_s and 6 - self.morning_s / 3600 <= hour < 6 else 0.0
            yield self.asked * weight / whole / 3600, due


@dataclass(frozen=True)
class Costs:
    """What one job takes, measured by `one_episode.py`: a part that each has, and one by minute of sound."""

    begin_s: float = 10.3
    minute_s: float = 3.0
    spread: float = 0.45
    """Of how long jobs of one length take: standard deviation over mean. Assumed: providers' latencies vary so much."""
    begin_cpu_s: float = 0.3
    minute_cpu_s: float = 0.8
    begin_writes: float = 31.0
    minute_writes: float = 26.5
    begin_telling: float = 16.0
    minute_telling: float = 7.2
    """Of these, the ones that tell events, which PostgreSQL takes one after the other."""
    begin_row_bytes: float = 25_000.0
    minute_row_bytes: float = 12_600.0
    event_rows: float = 0.55
    """Of these bytes, what events take, which are kept for a week."""
    clip_bytes: float = 1_394_000.0
    sound_bytes: float = 525_000.0
    texts: float = 6.0
    clips_a_minute: float = 3.4
    text_s: float = 5.5
    clip_s: float = 3.0
    begin_prompt_tokens: float = 8_800.0
    minute_prompt_tokens: float = 300.0
    completion_tokens_a_minute: float = 275.0
    characters_a_minute: float = 877.0
    hand_bytes: float = 300e6
    connections_a_hand: float = 6.0
    """At most: five of the pool, one for beats."""
    connections_a_server: float = 17.0
    sweep_s: float = 5.0
    """How long what comes due waits for the sweeper, on average."""
    request_cpu_s: float = 0.0128
    """Asking for an episode, its client included (docs/figures.md)."""
    range_cpu_s: float = 0.0012
    """A range of a megabyte, served from a folder (docs/figures.md)."""

    def seconds(self, kind: Kind) -> float:
        """From its claim to its end."""
        return self.begin_s + self.minute_s * kind.minutes

    def cpu_s(self, kind: Kind) -> float:
        """Processor time of its hands."""
        return self.begin_cpu_s + self.minute_cpu_s * kind.minutes

    def writes(self, kind: Kind) -> float:
        """Write transactions."""
        return self.begin_writes + self.minute_writes * kind.minutes

    def telling(self, kind: Kind) -> float:
        """Write transactions that tell events."""
        return self.begin_telling + self.minute_telling * kind.minutes

    def row_bytes(self, kind: Kind) -> float:
        """What it adds to the database."""
        return self.begin_row_bytes + self.minute_row_bytes * kind.minutes


@dataclass(frozen=True)
class Prices:
    """USD of one prompt token, one completion token, and one character spoken; and a GB stored for a month."""

    prompt_token: float = 0.0
    completion_token: float = 0.0
    character: float = 0.0
    gb_month: float = 0.023


@dataclass(frozen=True)
class Promise:
    """What waits shall be: on average `wait_s`, with hands busy at most `busy` of the time in any hour."""

    wait_s: float = 60.0
    busy: float = 0.85


@dataclass(frozen=True)
class Size:
    """What it takes. Rates are those of the busiest hour."""

    hands: int
    wait_s: float
    busy: float
    """Of the busiest hour."""
    busy_day: float
    jobs_a_s: float
    cores: float
    memory_bytes: float
    queue_limit: int
    writes_a_s: float
    telling_a_s: float
    connections: int
    database_bytes: float
    """After a year."""
    stored_bytes_a_month: float
    sound_bytes_a_month: float
    network_bits_a_s: float
    requests_a_s: float
    watchers: float
    web_cores: float
    web_servers: int
    wakeups_a_s: float
    calls_a_s: float
    calls_open: float
    usd_a_day: float


CORES_A_WEB_SERVER = 0.6
"""One process has one interpreter; beyond two thirds of a processor it answers late (docs/figures.md)."""
REQUESTS_A_JOB = 6.0
"""Pages, its estimate, the asking, its end. Assumed."""
FEED_POLLS_A_JOB = 10.0
"""Podcast apps look at feeds whether there is something new or not. Assumed."""


def size(load: Load, costs: Costs, prices: Prices, promise: Promise) -> Size:
    """The least that keeps the promise."""
    kinds = load.kinds
    enough = 1
    while not _kept(load, costs, promise, enough):
        enough *= 2
    hands = bisect_left(range(enough), 1, lo=1, key=lambda number: int(_kept(load, costs, promise, number)))
    rates = list(load.hours())
    busiest = max(rates, key=lambda rate: rate[0] * costs.seconds(kinds[0]) + rate[1] * costs.seconds(kinds[1]))
    if not load.morning_s:
        # At six all hands are busy, and their work is what the rates come from.
        busiest = max(busiest, (0.0, hands / costs.seconds(kinds[1])), key=sum)
    per_s = list(zip(busiest, kinds, strict=True))
    jobs_a_s = sum(busiest)
    made_a_s = sum(rate * kind.minutes for rate, kind in per_s)
    heard_bytes = load.minutes * costs.sound_bytes * load.listens
    peak = max(sum(rate) for rate in rates) / (load.jobs / DAY_S)
    requests = load.jobs * (REQUESTS_A_JOB + FEED_POLLS_A_JOB) / DAY_S * peak
    heard_a_s = heard_bytes / DAY_S * peak
    web = requests * costs.request_cpu_s + heard_a_s / 1e6 * costs.range_cpu_s
    web_servers = max(1, math.ceil(max(web / CORES_A_WEB_SERVER, jobs_a_s * load.watching_s / 2000)))
    work = sum(rate * costs.seconds(kind) for rate, kind in per_s)
    return Size(
        hands=hands,
        wait_s=expected_wait_s(load, costs, hands),
        busy=max(busy for _, busy in _hours(load, costs, hands)),
        busy_day=load.jobs * sum(kind.share * costs.seconds(kind) for kind in kinds) / DAY_S / hands,
        jobs_a_s=jobs_a_s,
        cores=min(hands, work) * sum(r * costs.cpu_s(k) for r, k in per_s) / max(work, 1e-9) / 0.7,
        memory_bytes=hands * costs.hand_bytes,
        queue_limit=max(10_000, math.ceil(load.due * 1.2 / 1000 + load.asked / 100_000) * 1000),
        writes_a_s=sum(rate * costs.writes(kind) for rate, kind in per_s),
        telling_a_s=sum(rate * costs.telling(kind) for rate, kind in per_s),
        connections=math.ceil(hands * costs.connections_a_hand + web_servers * costs.connections_a_server),
        database_bytes=load.jobs
        * sum(k.share * costs.row_bytes(k) for k in kinds)
        * (DAYS_A_YEAR * (1 - costs.event_rows) + EVENT_DAYS * costs.event_rows),
        stored_bytes_a_month=load.minutes * (costs.clip_bytes + costs.sound_bytes) * DAYS_A_MONTH,
        sound_bytes_a_month=load.minutes * costs.sound_bytes * DAYS_A_MONTH,
        network_bits_a_s=heard_a_s * 8,
        requests_a_s=requests,
        watchers=jobs_a_s * load.watching_s,
        web_cores=web,
        web_servers=web_servers,
        wakeups_a_s=jobs_a_s,
        calls_a_s=jobs_a_s * costs.texts + made_a_s * costs.clips_a_minute,
        calls_open=jobs_a_s * costs.texts * costs.text_s + made_a_s * costs.clips_a_minute * costs.clip_s,
        usd_a_day=usd(load, costs, prices),
    )


def usd(load: Load, costs: Costs, prices: Prices) -> float:
    """What a day's episodes cost at providers, and their storage for a month."""
    said = load.minutes * costs.characters_a_minute * prices.character
    written = load.minutes * costs.completion_tokens_a_minute * prices.completion_token
    read = load.jobs * costs.begin_prompt_tokens + load.minutes * costs.minute_prompt_tokens
    return (
        said
        + written
        + read * prices.prompt_token
        + load.minutes * (costs.clip_bytes + costs.sound_bytes) / 1e9 * prices.gb_month
    )


def erlang_c(hands: int, work: float) -> float:
    """How likely who comes must wait, with so many hands and so much work in Erlangs; 1 where they cannot keep up."""
    if work >= hands:
        return 1.0
    blocked = 1.0
    for number in range(1, hands + 1):
        blocked = work * blocked / (number + work * blocked)
    return blocked / (1 - work / hands * (1 - blocked))


def mean_wait_s(hands: int, a_s: float, seconds: float, spread: float) -> float:
    """The mean wait where `a_s` come a second by chance, and take `seconds` each; infinite where they pile up."""
    work = a_s * seconds
    if work >= hands:
        return math.inf
    if not work:
        return 0.0
    return erlang_c(hands, work) * seconds / (hands - work) * (1 + spread**2) / 2


def expected_wait_s(load: Load, costs: Costs, hands: int) -> float:
    """How long a job waits for so many hands, on average over a day; infinite where they cannot keep up."""
    waited = sum(
        wait * sum(rates) * 3600
        for (wait, _), rates in zip(_hours(load, costs, hands), load.hours(), strict=True)
        if sum(rates)
    )
    if not load.morning_s:
        # The last of them waits until all before it are done; others work meanwhile takes its part of the hands.
        other = load.asked * load.hourly[6] / sum(load.hourly) / 3600 * costs.seconds(load.kinds[0])
        waited += load.due * load.due * costs.seconds(load.kinds[1]) / max(hands - other, 1e-9) / 2
    return (waited + load.due * costs.sweep_s) / load.jobs


def _hours(load: Load, costs: Costs, hands: int) -> Iterator[tuple[float, float]]:
    """Of each hour the mean wait, and how much of the time the hands are busy."""
    for rates in load.hours():
        work = [rate * costs.seconds(kind) for rate, kind in zip(rates, load.kinds, strict=True)]
        a_s = sum(rates)
        seconds = sum(work) / a_s if a_s else 0.0
        wait_s = mean_wait_s(hands, a_s, seconds, _spread(rates, load, costs))
        yield wait_s, sum(work) / hands


def _spread(rates: Sequence[float], load: Load, costs: Costs) -> float:
    """Standard deviation over mean of how long jobs take, of both kinds together."""
    whole = sum(rates)
    if not whole:
        return 0.0
    means = [costs.seconds(kind) for kind in load.kinds]
    mean = sum(r * m for r, m in zip(rates, means, strict=True)) / whole
    square = sum(r * m**2 * (1 + costs.spread**2) for r, m in zip(rates, means, strict=True)) / whole
    return math.sqrt(max(0.0, square / mean**2 - 1))


def _kept(load: Load, costs: Costs, promise: Promise, hands: int) -> bool:
    if any(busy > promise.busy for _, busy in _hours(load, costs, hands)):
        return False
    return expected_wait_s(load, costs, hands) <= promise.wait_s


@dataclass(frozen=True)
class Limit:
    """Something that ends before everything else: what, at how many jobs a day, and what to do then."""

    what: str
    measured: str
    jobs_a_day: float
    then: str


@dataclass(frozen=True)
class Ceilings:
    """What one of each bears, measured on two cores (docs/scaling.md)."""

    sqlite_commits_a_s: float = 266.0
    locked_commits_a_s: float = 249.0
    """PostgreSQL, eight writers that wait for one lock, as those do that tell events."""
    free_commits_a_s: float = 2407.0
    """The same without the lock: who waits for the disk waits together."""
    connections: int = 100
    """PostgreSQL's `max_connections`, as it is installed."""
    claim_s: float = 0.0056
    waiting: int = 10_000
    requests_a_s: float = 50.0
    watchers: int = 2000
    provider_calls: int = 500


def limits(load: Load, costs: Costs, ceilings: Ceilings) -> list[Limit]:
    """Where today's design ends, for a load of that shape; the first to come is the first of the list."""
    one = size(load, costs, Prices(), Promise())
    per_job = load.jobs

    def reached(bears: float, takes: float) -> float:
        return bears / takes * per_job if takes else math.inf

    found = [
        Limit(
            "SQLite's one writer",
            f"{ceilings.sqlite_commits_a_s:,.0f} commits a second",
            reached(ceilings.sqlite_commits_a_s, one.writes_a_s),
            "PostgreSQL",
        ),
        Limit(
            "PostgreSQL's lock that puts events in order",
            f"{ceilings.locked_commits_a_s:,.0f} commits a second",
            reached(ceilings.locked_commits_a_s, one.telling_a_s),
            "a disk that is written sooner; progress told less often",
        ),
        Limit(
            "PostgreSQL's connections, as it is installed",
            f"{ceilings.connections:,}",
            reached(ceilings.connections, one.connections),
            "max_connections; beyond some hundreds more memory, or several jobs a process",
        ),
        Limit(
            "PostgreSQL's disk",
            f"{ceilings.free_commits_a_s:,.0f} commits a second",
            reached(ceilings.free_commits_a_s, one.writes_a_s),
            "a better disk",
        ),
        Limit(
            "the lock that claims take",
            f"{ceilings.claim_s * 1000:.1f} ms for claim and end",
            reached(1 / ceilings.claim_s, one.jobs_a_s),
            "a queue for each kind",
        ),
        Limit(
            "how many may wait, morning's briefs included",
            f"{ceilings.waiting:,} jobs",
            reached(ceilings.waiting, load.due),
            "NARROWCAST_QUEUE_LIMIT; it is a setting",
        ),
        Limit(
            "one web server",
            f"{ceilings.requests_a_s:,.0f} requests a second",
            reached(ceilings.requests_a_s, one.requests_a_s),
            "another one",
        ),
        Limit(
            "those who watch, of one web server",
            f"{ceilings.watchers:,} clients",
            reached(ceilings.watchers, one.watchers),
            "another one",
        ),
        Limit(
            "a provider's calls at once",
            f"{ceilings.provider_calls:,} calls, as an account of the middle has them",
            reached(ceilings.provider_calls, one.calls_open),
            "a higher limit there, or a second provider",
        ),
    ]
    return sorted(found, key=lambda limit: limit.jobs_a_day)
