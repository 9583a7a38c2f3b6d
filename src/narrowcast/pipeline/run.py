"""Making an episode: the list of its steps.

`run` yields typed events; the last is `EpisodeReady`. Every paid result is stored before the next step, so a run that
ends in the middle is taken up by the next one with the same order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, suppress

from narrowcast.errors import NarrowcastError
from narrowcast.pipeline.draft import Draft, draft_of
from narrowcast.pipeline.events import EpisodeReady, Event, Storing
from narrowcast.pipeline.order import Order, Parts
from narrowcast.pipeline.prepare import Prepared, prepare
from narrowcast.pipeline.produce import produce
from narrowcast.pipeline.progress import Tally
from narrowcast.pipeline.publish import publish
from narrowcast.pipeline.recall import keep
from narrowcast.pipeline.remember import Entry, remembered
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.episodes.episodes import Episodes

Emit = Callable[[Event], None]
Remember = Callable[[Prepared, Episodes], AbstractAsyncContextManager[Entry]]
"""Opens the entry under which a run's episode is kept."""


async def run(
    order: Order, open_parts: Callable[[Emit], Parts], remember: Remember = remembered
) -> AsyncGenerator[Event]:
    """Make the episode and yield what happens.

    Raises `InputError` before anything is spent, `BudgetError` before the call that would exceed the budget,
    `ProviderError` and `EpisodeError` later; closing the iterator stops the work and keeps what was paid for.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    work = asyncio.create_task(_make(order, open_parts, remember, events.put_nowait))
    work.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await work
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError, NarrowcastError):
            await work


async def _make(order: Order, open_parts: Callable[[Emit], Parts], remember: Remember, tell: Emit) -> None:
    tally = Tally()

    def emit(event: Event) -> None:
        nonlocal tally
        tally = tally.after(event)
        tell(event)

    parts = open_parts(emit)
    prepared = await prepare(order, parts, emit)
    await keep(prepared.plan.sources, parts.store.results)
    async with remember(prepared, parts.store.episodes) as entry:
        draft = await draft_of(order.script) if order.script else Draft()
        mixed = await produce(prepared, draft, parts, emit, entry.keep_script)
        crashpoint("run.mixed")
        emit(Storing())
        try:
            episode = await publish(prepared, draft, mixed, tally, entry.episode_id)
        finally:
            prepared.files.unfinished.unlink(missing_ok=True)
        await entry.made(episode)
    emit(EpisodeReady(episode))
