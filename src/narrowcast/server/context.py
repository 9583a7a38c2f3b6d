"""What every request works with; built once, when the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from narrowcast.accounts.door import Door
from narrowcast.accounts.guesses import Guesses
from narrowcast.accounts.one_secret import shared_secret
from narrowcast.accounts.people import People
from narrowcast.accounts.server_secret import ServerSecret
from narrowcast.keys.sealing import Sealer
from narrowcast.live.sessions import Sessions
from narrowcast.queue.queue import Queue
from narrowcast.server.events import Events
from narrowcast.server.metrics import Metrics
from narrowcast.server.telling import channels_of
from narrowcast.settings import Settings
from narrowcast.store.home import Store
from narrowcast.studio import Studio
from narrowcast.studio.estimating import Estimating
from narrowcast.studio.housekeeping import Housekeeping
from narrowcast.studio.previewing import Previewing
from narrowcast.studio.provider_keys import KeyRing
from narrowcast.studio.reading import ReadingRoom
from narrowcast.studio.rewriting import Rewriting
from narrowcast.studio.submit import Submitting
from narrowcast.workers.engine import ServerHands, server_hands
from narrowcast.workers.housekeeping import keeping_house
from narrowcast.workers.local import LocalEngine
from narrowcast.workers.telling import Teller


@dataclass(frozen=True)
class Context:
    """The parts of a running server.

    `closing` is set as soon as it was told to end: streams end, jobs are given back.
    """

    settings: Settings
    studio: Studio
    secret: ServerSecret
    sealer: Sealer
    keys: KeyRing
    teller: Teller
    events: Events
    metrics: Metrics
    submitting: Submitting
    estimating: Estimating
    rewriting: Rewriting
    previewing: Previewing
    hands: ServerHands
    door: Door
    reading: ReadingRoom
    live: Sessions
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    guesses: Guesses = field(default_factory=Guesses)
    making_covers: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def store(self) -> Store:
        """What is kept."""
        return self.studio.store

    @property
    def queue(self) -> Queue:
        """What is to be done."""
        return self.studio.queue

    @property
    def people(self) -> People:
        """The users."""
        return People(self.store, self.settings.tiers, self.door.passwords)


@asynccontextmanager
async def open_context(settings: Settings) -> AsyncIterator[Context]:
    """The parts, opened; given back at the end. Raises as `Studio.open` and `shared_secret`."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    async with Studio.open(settings) as studio, AsyncExitStack() as opened:
        secret = await shared_secret(studio.store, settings.home, given)
        sealer = Sealer(secret.sealing_key())
        studio.access.serve_many(sealer)
        keys = KeyRing(settings, studio.store.provider_keys, studio.access, sealer)
        await keys.load()
        metrics = Metrics(studio.store, studio.queue)
        await metrics.begin()
        closing = asyncio.Event()
        events = Events(studio.store.job_events, closing, let_in=studio.store.accounts.let_in)
        live = Sessions(studio.store, closing)
        hands = await opened.enter_async_context(server_hands(studio, settings, keys.load))
        submitting = Submitting(studio.store, studio.queue, studio.budgets, settings.tiers, hands.wake, studio.access)
        house = Housekeeping(studio.store, studio.queue, keep_unused_days=settings.keep_unused_days)
        teller = Teller(studio.store, channels_of(settings, secret, sealer))
        try:
            async with teller.running(), keeping_house(house), _at_work(hands.engine, closing):
                yield Context(
                    settings=settings,
                    studio=studio,
                    secret=secret,
                    sealer=sealer,
                    keys=keys,
                    teller=teller,
                    events=events,
                    metrics=metrics,
                    submitting=submitting,
                    estimating=Estimating(studio),
                    rewriting=Rewriting(studio),
                    previewing=Previewing(studio),
                    hands=hands,
                    door=Door(studio.store),
                    reading=ReadingRoom(studio.store, allow_private=settings.allow_private_addresses),
                    live=live,
                    closing=closing,
                )
        finally:
            await live.aclose()
            await events.aclose()


@asynccontextmanager
async def _at_work(engine: LocalEngine, closing: asyncio.Event) -> AsyncIterator[None]:
    """Jobs are worked on in the block. They are given back as soon as it is told to end: before the last answers."""

    async def give_back() -> None:
        await closing.wait()
        await engine.drain()

    engine.start()
    ending = asyncio.create_task(give_back())
    try:
        yield
    finally:
        closing.set()
        await ending


# Async, though it waits for nothing: FastAPI would call it in a thread, for each request.
async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(_context)]
