"""Local hands in a process of their own: the same as a server's, without its pages."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

from narrowcast.settings import Settings
from narrowcast.studio.studio import Studio
from narrowcast.workers.engine import shares_of
from narrowcast.workers.entered_keys import entered_keys
from narrowcast.workers.kinds import runs
from narrowcast.workers.local import LocalEngine


async def work_alone(settings: Settings, kinds: Sequence[str], hands: int, on_ready: Callable[[], None]) -> None:
    """Work on the jobs of a home until SIGINT or SIGTERM, then give back what is in hand; a second one ends it at once.

    `on_ready` is called once the hands are at work: after whoever else works on this home has ended. Raises as
    `Studio.open` and `server_secret`, and what the hands die of; `CancelledError` at a second signal.
    """
    async with Studio.open(settings) as studio:
        keys = await entered_keys(studio, settings)
        engine = LocalEngine(
            studio, home=settings.home, hands=hands, kinds=runs(studio, kinds, keys.load), shares=shares_of(settings)
        )
        ending = _told_to_end()
        engine.start()
        ready = asyncio.create_task(engine.ready())
        ready.add_done_callback(lambda done: None if done.cancelled() else on_ready())
        told, dying = asyncio.create_task(ending.wait()), asyncio.create_task(engine.died())
        try:
            await asyncio.wait([told, dying], return_when=asyncio.FIRST_COMPLETED)
            if dying.done():
                await dying
        finally:
            for task in (ready, told, dying):
                task.cancel()
            await engine.drain()


def _told_to_end() -> asyncio.Event:
    """Set at the first signal; at the second whoever waits is cancelled."""
    loop, task, ending = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()

    def told() -> None:
        if ending.is_set() and task:
            task.cancel()
        ending.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    return ending
