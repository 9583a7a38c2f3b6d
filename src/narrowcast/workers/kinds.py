"""The kinds of work that there are, and what does each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from narrowcast.errors import InputError
from narrowcast.pipeline.events import Event
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.jobs import EPISODE, Made, run_job
from narrowcast.studio.studio import Studio
from narrowcast.workers.work import Run

KINDS = (EPISODE,)


def runs(
    studio: Studio, kinds: Sequence[str] = KINDS, before: Callable[[], Awaitable[None]] | None = None
) -> Mapping[str, Run]:
    """What does the work of each of `kinds`; `before` each, this is done."""

    async def episode(job: Job, on_event: Callable[[Event], None]) -> Made:
        if before:
            await before()
        return await run_job(studio, job, on_event)

    every: Mapping[str, Run] = {EPISODE: episode}
    return {kind: every[kind] for kind in kinds}


def known_kinds(names: Sequence[str]) -> Sequence[str]:
    """These, each once; all where there are none. Raises `InputError`."""
    for name in names:
        if name not in KINDS:
            raise InputError(f"There is no kind of work called {name!r}.", hint=f"Known: {', '.join(KINDS)}.")
    return tuple(dict.fromkeys(names)) or KINDS
