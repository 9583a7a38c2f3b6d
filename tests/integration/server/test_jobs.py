"""Jobs as their owner sees them: listed, cancelled, done again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import add_episode, script

from narrowcast.queue.outcome import Completed, Failed
from narrowcast.script.script_file import dump_script
from narrowcast.store.jobs.rows import Job
from narrowcast.store.tables import episode, job

WISH: dict[str, Any] = {
    "content": "# On bees\n\nA bee dances to tell where flowers are.\n",
    "llm": "none",
    "briefing_suffix": "Be brief.",
}


async def ask(served: Served, segments: int = 1, client: str = "sam") -> dict[str, Any]:
    answer = await getattr(served, client).post("podcasts/generate", json={**WISH, "num_segments": segments})
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


async def claimed(served: Served) -> Job:
    found = await served.context.queue.claim("tests")
    assert found
    return found


async def fail(served: Served) -> Job:
    held = await claimed(served)
    await served.context.queue.finish(held.id, held.epoch, Failed("The provider is out of order.", retryable=False))
    return held


async def statuses(served: Served, told: dict[str, Any]) -> tuple[str, str]:
    """Of the job, and of its episode."""
    asked = (await served.sam.get(f"podcasts/jobs/{told['job_id']}")).raise_for_status().json()
    kept = await served.context.store.episodes.get(told["episode_id"])
    assert kept
    return asked["status"], str(kept.status)


async def test_jobs_are_listed_newest_first_a_page_at_a_time(served: Served) -> None:
    asked = [await ask(served, segments) for segments in range(1, 6)]
    await ask(served, client="nils")
    await fail(served)
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        listed = (await served.sam.get("podcasts/jobs", params=params)).raise_for_status().json()
        seen += [item["job_id"] for item in listed["items"]]
        if not (cursor := listed["next_cursor"]):
            break
    assert seen == [told["job_id"] for told in reversed(asked)]
    for params, count in (
        ({"status": "failed"}, 1),
        ({"status": ["queued", "failed"]}, 5),
        ({"episode_id": asked[2]["episode_id"]}, 1),
        ({"kind": "brief"}, 0),
    ):
        listed = (await served.sam.get("podcasts/jobs", params=params)).raise_for_status().json()
        assert len(listed["items"]) == count
    for wrong in ({"status": "done"}, {"limit": 0}, {"cursor": "made up"}):
        assert (await served.sam.get("podcasts/jobs", params=wrong)).status_code == 422


async def test_positions_and_times_are_those_of_the_line(served: Served) -> None:
    asked = [await ask(served, segments) for segments in (1, 2, 3)]
    assert [told["queue_position"] for told in asked] == [1, 2, 3]
    times = [told["estimated_time"]["seconds"] for told in asked]
    assert times == sorted(times)
    held = await claimed(served)
    figures = {"progress_percentage": 25.0, "current_step": "generating_audio", "estimated_time_remaining": 42}
    details = {"total_turns": 8, "completed_turns": 2, "current_speaker": "Maya"}
    await served.context.queue.progress(held.id, held.epoch, {**figures, "step_details": details})
    running = (await served.sam.get(f"podcasts/jobs/{held.id}")).json()
    assert (running["status"], running["queue_position"], running["step_details"]) == ("running", None, details)
    assert {name: running[name] for name in figures} == figures
    await served.context.queue.finish(held.id, held.epoch, Completed({"seconds": 61.0}))
    done = (await served.sam.get(f"podcasts/jobs/{held.id}")).json()
    assert (done["progress_percentage"], done["estimated_time"], done["result"]) == (100, None, {"seconds": 61.0})
    assert (await served.sam.get(f"podcasts/jobs/{asked[1]['job_id']}")).json()["queue_position"] == 1


async def test_a_job_that_waits_is_cancelled_at_once(served: Served) -> None:
    told = await ask(served)
    cancelled = await served.sam.post(f"podcasts/jobs/{told['job_id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert await statuses(served, told) == ("cancelled", "cancelled")
    assert (await served.sam.post(f"podcasts/jobs/{told['job_id']}/cancel")).status_code == 200
    assert (await ask(served))["job_id"] != told["job_id"]


async def test_a_running_job_is_asked_to_stop_and_one_that_ended_cannot_be(served: Served) -> None:
    told = await ask(served)
    held = await claimed(served)
    asked = (await served.sam.post(f"podcasts/jobs/{held.id}/cancel")).raise_for_status().json()
    assert (asked["status"], asked["cancel_requested"]) == ("running", True)
    beat = await served.context.queue.beat(held.id, held.epoch)
    assert beat
    assert beat.cancel_requested
    another = await ask(served, 2)
    await fail(served)
    answer = await served.sam.post(f"podcasts/jobs/{another['job_id']}/cancel")
    assert (answer.status_code, told["job_id"] == held.id) == (409, True)


async def test_a_failed_job_is_done_again_with_all_it_was_asked_with(served: Served) -> None:
    told = await ask(served)
    first = await fail(served)
    shown = (await served.sam.get(f"podcasts/jobs/{first.id}")).json()
    assert (shown["error_message"], await statuses(served, told)) == (
        "The provider is out of order.",
        ("failed", "failed"),
    )
    headers = {"Idempotency-Key": "again"}
    again = await served.sam.post(f"podcasts/jobs/{first.id}/retry", headers=headers)
    assert (again.status_code, again.json()["episode_id"]) == (202, told["episode_id"])
    replayed = await served.sam.post(f"podcasts/jobs/{first.id}/retry", headers=headers)
    assert (replayed.status_code, replayed.json()) == (202, again.json())
    twice = await served.sam.post(f"podcasts/jobs/{first.id}/retry")
    assert (twice.status_code, twice.json()["job_id"]) == (200, again.json()["job_id"])
    retried = await claimed(served)
    assert (retried.retry_of, retried.params) == (first.id, first.params)
    assert retried.params["instructions"] == "Be brief."
    assert await statuses(served, again.json()) == ("running", "generating")
    assert (await served.sam.post(f"podcasts/jobs/{retried.id}/retry")).status_code == 409


async def test_a_retry_puts_no_older_script_over_an_edited_one(served: Served) -> None:
    told = await ask(served)
    failed = await fail(served)
    kept = {"script_version": 1, "script_blob_key": "episodes/x.json"}
    await served.context.store.blobs.put("episodes/x.json", dump_script(script()).encode())
    async with served.context.store.scripts._database.write() as connection:
        await connection.execute(update(episode).where(episode.c.id == told["episode_id"]).values(**kept))
    put = await served.sam.put(
        f"podcasts/{told['episode_id']}/script",
        json=script(title="On wasps").model_dump(mode="json", exclude_defaults=True),
        headers={"If-Match": "*"},
    )
    assert put.status_code == 200
    answer = await served.sam.post(f"podcasts/jobs/{failed.id}/retry")
    assert (answer.status_code, "Render" in answer.json()["hint"]) == (409, True)


async def test_a_job_of_a_version_that_asked_otherwise_is_not_done_again(served: Served) -> None:
    await ask(served)
    failed = await fail(served)
    async with served.context.store.scripts._database.write() as connection:
        await connection.execute(update(job).where(job.c.id == failed.id).values(params={"colour": "red"}))
    assert (await served.sam.post(f"podcasts/jobs/{failed.id}/retry")).status_code == 409


async def test_others_see_no_job_and_touch_none(served: Served) -> None:
    told = await ask(served)
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry")):
        url = f"podcasts/jobs/{told['job_id']}{path}"
        assert (await served.nils.request(method, url)).status_code == 404
        assert (await served.nobody.request(method, url)).status_code == 401
        assert (await served.lea.request(method, url)).status_code == (403 if path else 404)
        assert (await served.sam.request(method, f"podcasts/jobs/no-id{path}")).status_code == 422
    assert (await served.nils.get("podcasts/jobs")).json()["items"] == []
    listed = await served.nils.get("podcasts/jobs", params={"episode_id": told["episode_id"]})
    assert listed.json()["items"] == []
    await add_episode(served)
    assert (await statuses(served, told))[0] == "queued"


async def test_a_job_tells_its_episode_its_speakers_and_the_turn_at_work(served: Served) -> None:
    told = await ask(served)
    address = f"podcasts/jobs/{told['job_id']}"
    episode_id = told["episode_id"]
    (await served.sam.patch(f"podcasts/{episode_id}", json={"title": "<b>Bees</b>"})).raise_for_status()
    state = (await served.sam.get(address)).raise_for_status().json()
    assert state["title"] == "<b>Bees</b>"
    assert state["speakers"] == ["Maya", "Daniel"]
    assert state["turn"] is None
    held = await claimed(served)
    turns = [("s1t1", "Maya", "Where do bees fly?"), ("s1t2", "Daniel", "To the lime trees.")]
    written = [("turn_written", {"turn_id": i, "speaker": who, "text": text}) for i, who, text in turns]
    ready = [("turn_ready", {"turn_id": "s1t1", "speaker": "Maya", "duration_ms": 900})]
    for events, wanted in ((written, turns[0]), (ready, turns[1])):
        await served.context.queue.progress(held.id, held.epoch, {}, events)
        state = (await served.sam.get("podcasts/jobs")).raise_for_status().json()["items"][0]
        assert (state["turn"]["turn_id"], state["turn"]["speaker"], state["turn"]["text"]) == wanted
    await served.context.queue.finish(held.id, held.epoch, Failed("It broke.", retryable=False))
    assert (await served.sam.get(address)).json()["turn"] is None
