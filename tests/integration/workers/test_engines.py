"""What jobs are promised, by both engines' hands on both databases."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest
from tests.integration.workers.asking import QUICK, ended, given, owner, request, submit, until
from tests.integration.workers.woken import WokenHands

from ledger import Call
from narrowcast.keys.sealing import Sealer
from narrowcast.notify.push import PushKey
from narrowcast.settings import Settings, read_settings
from narrowcast.store.jobs.rows import JobStatus
from narrowcast.studio.studio import Studio
from narrowcast.workers.delivering import Channels
from narrowcast.workers.local import LocalEngine
from narrowcast.workers.telling import Teller
from running import Simulator, StartSimulator

AT_ONCE = 2


class Hands(Protocol):
    """Hands of either engine, at work."""

    async def drain(self) -> None: ...


Open = Callable[[Simulator], Awaitable[tuple[Studio, Settings]]]
Start = Callable[[Studio, Settings], Awaitable[Hands]]


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where the database is. Not async, since making one runs an event loop."""
    if request.param == "sqlite":
        return {}
    return {"NARROWCAST_DATABASE_URL": request.getfixturevalue("postgresql_url")}


@pytest.fixture
async def open_studio(places: dict[str, str], tmp_path: Path) -> AsyncIterator[Open]:
    """Open a studio that asks a simulator for two clips at once, on either database."""
    async with AsyncExitStack() as ends:

        async def start(simulator: Simulator) -> tuple[Studio, Settings]:
            more = {"NARROWCAST_HOME": str(tmp_path / "home"), "NARROWCAST_TTS_CONCURRENCY": str(AT_ONCE)}
            settings = read_settings({**more, **places, **simulator.env})
            return await ends.enter_async_context(Studio.open(settings)), settings

        yield start


@pytest.fixture(params=["local", "celery"])
async def start_hands(request: pytest.FixtureRequest) -> AsyncIterator[Start]:
    """Start two hands of either engine; they are drained at the end."""
    running: list[Hands] = []

    async def start(studio: Studio, settings: Settings) -> Hands:
        if request.param == "celery":
            running.append(WokenHands(settings, 2))
        else:
            engine = LocalEngine(studio, home=settings.home, hands=2, pace=QUICK)
            engine.start()
            await engine.ready()
            running.append(engine)
        return running[-1]

    yield start
    for hands in running:
        await hands.drain()


def most_at_once(calls: Sequence[Call]) -> int:
    """How many calls were open at the same time, by the provider's own account."""
    moments = [(call.start, 1) for call in calls] + [(call.end or call.start, -1) for call in calls]
    most = open_now = 0
    for _, change in sorted(moments):
        open_now += change
        most = max(most, open_now)
    return most


def teller(studio: Studio) -> Teller:
    """One of several servers that tell."""
    sealer = Sealer(base64.urlsafe_b64encode(b"k" * 32))
    return Teller(studio.store, Channels(sealer, b"s" * 32, PushKey(b"p" * 32)))


async def test_jobs_are_made_published_and_told_once_and_ask_no_more_at_once_than_a_provider_takes(
    open_studio: Open, start_hands: Start, start_simulator: StartSimulator
) -> None:
    simulator = start_simulator(speed=30.0)
    studio, settings = await open_studio(simulator)
    source = await given(studio)
    owners = [await owner(studio, name) for name in ("olga", "nils")]
    jobs = [await submit(studio, each, request(source)) for each in owners]
    await start_hands(studio, settings)
    done = [await ended(studio, job) for job in jobs]
    assert [job.status for job in done] == [JobStatus.COMPLETED] * 2, [job.error_message for job in done]
    calls = simulator.calls("speech")
    assert len({call.hash for call in calls}) == len(calls), "each clip was paid once"
    assert len(simulator.calls("outline")) == 1
    assert most_at_once(calls) <= AT_ONCE
    for each, job in zip(owners, jobs, strict=True):
        assert [one.number for one in await studio.store.revisions.all(each, str(job.episode_id))] == [1]
    assert sorted(await asyncio.gather(*(teller(studio).tell() for _ in range(2)))) in ([0, 2], [1, 1])
    for each, job in zip(owners, jobs, strict=True):
        inbox = await studio.store.messages.newest(each, None, 10)
        assert [message.job_id for message in inbox] == [job.id]


async def test_a_drained_job_keeps_its_place_and_goes_on_in_other_hands(
    open_studio: Open, start_hands: Start, start_simulator: StartSimulator
) -> None:
    simulator = start_simulator(speed=20.0)
    studio, settings = await open_studio(simulator)
    olga = await owner(studio)
    job = await submit(studio, olga, request(await given(studio)))
    hands = await start_hands(studio, settings)
    await until(studio, job, lambda now: bool(now.progress.get("step_details", {}).get("completed_turns")))
    await hands.drain()
    back = await studio.queue.get(olga, job.id)
    assert back
    assert (back.status, back.failures, back.queued_at) == (JobStatus.QUEUED, 0, job.queued_at)
    if isinstance(hands, WokenHands):
        assert [(did.shown.job, did.outcome, did.more) for did in hands.did] == [(job.id, "drained", True)]
        assert [shown.job for shown in hands.begun] == [job.id]
    await start_hands(studio, settings)
    done = await ended(studio, job)
    assert (done.status, done.epoch) == (JobStatus.COMPLETED, 2)
    hashes = [call.hash for call in simulator.calls("speech")]
    assert len(hashes) == len(set(hashes))
