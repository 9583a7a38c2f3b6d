"""Jobs from their claim to their end, with a real queue and a simulated provider."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.workers.asking import ended, given, owner, request, submit, until
from tests.integration.workers.conftest import OpenStudio, StartEngine

from narrowcast.script.script_file import dump_script, parse_script
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.jobs.rows import JobStatus
from narrowcast.store.upkeep.collect import collect
from narrowcast.studio.given import keep_content
from narrowcast.studio.request import Mode
from running import Simulator, StartSimulator


def left_behind(home: Path) -> list[Path]:
    """Files of unfinished work."""
    return [*(home / "work").glob("*"), *(home / "blobs" / "incoming").glob("*")]


async def test_an_episode_is_made_stored_and_published_and_a_render_asks_only_for_what_was_edited(
    open_studio: OpenStudio, start_engine: StartEngine, simulator: Simulator, tmp_path: Path
) -> None:
    studio = await open_studio(simulator)
    engine = await start_engine(studio)
    olga = await owner(studio)
    asked = request(await given(studio))
    job = await submit(studio, olga, asked)
    engine.wake()
    done = await ended(studio, job)
    assert done.status is JobStatus.COMPLETED, done.error_message
    assert done.progress["step_details"]["completed_turns"] == done.result["turns"]  # type: ignore[index]
    episode_id = str(job.episode_id)
    row = await studio.store.episodes.get(episode_id)
    assert row
    assert row.status is EpisodeStatus.COMPLETED
    assert row.title == "The canal that climbed a hill", "named by its source"
    first = await studio.store.revisions.get(olga, episode_id)
    assert first
    audio = await studio.store.blobs.get(first.audio_key)
    assert audio
    assert (len(audio), hashlib.sha256(audio).hexdigest()) == (first.size_bytes, first.sha256)
    assert set(first.files) == {
        ".script.json", ".vtt", ".srt", ".txt", ".transcript.json", ".chapters.json", ".notes.md", ".cover.jpg",
        ".cues.json",
    }  # fmt: skip
    for key in first.files.values():
        assert await studio.store.blobs.get(key)

    assert len(first.clips) == len(simulator.calls("speech"))
    assert (await studio.store.collect(unused=timedelta())).results == 0, "used just now"
    collected = await collect(
        studio.store._database, studio.store.blobs, unused=timedelta(days=1), now=datetime.now(UTC) + timedelta(days=2)
    )
    assert collected.results, "an outline and a segment, which nobody used for a day"
    assert all([await studio.store.results.get(key) for key in first.clips]), "an edit still pays for one clip only"

    kept = await studio.store.scripts.get(olga, episode_id)
    script = parse_script(kept.data.decode(), "it")
    assert script.sources, "its citations can be looked up"
    turns = list(script.segments[0].turns)
    turns[0] = turns[0].model_copy(update={"text": "This opening was written by hand."})
    edited = script.model_copy(
        update={"segments": (script.segments[0].model_copy(update={"turns": tuple(turns)}), *script.segments[1:])}
    )
    data = dump_script(edited).encode()
    saved = await studio.store.scripts.replace(olga, kept, data)
    assert saved
    before = len(simulator.calls("speech"))
    render = asked.model_copy(
        update={
            "mode": Mode.RENDER,
            "script_key": saved.key,
            "script_version": saved.version,
            "sources": (),
            "speakers": None,
        }
    )
    again = await submit(studio, olga, render, episode_id)
    engine.wake()
    assert (await ended(studio, again)).status is JobStatus.COMPLETED
    assert len(simulator.calls("speech")) == before + 1
    assert [one.number for one in await studio.store.revisions.all(olga, episode_id)] == [2, 1]
    assert await studio.store.blobs.get(first.audio_key) == audio, "the earlier one can still be heard"
    assert not left_behind(tmp_path / "home")


async def test_only_the_script_of_a_pasted_text(
    open_studio: OpenStudio, start_engine: StartEngine, simulator: Simulator
) -> None:
    studio = await open_studio(simulator)
    await start_engine(studio)
    olga = await owner(studio)
    text = "# Locks\n\n" + "A lock lifts boats from one level to the next. " * 20
    asked = request(content_key=await keep_content(studio.store.blobs, text), stop_after_script=True)
    done = await ended(studio, await submit(studio, olga, asked))
    assert done.status is JobStatus.COMPLETED, done.error_message
    row = await studio.store.episodes.get(str(done.episode_id))
    assert row
    assert row.status is EpisodeStatus.SCRIPT_READY
    kept = await studio.store.scripts.get(olga, row.id)
    assert json.loads(kept.data)["sources"][0]["origin"] == "text"
    assert not simulator.calls("speech")
    assert not await studio.store.revisions.get(olga, row.id)


async def test_two_jobs_with_the_same_text_at_once_pay_each_clip_once(
    open_studio: OpenStudio, start_engine: StartEngine, simulator: Simulator
) -> None:
    studio = await open_studio(simulator)
    await start_engine(studio, 2)
    source = await given(studio)
    jobs = [await submit(studio, await owner(studio, name), request(source)) for name in ("olga", "nils")]
    done = [await ended(studio, job) for job in jobs]
    assert [job.status for job in done] == [JobStatus.COMPLETED] * 2
    hashes = [call.hash for call in simulator.calls("speech")]
    assert len(hashes) == len(set(hashes))
    assert len(simulator.calls("outline")) == 1


@pytest.mark.parametrize("step", ["generating_script", "parsing_turns", "generating_audio", "combining_audio"])
async def test_a_running_job_is_cancelled_at_each_step_and_keeps_what_was_paid(
    open_studio: OpenStudio, start_engine: StartEngine, start_simulator: StartSimulator, tmp_path: Path, step: str
) -> None:
    studio = await open_studio(start_simulator(speed=10.0))
    await start_engine(studio, 1)
    olga = await owner(studio)
    job = await submit(studio, olga, request(await given(studio)))
    steps = ["generating_script", "parsing_turns", "generating_audio", "combining_audio", "storing_audio"]
    await until(
        studio,
        job,
        lambda now: now.status.ended or now.progress.get("current_step") in steps[steps.index(step) :],
    )
    await studio.queue.cancel(olga, job.id)
    done = await ended(studio, job)
    assert done.status is JobStatus.CANCELLED
    assert not left_behind(tmp_path / "home")
    assert not await studio.store.revisions.get(olga, str(job.episode_id))


async def test_what_was_paid_before_a_cancel_is_not_paid_again(
    open_studio: OpenStudio, start_engine: StartEngine, start_simulator: StartSimulator
) -> None:
    simulator = start_simulator(speed=10.0)
    studio = await open_studio(simulator)
    engine = await start_engine(studio, 1)
    olga = await owner(studio)
    job = await submit(studio, olga, request(await given(studio)))
    await until(studio, job, lambda _now: bool(simulator.calls("speech")))
    await studio.queue.cancel(olga, job.id)
    assert (await ended(studio, job)).status is JobStatus.CANCELLED
    again = (await studio.queue.retry(olga, job.id)).job
    engine.wake()
    assert (await ended(studio, again)).status is JobStatus.COMPLETED
    hashes = [call.hash for call in simulator.calls("speech")]
    assert len(hashes) == len(set(hashes)), "calls in flight at the cancel were let finish, and kept"


async def test_draining_gives_a_job_back_where_it_stood_and_it_goes_on(
    open_studio: OpenStudio, start_engine: StartEngine, start_simulator: StartSimulator, tmp_path: Path
) -> None:
    simulator = start_simulator(speed=10.0)
    studio = await open_studio(simulator)
    engine = await start_engine(studio, 1)
    olga = await owner(studio)
    job = await submit(studio, olga, request(await given(studio)))
    shown = await until(studio, job, lambda now: bool(now.progress.get("step_details", {}).get("completed_turns")))
    await engine.drain()
    given_back = await studio.queue.get(olga, job.id)
    assert given_back
    assert (given_back.status, given_back.failures) == (JobStatus.QUEUED, 0)
    assert not left_behind(tmp_path / "home")
    floor = max(shown.progress["progress_percentage"], given_back.progress["progress_percentage"])
    await start_engine(studio, 1)
    seen = [floor]

    def done(now: object) -> bool:
        seen.append(now.progress["progress_percentage"])  # type: ignore[attr-defined]
        return bool(now.status.ended)  # type: ignore[attr-defined]

    assert (await until(studio, job, done)).status is JobStatus.COMPLETED
    assert seen == sorted(seen), "it never goes back"
    hashes = [call.hash for call in simulator.calls("speech")]
    assert len(hashes) == len(set(hashes))


async def test_a_provider_that_wants_a_long_pause_is_no_failure(
    open_studio: OpenStudio, start_engine: StartEngine, start_simulator: StartSimulator
) -> None:
    simulator = start_simulator(faults=["llm:429@1"], options=["--retry-after=3600"])
    studio = await open_studio(simulator)
    await start_engine(studio, 1)
    olga = await owner(studio)
    job = await submit(studio, olga, request(await given(studio)))
    put_off = await until(studio, job, lambda now: now.status is JobStatus.SCHEDULED)
    assert put_off.failures == 0
    assert put_off.run_at
    assert 3500 < (put_off.run_at - put_off.created_at).total_seconds() < 5000


async def test_a_job_that_hangs_is_taken_from_its_hands_which_go_on(
    open_studio: OpenStudio, start_engine: StartEngine, start_simulator: StartSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator = start_simulator(speed=0.01)  # its first word comes after minutes
    studio = await open_studio(simulator)
    monkeypatch.setattr(studio.queue, "limits", type(studio.queue.limits)(hung_s=1.0, backoff_s=0.1))
    engine = await start_engine(studio, 1)
    olga = await owner(studio)
    job = await submit(studio, olga, request(await given(studio)))
    engine.wake()
    again = await until(studio, job, lambda now: now.failures >= 1)
    assert not again.status.ended
    await studio.queue.cancel(olga, job.id)
    assert (await ended(studio, job)).status is JobStatus.CANCELLED


async def test_bad_input_fails_at_once_in_words_for_its_owner(
    open_studio: OpenStudio, start_engine: StartEngine, simulator: Simulator
) -> None:
    studio = await open_studio(simulator)
    await start_engine(studio, 1)
    olga = await owner(studio)
    source = (await given(studio)).model_copy(update={"read_key": "sources/gone.json"})
    done = await ended(studio, await submit(studio, olga, request(source)))
    assert (done.status, done.failures) == (JobStatus.FAILED, 1)
    assert (
        done.error_message
        == "The source The canal that climbed a hill is gone. Add it again, and make a new episode from it."
    )
    assert not simulator.calls()


async def test_only_one_process_has_hands(
    open_studio: OpenStudio, start_engine: StartEngine, simulator: Simulator
) -> None:
    studio = await open_studio(simulator)
    first = await start_engine(studio, 1)
    from narrowcast.workers.local import LocalEngine

    second = LocalEngine(studio, home=first._lock.parent, hands=1, pace=first._pace)
    second.start()
    job = await submit(studio, await owner(studio), request(await given(studio)))
    assert (await ended(studio, job)).status is JobStatus.COMPLETED
    assert not second._ready.is_set()
    await first.drain()
    await second.ready()
    await second.drain()
