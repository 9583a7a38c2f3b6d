"""How the whole server does, gathered for its owner: the queue, people, providers, room."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field

from narrowcast.money.monthly import month_of
from narrowcast.server.context import Context
from narrowcast.store.people.spending import By
from narrowcast.version import __version__

DAYS = 30
RECENT = timedelta(hours=24)


class QueueSeen(BaseModel):
    """Everybody's jobs: how many, not whose."""

    running: int
    queued: int
    scheduled: int
    oldest_queued_at: datetime | None
    failed: int = Field(description="Failed jobs that nobody had done again.")


class CrewSeen(BaseModel):
    """A process that has hands, as it said within the last minute."""

    name: str
    engine: str
    kinds: list[str]
    slots: int = Field(description="0 where they only stand by.")
    busy: int
    version: str


class PersonSeen(BaseModel):
    """A user in figures; of the jobs that ended, those of the last 30 days count."""

    user_id: str
    email: str
    live: int
    completed: int
    failed: int
    cancelled: int
    episodes: int
    stored_bytes: int
    spent_usd: float = Field(description="This month, of calls whose price is known.")


class ProviderSeen(BaseModel):
    """A provider of models or voices, as it does now; calls and waits are of the last 24 hours."""

    name: str
    title: str
    source: str | None = Field(description="Where its key or address is from; `built in` where it needs none.")
    verdict: str = Field(description="What became of the last test of its key; `none` where it needs no key.")
    calls: int
    waits: int = Field(description="How often it asked for a pause or failed for now.")
    open_calls: int
    paused_until: datetime | None
    paused_because: str


class StorageSeen(BaseModel):
    """What is stored, in bytes, and what is free on the disk."""

    episodes: int
    sources: int
    results: int
    free: int


class Overview(BaseModel):
    """How the whole server does."""

    version: str
    queue: QueueSeen
    hands: list[CrewSeen]
    people: list[PersonSeen]
    providers: list[ProviderSeen]
    storage: StorageSeen


async def overview(here: Context) -> Overview:
    """How it stands now."""
    now = datetime.now(UTC)
    month = month_of(now)
    store = here.store
    levels, people, troubles, states = await asyncio.gather(
        store.job_figures.levels(),
        store.oversight.people(now - timedelta(days=DAYS)),
        store.oversight.troubles(now - RECENT, now),
        here.keys.states(),
    )
    held, spent, called = await asyncio.gather(
        store.provider_slots.held(now),
        store.spending.sums(month.begins, month.ends, By.OWNER),
        store.spending.sums(now - RECENT, now, By.PROVIDER),
    )
    by_status: Counter[str] = Counter()
    for (_, status), count in levels.live.items():
        by_status[status] += count
    open_calls: Counter[str] = Counter()
    for provider, count in held.items():
        open_calls[provider.partition(":")[0]] += count
    money = {each.key: each.cost_usd for each in spent}
    calls = {each.key: each.calls for each in called}
    emails = {user.id: user.email for user in await store.accounts.page(None, len(people))}
    titles = {state.provider.name: state for state in states}
    providers = []
    for name in sorted({*titles, *troubles, *calls} - {""}):
        state, trouble = titles.get(name), troubles.get(name)
        providers.append(
            ProviderSeen(
                name=name,
                title=state.provider.title if state else name,
                source=state.source if state else "built in",
                verdict=state.verdict if state else "none",
                calls=calls.get(name, 0),
                waits=trouble.waits if trouble else 0,
                open_calls=open_calls[name],
                paused_until=trouble.paused_until if trouble else None,
                paused_because=trouble.reason if trouble else "",
            )
        )
    return Overview(
        version=__version__,
        queue=QueueSeen(
            running=by_status["running"],
            queued=by_status["queued"],
            scheduled=by_status["scheduled"],
            oldest_queued_at=levels.oldest_queued_at,
            failed=levels.dead,
        ),
        hands=[
            CrewSeen(
                name=crew.name, engine=crew.engine, kinds=list(crew.kinds), slots=crew.slots, busy=crew.busy,
                version=crew.version,
            )
            for crew in await here.queue.crews()
        ],
        people=[
            PersonSeen(
                user_id=each.user_id, email=emails.get(each.user_id, ""), live=each.live, completed=each.completed,
                failed=each.failed, cancelled=each.cancelled, episodes=each.episodes, stored_bytes=each.stored_bytes,
                spent_usd=money.get(each.user_id, 0.0),
            )
            for each in people.values()
        ],
        providers=providers,
        storage=StorageSeen(
            episodes=levels.stored_bytes["episodes"],
            sources=levels.stored_bytes["sources"],
            results=levels.stored_bytes["results"],
            free=(await asyncio.to_thread(shutil.disk_usage, here.settings.home)).free,
        ),
    )  # fmt: skip
