"""What the queue promises, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.errors import ConflictError, LimitError, NotFoundError
from narrowcast.queue.limits import OwnerLimits
from narrowcast.queue.off_peak import OffPeak
from narrowcast.queue.outcome import Cancelled, Completed, Drained, Failed
from narrowcast.queue.queue import NewJob
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.jobs.claims import Part
from narrowcast.store.jobs.on_duty import FORGOTTEN_S, FRESH_S, Crew
from narrowcast.store.jobs.rows import JobStatus
from narrowcast.store.paging import Place
from narrowcast.store.tables import episode, worker
from narrowcast.workers.sweeper import sweep_for_ever

from .conftest import START, Line

DONE = Completed({"turns": 12})


@dataclass(frozen=True)
class Publish:
    """As a real publication: it makes the episode whole."""

    episode_id: str
    fail: bool = False

    async def write(self, connection: AsyncConnection, at: datetime) -> None:
        await connection.execute(
            update(episode)
            .where(episode.c.id == self.episode_id)
            .values(status="completed", revision=1, completed_at=at)
        )
        if self.fail:
            raise RuntimeError("the disk went away")


async def added_in_turn(line: Line, owner_id: str) -> str:
    """One more job, a moment after the one before."""
    line.clock.pass_(1)
    return (await line.add(owner_id)).id


async def test_a_job_goes_from_the_line_to_its_end_and_each_step_is_told(line: Line) -> None:
    sam = await line.owner()
    added = await line.add_episode(sam, estimate_s=90, dedupe_key="k")
    assert (added.status, added.queued_at, added.epoch) == (JobStatus.QUEUED, START, 0)
    assert (await line.episode(added)).status == "queued"
    line.clock.pass_(5)
    claimed = await line.claimed("local:home:b:0")
    assert (claimed.id, claimed.status, claimed.epoch) == (added.id, JobStatus.RUNNING, 1)
    assert claimed.lease_until == START + timedelta(seconds=65)
    assert claimed.started_at == claimed.moved_at == START + timedelta(seconds=5)
    assert (await line.episode(added)).status == "generating"
    line.clock.pass_(5)
    said = [("turn", {"speaker": "Ada"}), ("turn", {"speaker": "Ben"})]
    assert await line.queue.progress(claimed.id, 1, {"progress_percentage": 40}, said)
    assert (await line.again(added)).moved_at == START + timedelta(seconds=10)
    assert await line.queue.finish(claimed.id, 1, DONE, Publish(str(added.episode_id)))
    ended = await line.again(added)
    assert (ended.status, ended.result, ended.finished_at) == (JobStatus.COMPLETED, DONE.result, line.clock())
    assert (ended.lease_owner, ended.lease_until) == (None, None)
    assert ended.progress == {"progress_percentage": 40}
    assert (await line.episode(added)).status == "completed"
    assert await line.told(added) == ["queued", "running", "turn", "turn", "completed"]
    assert await line.queue.claim("hand") is None


async def test_no_job_without_its_episode_nor_the_reverse(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    with pytest.raises(NotFoundError, match="no such episode"):
        await line.add(sam, episode_id="never made")
    job_of_sam = await line.add_episode(sam)
    with pytest.raises(NotFoundError, match="no such episode"):
        await line.add(nils, episode_id=job_of_sam.episode_id)
    assert [each.id for each in await line.queue.history(sam, limit=9)] == [job_of_sam.id]
    assert await line.queue.history(nils, limit=9) == []
    free = await line.owner("free")
    for _ in range(3):
        await line.add(free)
    with pytest.raises(LimitError):
        await line.add_episode(free)
    async with line.database.read() as connection:
        owners = [row.owner_id for row in await connection.execute(episode.select())]
    assert owners == [sam], "the refused job left its episode behind"


async def test_equal_live_work_is_made_once(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    new = NewJob(sam, "episode", {}, dedupe_key="same")
    first = await line.queue.enqueue(new)
    line.clock.pass_(1)
    second = await line.queue.enqueue(new, NewEpisode("e", sam, "Not to be", "en"))
    others = await line.queue.enqueue(replace(new, owner_id=nils))
    assert (first.existing, second.existing, others.existing) == (False, True, False)
    assert second.job == first.job
    async with line.database.read() as connection:
        assert (await connection.execute(episode.select())).first() is None
    claimed = await line.claimed()
    assert (await line.queue.enqueue(new)).job.id == claimed.id == first.job.id
    await line.queue.finish(claimed.id, 1, DONE)
    assert not (await line.queue.enqueue(new)).existing, "what ended is not live"


async def test_many_who_ask_for_the_same_at_once_get_one_job(line: Line) -> None:
    sam = await line.owner()
    new = NewJob(sam, "episode", {}, dedupe_key="same")
    asked = await asyncio.gather(*(line.queue.enqueue(new) for _ in range(20)))
    assert len({each.job.id for each in asked}) == 1
    assert [each.existing for each in asked].count(False) == 1


async def test_too_many_waiting_are_refused_for_one_and_for_all(line: Line) -> None:
    free, sam = await line.owner("free"), await line.owner()
    await line.add(free)
    await line.add(free, run_at=START + timedelta(hours=1))
    await line.add(free)
    with pytest.raises(LimitError, match="3 of your jobs wait already") as mine:
        await line.add(free)
    assert not mine.value.everyone
    assert mine.value.retry_after_s
    await line.claimed()
    await line.add(free)
    narrow = line.with_limits(replace(line.limits, waiting_in_all=3))
    with pytest.raises(LimitError, match="queue is full") as full:
        await narrow.enqueue(NewJob(sam, "episode", {}))
    assert full.value.everyone
    with pytest.raises(NotFoundError):
        await line.add("nobody")


async def test_order_is_by_priority_then_waiting_lifts_one_place_each_ten_minutes(line: Line) -> None:
    owners = [await line.owner() for _ in range(4)]
    low = await line.add(owners[0], priority=0)
    high = await line.add(owners[1], priority=2)
    line.clock.pass_(600)
    middle = await line.add(owners[2], priority=1)
    line.clock.pass_(1800)
    late = await line.add(owners[3], priority=2)
    assert [(await line.claimed()).id for _ in range(4)] == [high.id, low.id, middle.id, late.id]


async def test_who_runs_least_comes_first_and_nobody_runs_more_than_their_cap(line: Line) -> None:
    many, few, free = await line.owner(), await line.owner(), await line.owner("free")
    ids = [await added_in_turn(line, many) for _ in range(4)]
    free_ids = [await added_in_turn(line, free) for _ in range(2)]
    few_id = await added_in_turn(line, few)
    served = [await line.queue.claim("hand") for _ in range(5)]
    assert [each and each.id for each in served] == [ids[0], free_ids[0], few_id, ids[1], None]
    first = served[0]
    assert first
    await line.queue.finish(first.id, first.epoch, DONE)
    assert (await line.claimed()).id == ids[2]


async def test_hands_take_only_the_kinds_they_are_for(line: Line) -> None:
    sam = await line.owner()
    episode_job = await line.add(sam)
    brief = await line.add(sam, kind="brief")
    assert await line.queue.claim("hand", kinds=["other"]) is None
    found = await line.queue.claim("hand", kinds=["brief"])
    assert found
    assert found.id == brief.id
    assert (await line.claimed()).id == episode_job.id


async def test_hands_take_only_their_lots_and_what_waits_too_long(line: Line) -> None:
    sam, nils, olga = [await line.owner() for _ in range(3)]
    low, high = line.with_chance(0.1), line.with_chance(0.9)
    second = (await high.enqueue(NewJob(sam, "episode", {}))).job
    first = (await low.enqueue(NewJob(nils, "episode", {}))).job
    assert (second.lot, first.lot) == (90, 10)
    mine, others = Part(["episode"], range(30)), Part(["episode"], range(30, 100))
    found = await line.queue.claim("hand", parts=[mine])
    assert found == await line.again(first)
    assert await line.queue.claim("hand", parts=[mine]) is None
    assert await line.queue.claim("hand", parts=[]) is None
    assert await line.queue.claim("hand", parts=[replace(mine, overdue=START - timedelta(seconds=1))]) is None
    assert await line.queue.claim("hand", parts=[Part(["brief"]), replace(mine, overdue=START)])
    third = (await low.enqueue(NewJob(olga, "brief", {}))).job
    assert await line.queue.claim("hand", parts=[others]) is None
    assert (await line.queue.claim("hand", parts=[others, Part(["brief"])])) == await line.again(third)


async def test_a_job_that_is_done_again_keeps_its_lot(line: Line) -> None:
    sam = await line.owner()
    job = (await line.with_chance(0.77).enqueue(NewJob(sam, "episode", {}))).job
    await line.queue.cancel(sam, job.id)
    assert (await line.queue.retry(sam, job.id)).job.lot == job.lot == 77


async def test_who_has_hands_is_known_until_they_leave_or_are_not_seen(line: Line) -> None:
    duty = line.jobs.on_duty
    here, there = Crew("a", "local", ["episode"], 2, 1, "1"), Crew("b", "celery", ["brief", "episode"], 8, 0, "1")
    await duty.report(here)
    await duty.report(there)
    assert await duty.present() == [here, there]
    line.clock.pass_(FRESH_S - 1)
    await duty.report(replace(there, busy=3))
    line.clock.pass_(1)
    assert await duty.present() == [replace(there, busy=3)]
    await duty.leave("b")
    assert await duty.present() == []
    line.clock.pass_(FORGOTTEN_S)
    await duty.report(there)
    async with line.database.read() as connection:
        assert list(await connection.scalars(select(worker.c.name))) == ["b"]


async def test_the_line_moves_by_all_hands_and_its_work_is_known_in_seconds(line: Line) -> None:
    sam = await line.owner()
    for _ in range(9):
        line.clock.pass_(1)
        last = await line.add(sam, estimate_s=60)
    assert await line.queue.queued_work_s() == 9 * 60
    alone = await line.queue.standing(last)
    await line.jobs.on_duty.report(Crew("here", "local", ["episode"], 1, 0, "1"))
    await line.jobs.on_duty.report(Crew("there", "celery", ["episode"], 8, 0, "1"))
    joined = line.with_limits(line.limits)
    assert (await joined.standing(last)).starts_in_s == 0 < alone.starts_in_s


async def test_hands_that_claim_at_once_get_different_jobs(line: Line) -> None:
    owners = [await line.owner() for _ in range(5)]
    for owner in owners:
        await line.add(owner)
        await line.add(owner)
    claimed = [each for each in await asyncio.gather(*(line.queue.claim(f"h{n}") for n in range(12))) if each]
    assert len({each.id for each in claimed}) == len(claimed) == 10


async def test_work_for_later_is_done_later_and_stands_where_it_came_due(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    later = await line.add_episode(sam, run_at=START + timedelta(minutes=5))
    assert (later.status, later.queued_at) == (JobStatus.SCHEDULED, None)
    assert (await line.queue.sweep()).due == 0
    assert await line.queue.claim("hand") is None
    line.clock.pass_(360)
    now = await line.add(nils)
    assert (await line.queue.sweep()).due == 1
    due = await line.again(later)
    assert (due.status, due.queued_at, due.run_at) == (JobStatus.QUEUED, START + timedelta(minutes=5), None)
    assert (await line.claimed()).id == later.id
    assert (await line.claimed()).id == now.id


async def test_off_peak_work_waits_for_its_hours(line: Line) -> None:
    sam = await line.owner()
    window = OffPeak.parse("22:00-06:00", ZoneInfo("Europe/Berlin"))
    queue = line.with_limits(replace(line.limits, off_peak=window))
    night = (await queue.enqueue(NewJob(sam, "episode", {}, off_peak=True))).job
    assert night.run_at == START.replace(hour=21)
    line.clock.pass_(10 * 3600)
    at_once = (await queue.enqueue(NewJob(sam, "episode", {}, off_peak=True))).job
    assert at_once.status == JobStatus.QUEUED


async def test_a_failure_is_tried_again_with_longer_waits_until_it_is_the_last(line: Line) -> None:
    sam = await line.owner()
    added = await line.add_episode(sam)
    for failures, wait_s in ((1, 60), (2, 120), (3, 240)):
        claimed = await line.claimed()
        assert claimed.epoch == failures
        assert await line.queue.finish(claimed.id, claimed.epoch, Failed("It was too loud.", retryable=True))
        waiting = await line.again(added)
        assert (waiting.status, waiting.failures) == (JobStatus.SCHEDULED, failures)
        assert waiting.run_at == line.clock() + timedelta(seconds=wait_s)
        assert waiting.error_message == "It was too loud."
        assert (await line.episode(added)).status == "queued"
        line.clock.pass_(wait_s)
        await line.queue.sweep()
    claimed = await line.claimed()
    assert claimed.error_message is None
    assert await line.queue.finish(claimed.id, claimed.epoch, Failed("It was too loud.", retryable=True))
    ended = await line.again(added)
    assert (ended.status, ended.failures, ended.error_message) == (JobStatus.FAILED, 4, "It was too loud.")
    row = await line.episode(added)
    assert (row.status, row.error_message) == ("failed", "It was too loud.")


async def test_a_fault_that_trying_again_does_not_mend_ends_the_job_at_once(line: Line) -> None:
    added = await line.add(await line.owner())
    claimed = await line.claimed()
    await line.queue.finish(claimed.id, claimed.epoch, Failed("No such voice.", retryable=False))
    assert (await line.again(added)).status == JobStatus.FAILED


async def test_a_providers_pause_is_no_failure_but_does_not_go_on_for_ever(line: Line) -> None:
    added = await line.add(await line.owner())
    pause = Failed("The provider wants no more for now.", retryable=True, retry_after_s=100, pause=True)
    for pauses in range(1, line.limits.max_pauses + 1):
        claimed = await line.claimed()
        await line.queue.finish(claimed.id, claimed.epoch, pause)
        waiting = await line.again(added)
        assert (waiting.status, waiting.failures, waiting.pauses) == (JobStatus.SCHEDULED, 0, pauses)
        assert waiting.run_at
        assert waiting.run_at - line.clock() >= timedelta(seconds=100)
        line.clock.now = waiting.run_at
        await line.queue.sweep()
    assert line.clock() - START > timedelta(hours=12)
    claimed = await line.claimed()
    await line.queue.finish(claimed.id, claimed.epoch, pause)
    assert (await line.again(added)).failures == 1


async def test_what_is_drained_goes_back_to_its_place(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    first = await line.add_episode(sam)
    line.clock.pass_(1)
    await line.add(nils)
    claimed = await line.claimed()
    line.clock.pass_(30)
    assert await line.queue.finish(claimed.id, claimed.epoch, Drained())
    back = await line.again(first)
    assert (back.status, back.failures, back.lost_leases) == (JobStatus.QUEUED, 0, 0)
    assert (await line.episode(first)).status == "queued"
    assert (await line.claimed()).id == first.id


async def test_cancelling_what_waits_ends_it_at_once(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    queued = await line.add_episode(sam)
    scheduled = await line.add_episode(sam, run_at=START + timedelta(hours=1))
    for each in (queued, scheduled):
        with pytest.raises(NotFoundError):
            await line.queue.cancel(nils, each.id)
        cancelled = await line.queue.cancel(sam, each.id)
        assert (cancelled.status, cancelled.finished_at) == (JobStatus.CANCELLED, START)
        assert (await line.queue.cancel(sam, each.id)) == cancelled
        assert (await line.episode(each)).status == "cancelled"
        assert (await line.told(each))[-1] == "cancelled"
    line.clock.pass_(7200)
    await line.queue.sweep()
    assert await line.queue.claim("hand") is None


async def test_a_running_job_hears_of_its_cancelling_by_heartbeat_and_progress(line: Line) -> None:
    sam = await line.owner()
    added = await line.add_episode(sam, dedupe_key="k")
    claimed = await line.claimed()
    heartbeat = line.queue.heartbeat()
    try:
        beat = await asyncio.to_thread(heartbeat.beat, claimed.id, 1)
        assert beat
        assert not beat.cancel_requested
        asked = await line.queue.cancel(sam, added.id)
        assert (asked.status, asked.cancel_requested_at) == (JobStatus.RUNNING, START)
        assert (await line.queue.cancel(sam, added.id)) == asked
        same_anew = await line.add(sam, dedupe_key="k")
        assert same_anew.id != added.id, "equal work was joined to one that is being stopped"
        for beat in (
            await asyncio.to_thread(heartbeat.beat, claimed.id, 1),
            await line.queue.beat(claimed.id, 1),
            await line.queue.progress(claimed.id, 1, {}),
        ):
            assert beat
            assert beat.cancel_requested
        assert await asyncio.to_thread(heartbeat.beat, claimed.id, 2) is None
    finally:
        heartbeat.close()
    assert await line.queue.finish(claimed.id, 1, Cancelled())
    assert (await line.again(added)).status == JobStatus.CANCELLED
    assert await line.told(added) == ["queued", "running", "cancel_requested", "cancelled"]
    done = await line.claimed()
    await line.queue.finish(done.id, done.epoch, DONE)
    with pytest.raises(ConflictError, match="is completed"):
        await line.queue.cancel(sam, done.id)


@pytest.mark.parametrize("ended", [Failed("x", retryable=True), Drained(), Cancelled()])
async def test_what_was_to_be_cancelled_is_not_begun_again(line: Line, ended: Cancelled | Drained | Failed) -> None:
    sam = await line.owner()
    claimed = await line.add(sam)
    await line.claimed()
    await line.queue.cancel(sam, claimed.id)
    await line.queue.finish(claimed.id, 1, ended)
    assert (await line.again(claimed)).status == JobStatus.CANCELLED


async def test_all_jobs_of_an_episode_or_of_an_owner_are_cancelled(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    one = await line.add_episode(sam)
    await line.claimed()
    two, three = await line.add_episode(sam), await line.add(nils)
    assert [each.id for each in await line.queue.cancel_all(sam, two.episode_id)] == [two.id]
    assert {each.id for each in await line.queue.cancel_all(sam)} == {one.id}
    assert (await line.again(one)).cancel_requested_at
    assert (await line.again(three)).status == JobStatus.QUEUED


async def test_an_earlier_claim_writes_nothing_any_more(line: Line) -> None:
    sam = await line.owner()
    added = await line.add_episode(sam)
    stalled = await line.claimed("one")
    line.clock.pass_(61)
    swept = await line.queue.sweep()
    assert (swept.lost, swept.failed, swept.queued) == (1, 0, True)
    lost = await line.again(added)
    assert (lost.status, lost.lost_leases, lost.failures) == (JobStatus.QUEUED, 1, 1)
    for _ in range(2):  # while it waits, and when others have it
        assert await line.queue.beat(stalled.id, stalled.epoch) is None
        assert not await line.queue.progress(stalled.id, stalled.epoch, {"x": 1}, [("turn", {})])
        assert not await line.queue.finish(stalled.id, stalled.epoch, DONE, Publish(str(added.episode_id)))
        assert (await line.episode(added)).revision == 0
        if lost.status == JobStatus.QUEUED:
            lost = await line.claimed("two")
            assert lost.epoch == 2
    assert await line.told(added) == ["queued", "running", "queued", "running"]
    assert await line.queue.finish(lost.id, 2, DONE, Publish(str(added.episode_id)))
    assert await line.queue.finish(lost.id, 2, DONE, Publish("none")), "a lost reply to a commit is success"
    assert not await line.queue.finish(stalled.id, 1, DONE)


async def test_what_cannot_be_published_is_not_completed(line: Line) -> None:
    added = await line.add_episode(await line.owner())
    claimed = await line.claimed()
    with pytest.raises(RuntimeError, match="disk went away"):
        await line.queue.finish(claimed.id, 1, DONE, Publish(str(added.episode_id), fail=True))
    assert (await line.again(added)).status == JobStatus.RUNNING
    assert (await line.episode(added)).status == "generating"


async def test_a_heartbeat_keeps_a_job_and_the_third_lost_lease_ends_it(line: Line) -> None:
    added = await line.add_episode(await line.owner())
    for losses in (1, 2, 3):
        claimed = await line.claimed()
        line.clock.pass_(50)
        assert await line.queue.beat(claimed.id, claimed.epoch)
        line.clock.pass_(50)
        assert (await line.queue.sweep()).lost == 0
        line.clock.pass_(50)
        swept = await line.queue.sweep()
        assert (swept.lost, swept.failed) == (1, int(losses == 3))
    ended = await line.again(added)
    assert (ended.status, ended.lost_leases) == (JobStatus.FAILED, 3)
    assert "stopped 3 times" in str(ended.error_message)


async def test_a_hung_job_is_taken_from_hands_that_live(line: Line) -> None:
    added = await line.add(await line.owner(), estimate_s=1000)
    claimed = await line.claimed()

    async def beat_for(seconds: float, *, moving: bool) -> int:
        hung = 0
        for _ in range(int(seconds // 50)):
            line.clock.pass_(50)
            await line.queue.beat(claimed.id, claimed.epoch)
            if moving:
                await line.queue.progress(claimed.id, claimed.epoch, {})
            hung += (await line.queue.sweep()).hung
        return hung

    assert await beat_for(550, moving=False) == 0
    assert await beat_for(100, moving=False) == 1
    hung = await line.again(added)
    assert (hung.status, hung.failures, hung.lost_leases) == (JobStatus.SCHEDULED, 1, 0)
    assert "no progress for 10 minutes" in str(hung.error_message)
    line.clock.pass_(60)
    await line.queue.sweep()
    claimed = await line.claimed()
    assert await beat_for(2950, moving=True) == 0, "three times its estimate is more than the 45 minutes of others"
    assert await beat_for(100, moving=True) == 1


@pytest.mark.parametrize("leap_s", [3600.0, 90.0, -3600.0])
async def test_what_living_hands_hold_outlasts_a_leap_of_the_clock(line: Line, leap_s: float) -> None:
    """The machine slept for an hour, the process was stopped for 90 s, or the clock was set back."""
    mine = await line.add(await line.owner())
    await line.claimed("local:home:boot:0")
    line.clock.pass_(30)
    sweeping = asyncio.create_task(sweep_for_ever(line.queue, lambda: None, every_s=0.01, boot_id="local:home:boot"))
    await asyncio.sleep(0)  # now it sleeps
    line.clock.pass_(leap_s)
    async with asyncio.timeout(20):
        while (held := await line.again(mine)).lease_until != line.clock() + timedelta(seconds=60):
            assert held.status is JobStatus.RUNNING
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
    sweeping.cancel()
    await asyncio.wait([sweeping])
    held = await line.again(mine)
    assert (held.status, held.epoch, held.failures, held.lost_leases) == (JobStatus.RUNNING, 1, 0, 0)
    assert held.started_at
    assert (line.clock() - held.started_at).total_seconds() == pytest.approx(30, abs=0.1)


async def test_a_local_engine_takes_back_what_its_forerunner_held_without_waiting(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    mine = await line.add(sam)
    await line.claimed("local:home:old:0")
    theirs = await line.add(nils)
    await line.claimed("celery:elsewhere:1")
    now = await line.add(nils)
    await line.claimed("local:home:new:0")
    assert await line.queue.recover("local:home:new") == 1
    assert (await line.again(mine)).status == JobStatus.QUEUED
    assert (await line.again(mine)).lost_leases == 1
    assert (await line.again(theirs)).status == (await line.again(now)).status == JobStatus.RUNNING


async def test_a_retry_is_a_new_job_with_all_that_the_first_had(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    first = await line.add_episode(sam, priority=3, params={"briefing": "more bees"}, dedupe_key="k", estimate_s=7)
    with pytest.raises(ConflictError, match="is queued"):
        await line.queue.retry(sam, first.id)
    claimed = await line.claimed()
    await line.queue.finish(claimed.id, 1, Failed("No such voice.", retryable=False))
    with pytest.raises(NotFoundError):
        await line.queue.retry(nils, first.id)
    again = await line.queue.retry(sam, first.id)
    assert not again.existing
    assert again.job.retry_of == first.id
    for name in ("owner_id", "kind", "params", "priority", "episode_id", "dedupe_key", "estimate_s"):
        assert getattr(again.job, name) == getattr(first, name), name
    assert again.job.failures == 0
    row = await line.episode(first)
    assert (row.status, row.error_message) == ("queued", None)
    assert (await line.queue.retry(sam, first.id)).job == again.job
    claimed = await line.claimed()
    await line.queue.finish(claimed.id, 1, DONE)
    with pytest.raises(ConflictError, match="done again already"):
        await line.queue.retry(sam, first.id)


async def test_a_failed_render_leaves_the_earlier_revision_to_be_listened_to(line: Line) -> None:
    sam = await line.owner()
    made = await line.add_episode(sam)
    await line.queue.finish((await line.claimed()).id, 1, DONE, Publish(str(made.episode_id)))
    render = await line.add(sam, episode_id=made.episode_id)
    await line.queue.finish((await line.claimed()).id, 1, Failed("No such voice.", retryable=False))
    row = await line.episode(render)
    assert (row.status, row.error_message) == ("completed", "No such voice.")


async def test_history_is_paged_filtered_and_ones_own(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    made = []
    for number in range(7):
        made.append(await line.add(sam, kind="brief" if number % 2 else "episode"))
        line.clock.pass_(number % 3)  # some at the very same time
    await line.add(nils)
    await line.queue.cancel(sam, made[0].id)
    found, after = [], None
    while page := await line.queue.history(sam, limit=3, after=after):
        found += [each.id for each in page]
        after = Place(page[-1].created_at, page[-1].id)
    assert len(found) == 7
    assert set(found) == {each.id for each in made}
    assert found[0] == made[-1].id
    assert {each.id for each in await line.queue.history(sam, limit=9, kinds=["brief"])} == {
        each.id for each in made[1::2]
    }
    cancelled = await line.queue.history(sam, limit=9, statuses=[JobStatus.CANCELLED])
    assert [each.id for each in cancelled] == [made[0].id]
    assert await line.queue.get(nils, made[0].id) is None


async def test_standing_counts_those_before_and_says_when_it_will_be_done(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    for _ in range(3):
        done = await line.add(sam)
        await line.claimed()
        line.clock.pass_(100)
        await line.queue.finish(done.id, 1, DONE)
    queue = line.with_limits(replace(line.limits, hands=1, owner=OwnerLimits(running=1)))
    first = await line.add(sam)
    line.clock.pass_(1)
    second, third = await line.add(nils), await line.add(sam, priority=1)
    standings = [await queue.standing(each) for each in (third, first, second)]
    assert [each.position for each in standings] == [1, 2, 3]
    assert [each.seconds for each in standings] == [100, 200, 300]
    assert standings[1].human == "about 4 minutes"
    running = await queue.claim("hand")
    assert running
    assert running.id == third.id
    assert (await queue.standing(running)).position is None
    line.clock.pass_(60)
    assert (await queue.standing(running)).seconds == 40
    assert (await queue.standing(await line.again(first))).position == 1
    fresh = line.with_limits(queue.limits)
    assert (await fresh.standing(first)).starts_in_s == 40
    assert (await fresh.standing(second)).starts_in_s == 140
    assert await fresh.live() == {("episode", "queued"): 2, ("episode", "running"): 1}
    later = await line.add(sam, run_at=line.clock() + timedelta(seconds=500))
    assert await fresh.standing(later) == replace(await fresh.standing(later), position=None, starts_in_s=500)


async def test_the_old_is_forgotten_and_nothing_else(line: Line) -> None:
    sam = await line.owner()
    old, live = await line.add(sam), await line.add(sam, run_at=START + timedelta(days=365))
    await line.claimed()
    await line.queue.finish(old.id, 1, DONE)
    newest = await line.events.newest_id()
    line.clock.pass_(8 * 86400)
    recent = await line.add(sam)
    await line.claimed()
    await line.queue.finish(recent.id, 1, DONE)
    assert await line.queue.prune() == 3
    assert await line.told(old) == []
    assert await line.told(live) == ["scheduled"]
    assert await line.told(recent) == ["queued", "running", "completed"]
    assert (await line.again(old)).status == JobStatus.COMPLETED
    line.clock.pass_(85 * 86400)
    await line.queue.prune()
    assert await line.queue.get(sam, old.id) is None
    assert await line.queue.get(sam, recent.id)
    assert await line.queue.get(sam, live.id)
    line.clock.pass_(86400 * 6)
    await line.queue.prune()
    assert await line.queue.get(sam, recent.id) is None
    await line.add(sam)
    assert await line.events.newest_id() > newest + 3, "ids only rise, also after pruning"


async def test_events_come_in_order_from_behind_a_place(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    one = await line.add(sam)
    line.clock.pass_(1)
    two = await line.add_episode(nils)
    start = await line.events.newest_id()
    await line.claimed()
    await line.queue.cancel(nils, two.id)
    told = await line.events.after(start, 10)
    assert [(each.job_id, each.owner_id, each.kind) for each in told] == [
        (one.id, sam, "running"),
        (two.id, nils, "cancelled"),
    ]
    assert told[1].episode_id == two.episode_id
    assert told[0].data == {"status": "running", "epoch": 1, "failures": 0}
    assert [each.id for each in await line.events.after(start, 1)] == [told[0].id]
    assert [each.kind for each in await line.events.of_job(one.id, told[0].id - 1)] == ["running"]


async def test_a_deleted_episode_takes_its_jobs_and_their_hands_hear_of_it(line: Line) -> None:
    added = await line.add_episode(await line.owner())
    claimed = await line.claimed()
    async with line.database.write() as connection:
        await connection.execute(delete(episode).where(episode.c.id == added.episode_id))
    assert await line.queue.beat(claimed.id, 1) is None
    assert not await line.queue.finish(claimed.id, 1, DONE, Publish(str(added.episode_id)))


async def test_hands_that_are_sent_away_while_they_claim_leave_nothing_claimed(line: Line) -> None:
    added = await line.add(await line.owner())
    for naps in range(40):
        claiming = asyncio.create_task(line.queue.claim("hand"))
        for _ in range(naps):
            await asyncio.sleep(0)
        claiming.cancel()
        try:
            claimed = await claiming
        except asyncio.CancelledError:
            assert (await line.again(added)).status == JobStatus.QUEUED
        else:
            assert claimed
            await line.queue.finish(claimed.id, claimed.epoch, Drained())
