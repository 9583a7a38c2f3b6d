"""Many who write at once on PostgreSQL, from two homes: nobody waits for ever, nothing is seen out of its order."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from narrowcast.errors import ChangedError, ConflictError, LimitError, NotFoundError
from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.queue.outcome import Completed, Failed
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.store.database import Database, open_database
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.episodes.revisions import NewRevision, Publication
from narrowcast.store.episodes.scripts import Unchanged
from narrowcast.store.episodes.shelf import Changes
from narrowcast.store.home import Store
from narrowcast.store.jobs.idempotency import Answered
from narrowcast.store.jobs.jobs import Jobs
from narrowcast.store.jobs.rows import Job, changing, note
from narrowcast.store.listening.bookmarks import Mark
from narrowcast.store.listening.downloads import Fetched
from narrowcast.store.listening.records import Played, Progress
from narrowcast.store.people.accounts import Accounts
from narrowcast.store.people.spending import Spent
from narrowcast.store.places import Places
from narrowcast.store.tables import episode, job, job_event, message, revision
from narrowcast.store.telling.deliveries import Settlement
from narrowcast.store.telling.telling import Notice

REFUSALS = (NotFoundError, ConflictError, ChangedError, LimitError)
"""What somebody is told who comes too late, or wants too much: all else is a fault."""
CAP, SEED, LASTING_S, AT_MOST_S = 2, 20261121, 4.0, 60.0
LIMITS = QueueLimits(owner=OwnerLimits(running=CAP, waiting=6), backoff_s=0.01)
DAY = datetime(2026, 3, 2, tzinfo=UTC).date()


async def test_events_are_seen_in_the_order_of_their_ids(postgresql_url: str) -> None:
    """One transaction has numbered its event and is not done; what others write is not seen before it."""
    assert await _seen_by_a_poller(postgresql_url) == [1, 2]


async def test_without_their_order_a_poller_would_miss_events(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test before can fail."""

    async def no_order(_database: Database, _connection: object) -> None:
        pass

    monkeypatch.setattr(Database, "in_order", no_order)
    assert await _seen_by_a_poller(postgresql_url) == [2]


async def _seen_by_a_poller(url: str) -> list[int]:
    """The numbers of two jobs' events as one sees them who always asks for those after the last."""
    database = await open_database(url)
    jobs = Jobs(database)
    queue, owner_id = Queue(jobs, LIMITS), await _person(database, "a")
    ids = [(await queue.enqueue(NewJob(owner_id, "episode", {"number": number}))).job.id for number in (1, 2)]
    last = await _newest(database)
    release, slow_is_in = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with changing(database, "tests") as connection:
            await note(database, connection, [(ids[0], "told", {"number": 1})], database.now())
            slow_is_in.set()
            await release.wait()

    async def quick() -> None:
        async with changing(database, "tests") as connection:
            await note(database, connection, [(ids[1], "told", {"number": 2})], database.now())

    seen: list[int] = []

    async def poll() -> None:
        nonlocal last
        query = select(job_event.c.id, job_event.c.data).where(job_event.c.id > last).order_by(job_event.c.id)
        async with database.read() as connection:
            for event_id, data in await connection.execute(query):
                last = event_id
                seen.append(data["number"])

    both = [asyncio.create_task(slow())]
    await slow_is_in.wait()
    both.append(asyncio.create_task(quick()))
    while not both[1].done() and not await _somebody_waits(url):  # noqa: ASYNC110 - it is the server who knows
        await asyncio.sleep(0.01)
    await poll()
    release.set()
    await asyncio.gather(*both)
    await poll()
    await database.aclose()
    return seen


@dataclass
class Party:
    """What all actors of one run share: two machines' stores, and who and what there is."""

    stores: list[Store]
    chance: random.Random
    people: list[str] = field(default_factory=list)
    episodes: list[tuple[str, str]] = field(default_factory=list)
    jobs: list[tuple[str, str]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    number: int = 0

    def __post_init__(self) -> None:
        self.queues = [Queue(store.jobs, LIMITS) for store in self.stores]

    @property
    def store(self) -> Store:
        """One of the machines."""
        return self.chance.choice(self.stores)

    @property
    def queue(self) -> Queue:
        """One of the machines."""
        return self.chance.choice(self.queues)

    def next(self) -> int:
        """A number that nobody had."""
        self.number += 1
        return self.number


@pytest.fixture
async def party(tmp_path: Path, postgresql_url: str) -> AsyncIterator[Party]:
    stores = [await Store.open(tmp_path / name, Places(database=postgresql_url)) for name in ("a", "b")]
    yield Party(stores, random.Random(SEED))  # noqa: S311 - the same each time
    for store in stores:
        await store.aclose()


async def test_all_at_once_nobody_waits_for_one_who_waits_for_them(party: Party, postgresql_url: str) -> None:
    for _ in range(4):
        await new_person(party)
        await ask(party)
    begun = time.monotonic()
    actors: list[Callable[[Party], Awaitable[None]]] = [
        *[ask] * 4, *[work] * 6, *[listen] * 2, *[tell] * 2, sweep, change, rewrite, take_away, cancel, spend, download,
    ]  # fmt: skip

    def goes_on() -> bool:
        took = time.monotonic() - begun
        return took < LASTING_S or (took < AT_MOST_S and not all(party.done[each.__name__] for each in actors))

    async def act(actor: Callable[[Party], Awaitable[None]]) -> None:
        while goes_on():
            with suppress(*REFUSALS):
                await actor(party)
                party.done[actor.__name__] += 1
            await asyncio.sleep(party.chance.random() * 0.005)

    watching = asyncio.create_task(watch(party))
    await asyncio.gather(*(act(actor) for actor in actors))
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    await look(party)
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("select pg_stat_force_next_flush()")
        row = connection.execute("select deadlocks from pg_stat_database where datname = current_database()").fetchone()
    assert row == (0,)
    assert all(party.done[actor.__name__] for actor in actors), party.done
    await check(party)


async def new_person(party: Party) -> None:
    store, name = party.store, f"{party.next()}@example.org"
    user = await store.accounts.add(email=name, name="Sam", role="member", tier="standard")
    now = store.now()
    for _ in range(2):
        await store.webhooks.add(
            user.id, url="https://a.b", description="", events=["completed"], sealed_secret=b"s", now=now
        )
    party.people.append(user.id)


async def ask(party: Party) -> None:
    owner_id, number, store = party.chance.choice(party.people), party.next(), party.store
    if len(party.jobs) > 10 and party.chance.random() < 0.2:
        await party.queue.retry(*party.chance.choice(party.jobs[-20:]))
        return
    new = NewEpisode(f"e{number}", owner_id, f"Number {number}", "en")
    await store.idempotency.begin(owner_id, str(number), "h")
    answered = Answered(owner_id, str(number), 202, {})
    asked = await party.queue.enqueue(NewJob(owner_id, "episode", {}, episode_id=new.id), answered, new)
    party.episodes.append((owner_id, new.id))
    party.jobs.append((owner_id, asked.job.id))


async def work(party: Party) -> None:
    machine = party.chance.randrange(2)
    queue, store = party.queues[machine], party.stores[machine]
    held = await queue.claim(f"hand {machine}")
    if held is None:
        return
    await queue.progress(held.id, held.epoch, {"done": 1}, [("turn_ready", {"turn_id": "t1"})])
    if held.episode_id:
        await store.scripts.save_made(
            held.episode_id, f"{held.id} {party.next()}".encode(), job_id=held.id, epoch=held.epoch
        )
    if party.chance.random() < 0.2:
        await queue.finish(held.id, held.epoch, Failed("It did not work.", retryable=party.chance.random() < 0.5))
        return
    await queue.finish(held.id, held.epoch, Completed({}), _publication(held))


def _publication(held: Job) -> Publication | None:
    if not held.episode_id:
        return None
    made = NewRevision("k", "audio/mpeg", 1, "0" * 64, 60_000, {}, {})
    return Publication(held.episode_id, made, title="Named", transcript="words")


async def listen(party: Party) -> None:
    owner_id, episode_id = party.chance.choice(party.episodes[-20:])
    store, at = party.store, 1_772_000_000_000
    async with store.hearing.ledger(owner_id, episode_id) as ledger:
        await ledger.listened()
        event_id = str(party.next())
        await ledger.add(
            [Played(event_id, episode_id, 1, 0, 1000, 1.0, at, at + 1000, "UTC", "d", DAY, 60_000)], store.now()
        )
        progress = await ledger.progress()
        await ledger.keep(progress or _begun())
    await store.bookmarks.add(owner_id, episode_id, Mark(None, 0, 5), "note")
    await store.up_next.put(owner_id, [episode_id])


def _begun() -> Progress:
    return Progress(
        revision=1, position_ms=1, position_at_ms=1, rate=1.0, rate_at_ms=1, heard=(), heat=(), since_ms=0,
        finished=False, plays=0, played_at_ms=1, heard_share=0.0,
    )  # fmt: skip


async def tell(party: Party) -> None:
    store = party.store
    for each in await store.telling.untold(3):
        notice = Notice(each.job_id, each.owner_id, each.episode_id, each.status, "t", "b", {}, by_email=True)
        await store.telling.tell(notice, store.now())
    while claimed := await store.deliveries.claim("me", store.now(), timedelta(seconds=60)):
        off = party.chance.random() < 0.1
        settlement = Settlement(
            delivered=not off, code=200, note="", disabled_reason="gone" if off else None, notice=("k", "t", "b")
        )
        await store.deliveries.settle(claimed, settlement, store.now())


async def sweep(party: Party) -> None:
    queue = party.queue
    await queue.sweep()
    await party.store.jobs.upkeep.forget_events(queue.now())
    await party.store.jobs.upkeep.forget_answers(queue.now() - timedelta(milliseconds=50))
    await party.store.hearing.prune(queue.now())


async def change(party: Party) -> None:
    owner_id, episode_id = party.chance.choice(party.episodes[-20:])
    tags = tuple(party.chance.sample(["a", "b", "c"], 2))
    await party.store.shelf.change(owner_id, episode_id, Changes(title=f"T{party.next()}", tags=tags))
    await party.store.tags.rename(owner_id, "a", "b")


async def rewrite(party: Party) -> None:
    owner_id, episode_id = party.chance.choice(party.episodes[-20:])
    store = party.store
    kept = await store.scripts.get(owner_id, episode_id)
    after = await store.scripts.replace(owner_id, kept, f"edited {party.next()}".encode())
    if after:
        again = NewJob(owner_id, "episode", {}, episode_id=episode_id)
        await party.queue.enqueue(again, Unchanged(owner_id, after))


async def take_away(party: Party) -> None:
    await asyncio.sleep(0.05)
    if party.chance.random() < 0.2:
        await new_person(party)
        await party.store.accounts.remove(party.people.pop(party.chance.randrange(len(party.people))))
    else:
        owner_id, _ = party.chance.choice(party.episodes[-20:])
        mine = [identity for owner, identity in party.episodes if owner == owner_id]
        await party.store.shelf.delete(owner_id, party.chance.sample(mine, min(3, len(mine))))


async def cancel(party: Party) -> None:
    await asyncio.sleep(0.02)
    if party.chance.random() < 0.2:
        await party.queue.cancel_all(party.chance.choice(party.people))
    else:
        await party.queue.cancel(*party.chance.choice(party.jobs[-20:]))


async def spend(party: Party) -> None:
    owner_id, episode_id = party.chance.choice(party.episodes[-20:])
    await party.store.spending.add([Spent(owner_id, "p", "m", 1, 1, 1, 0.01, episode_id)])


async def download(party: Party) -> None:
    owner_id, episode_id = party.chance.choice(party.episodes[-20:])
    who = (f"l{party.chance.randrange(5)} {episode_id}", "yesterday")
    await party.store.downloads.add(Fetched(owner_id, episode_id, who, "app", 10, 25), party.store.now())


async def watch(party: Party) -> None:
    """Sees events as each server does; and that nobody runs more than they may."""
    while True:
        await look(party)
        running = select(job.c.owner_id, func.count()).where(job.c.status == "running").group_by(job.c.owner_id)
        async with party.store._database.read() as connection:
            assert all(count <= CAP for _, count in await connection.execute(running))
        await asyncio.sleep(0.002)


async def look(party: Party) -> None:
    """Everything after the last that was seen."""
    while found := await party.store.job_events.after(max(party.seen, default=0), 1000):
        party.seen |= {event.id for event in found}


async def check(party: Party) -> None:
    """The laws, once all is quiet."""
    async with party.store._database.read() as connection:
        kept = set(await connection.scalars(select(job_event.c.id).where(job_event.c.kind != "turn_placed")))
        assert kept <= party.seen, "a poller has missed events"
        numbers = select(revision.c.episode_id, func.count(), func.max(revision.c.number)).group_by(
            revision.c.episode_id
        )
        made = {identity: (count, last) for identity, count, last in await connection.execute(numbers)}
        assert made
        for identity, last in await connection.execute(select(episode.c.id, episode.c.revision)):
            assert made.get(identity, (0, 0)) == (last, last)
        completed = select(job.c.episode_id, func.count()).where(job.c.status == "completed").group_by(job.c.episode_id)
        for identity, count in await connection.execute(completed):
            assert made[identity][0] == count, "a job has published twice, or not at all"
        told = select(func.count()).select_from(message).where(message.c.job_id.is_not(None)).group_by(message.c.job_id)
        assert {*await connection.scalars(told)} == {1}


async def _person(database: Database, name: str) -> str:
    user = await Accounts(database).add(email=f"{name}@example.org", name="Sam", role="member", tier="standard")
    return user.id


async def _newest(database: Database) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(select(func.max(job_event.c.id))) or 0)


async def _somebody_waits(url: str) -> bool:
    query = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute(query)).fetchone()
    return bool(row and row[0])
