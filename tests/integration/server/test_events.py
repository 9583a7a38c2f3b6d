"""What happens to jobs is told as it happens: nothing is lost, nothing is told twice, nobody waits for a slow one."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import owner_of
from tests.integration.server.listening import listening, told

from narrowcast.errors import LimitError
from narrowcast.queue.outcome import Completed
from narrowcast.queue.queue import NewJob
from narrowcast.server.event_stream import EventStream, Opening
from narrowcast.server.events import MOST_WAITING, Events, frame
from narrowcast.store.jobs.events import JobEvent, JobEvents
from narrowcast.store.jobs.rows import Job

STEPS = 30


@pytest.fixture
async def quick(served: Served) -> Served:
    """A server that looks for news twenty times a second, and whose own hands leave jobs alone."""
    served.context.events._every_s = 0.05
    return served


async def waiting_job(served: Served, name: str = "sam") -> Job:
    """A job that no hands take: its kind is nobody's."""
    enqueued = await served.context.queue.enqueue(NewJob(await owner_of(served, name), "test", params={}))
    return enqueued.job


async def work(served: Served, pause_s: float = 0.005) -> None:
    """Do the next job, telling of each step."""
    queue = served.context.queue
    job = await queue.claim("tests", kinds=("test",))
    assert job
    for step in range(STEPS):
        figures = {"progress_percentage": step, "current_step": "generating_audio"}
        await queue.progress(job.id, job.epoch, figures, [("progress", figures)])
        await asyncio.sleep(pause_s)
    await queue.finish(job.id, job.epoch, Completed({"seconds": 1}))


async def events_of(served: Served, job: Job) -> list[int]:
    return [event.id for event in await served.context.store.job_events.of_job(job.id)]


async def test_a_job_is_told_from_its_present_state_to_its_end(quick: Served) -> None:
    job = await waiting_job(quick)
    async with listening(quick.app) as url:
        began = asyncio.Event()
        hearing = asyncio.create_task(told(url, quick.sam, f"podcasts/jobs/{job.id}/events", began=began))
        await asyncio.wait_for(began.wait(), 60)
        await work(quick)
        heard = await hearing
    assert (heard[0].kind, heard[0].data["status"], heard[0].data["queue_position"]) == ("state", "queued", 1)
    assert [event.kind for event in heard[1:]] == ["running", *["progress"] * STEPS, "completed"]
    assert [event.id for event in heard] == await events_of(quick, job)
    assert heard[-2].data["progress_percentage"] == STEPS - 1
    assert {event.data["job_id"] for event in heard} == {job.id}


async def test_who_is_cut_off_again_and_again_misses_nothing_and_hears_nothing_twice(quick: Served) -> None:
    job = await waiting_job(quick)
    chance = random.Random(4)  # noqa: S311 - where a test cuts
    heard: list[int] = []
    async with listening(quick.app) as url:
        working = asyncio.create_task(work(quick, 0.02))
        path = f"podcasts/jobs/{job.id}/events"
        heard += [event.id for event in await told(url, quick.sam, path, count=1)]
        kinds: list[str] = []
        while "completed" not in kinds:
            news = await told(url, quick.sam, path, last=heard[-1], count=chance.randint(1, 9))
            heard += [event.id for event in news]
            kinds += [event.kind for event in news]
        await working
    everything = await events_of(quick, job)
    assert heard == everything[everything.index(heard[0]) :]


async def test_a_job_that_ended_is_told_at_once(quick: Served) -> None:
    job = await waiting_job(quick)
    await work(quick, 0)
    ids = await events_of(quick, job)
    for last, kinds in (
        (None, ["state"]),
        (ids[-3], ["progress", "completed"]),
        (ids[-1], ["state"]),
        (ids[-1] + 1_000, ["state"]),
    ):
        headers = {"Last-Event-ID": str(last)} if last is not None else {}
        answer = await quick.sam.get(f"podcasts/jobs/{job.id}/events", headers=headers)
        assert [line[7:] for line in answer.text.splitlines() if line.startswith("event: ")] == kinds, last
        assert answer.headers["content-type"].startswith("text/event-stream")


async def test_polling_gives_the_same_figures(quick: Served) -> None:
    job = await waiting_job(quick)
    asked = (await quick.sam.get(f"podcasts/jobs/{job.id}")).json()
    async with listening(quick.app) as url:
        (heard,) = await told(url, quick.sam, f"podcasts/jobs/{job.id}/events", count=1)
    assert heard.data == asked


async def test_all_of_ones_own_jobs_are_told_in_one_stream_and_nobody_elses(quick: Served) -> None:
    first = await waiting_job(quick)
    others = await waiting_job(quick, "nils")
    async with listening(quick.app) as url:
        began = asyncio.Event()
        hearing = asyncio.create_task(told(url, quick.sam, "podcasts/events", count=STEPS + 4, began=began))
        await asyncio.wait_for(began.wait(), 60)
        await work(quick)
        second = await waiting_job(quick)
        heard = await hearing
        again = await told(url, quick.sam, "podcasts/events", last=heard[0].id, count=STEPS + 3)
    assert [event.kind for event in heard] == ["state", "running", *["progress"] * STEPS, "completed", "queued"]
    assert {event.data["job_id"] for event in heard} == {first.id, second.id}
    assert others.id not in {event.data["job_id"] for event in heard}
    assert again == heard[1:]


async def test_others_hear_nothing(quick: Served) -> None:
    job = await waiting_job(quick)
    path = f"podcasts/jobs/{job.id}/events"
    assert (await quick.nils.get(path)).status_code == 404
    assert (await quick.nobody.get(path)).status_code == 401
    for last in ("x", "-1", ""):
        assert (await quick.sam.get(path, headers={"Last-Event-ID": last})).status_code == 422
    assert quick.context.events.clients == 0


async def test_however_many_watch_one_looks(served: Served) -> None:
    looks: list[float] = []

    class Counted(JobEvents):
        async def after(self, event_id: int, limit: int) -> list[JobEvent]:
            looks.append(time.monotonic())
            return await super().after(event_id, limit)

    job = await waiting_job(served)
    events = Events(Counted(served.context.store._database), asyncio.Event(), every_s=0.1)
    stack = [events.watching(job.owner_id, job.id) for _ in range(500)]
    watches = [each.__enter__() for each in stack]
    await events.begin()
    await work(served)
    ids = (await events_of(served, job))[1:]
    got = [[] for _ in watches]  # type: list[list[int]]
    async with asyncio.timeout(60):
        while any(len(each) < len(ids) for each in got):
            for mine, watch in zip(got, watches, strict=True):
                mine += [one.id for one in await watch.take(0.001)]
    assert all(mine == ids for mine in got)
    assert all(later - earlier >= 0.095 for earlier, later in itertools.pairwise(looks))
    for each in stack:
        each.__exit__(None, None, None)
    await events.aclose()
    assert events.clients == 0


async def stream(events: Events, send: Any, **figures: Any) -> None:
    async def nobody_leaves() -> Any:
        await asyncio.Event().wait()

    async def opening() -> Opening:
        return Opening([frame(7, "state", "{}")], 7)

    answer = EventStream(events, opening, owner_id="o", job_id="j", **figures)
    await answer({"type": "http"}, nobody_leaves, send)


async def test_who_takes_nothing_any_more_is_let_go(served: Served) -> None:
    events = Events(served.context.store.job_events, asyncio.Event())

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async with asyncio.timeout(60):
        await stream(events, send, patience_s=0.05)
    assert events.clients == 0
    await events.aclose()


async def test_who_lags_too_far_is_let_go_and_the_others_are_not(served: Served) -> None:
    events = Events(served.context.store.job_events, asyncio.Event())
    with events.watching("o", "j") as slow, events.watching("o", "j") as other:
        for number in range(MOST_WAITING + 1):
            for watch in (slow, other):
                watch.put(frame(number, "progress", "{}"))
            await other.take(0)
        assert slow.closed
        assert not await slow.take(0)
        assert not other.closed


async def test_a_quiet_stream_says_that_it_is_there_and_ends_after_a_while(served: Served) -> None:
    events = Events(served.context.store.job_events, asyncio.Event())
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await stream(events, send, keep_alive_s=0.02, life_s=0.5)
    bodies = [message["body"] for message in sent[1:]]
    assert bodies[0] == b"retry: 2000\n\nevent: state\nid: 7\ndata: {}\n\n"
    assert set(bodies[1:-1]) == {b": still here\n\n"}
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    await events.aclose()


async def test_streams_end_with_the_server(quick: Served) -> None:
    job = await waiting_job(quick)
    async with listening(quick.app) as url:
        began = asyncio.Event()
        hearing = asyncio.create_task(told(url, quick.sam, f"podcasts/jobs/{job.id}/events", began=began))
        await asyncio.wait_for(began.wait(), 60)
        quick.context.closing.set()
        async with asyncio.timeout(10):
            assert [event.kind for event in await hearing] == ["state"]
            again = await told(url, quick.sam, f"podcasts/jobs/{job.id}/events")
    assert [event.kind for event in again] == ["state"]


async def test_too_many_streams_are_refused(served: Served) -> None:
    events = Events(served.context.store.job_events, asyncio.Event(), most_clients=2, most_of_one_owner=1)
    with events.watching("a", None):
        with pytest.raises(LimitError) as mine:
            events.admit("a")
        with events.watching("b", None), pytest.raises(LimitError) as everyones:
            events.admit("c")
        assert (mine.value.everyone, everyones.value.everyone) == (False, True)
    events.admit("a")


async def test_whose_token_or_account_has_ended_is_let_go(served: Served) -> None:
    store = served.context.store
    events = Events(store.job_events, asyncio.Event(), let_in=store.accounts.let_in, every_s=0.01, checked_every_s=0.02)
    made = {who: (await getattr(served, who).post("tokens", json={"name": "radio"})).json() for who in ("sam", "nils")}
    kept = (await served.sam.post("tokens", json={"name": "kitchen"})).json()
    with (
        events.watching("sam", None, made["sam"]["id"]) as revoked,
        events.watching("sam", None, kept["id"]) as other,
        events.watching("nils", None, made["nils"]["id"]) as deactivated,
    ):
        await events.begin()
        await asyncio.sleep(0.1)
        assert [watch.closed for watch in (revoked, deactivated, other)] == [False, False, False]
        await served.sam.delete(f"tokens/{made['sam']['id']}")
        nils = (await served.nils.get("me")).json()["id"]
        await served.olga.patch(f"users/{nils}", json={"active": False})
        await revoked.take(60)
        await deactivated.take(60)
        assert [watch.closed for watch in (revoked, deactivated, other)] == [True, True, False]
    await events.aclose()
