"""Asking for episodes: what is refused at the door, what is written down, and that nothing is done twice."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import BEES, owner_of, script

from narrowcast.store.tables import account, episode, job, notebook, notebook_source, source
from narrowcast.store.upkeep.named_blobs import named_blobs

CONTENT = "# On bees\n\nA bee dances to tell where flowers are. The others watch, and fly there.\n"
WISH: dict[str, Any] = {"content": CONTENT, "llm": "none", "tts": "espeak"}


async def rows(served: Served, table: Any) -> list[Any]:
    async with served.context.store.scripts._database.read() as connection:
        return list(await connection.execute(select(table)))


async def add_source(served: Served, name: str, *, in_notebook: str | None = None) -> str:
    """A source of theirs, as the reading of a document leaves it."""
    identity, now = str(uuid.uuid4()), datetime.now(UTC)
    values: dict[str, Any] = {
        "id": identity,
        "owner_id": await owner_of(served, name),
        "title": "On bees",
        "format": "text",
        "origin": "bees.txt",
        "language": "en",
        "words": 20,
        "passages": 2,
        "characters": 100,
        "digest": identity,
        "read_key": f"sources/{identity}.json",
        "size_bytes": 100,
        "created_at": now,
        "updated_at": now,
    }
    await served.context.store.blobs.put(values["read_key"], BEES.model_dump_json().encode())
    async with served.context.store.scripts._database.write() as connection:
        await connection.execute(insert(source).values(**values))
        if in_notebook:
            link = {"notebook_id": in_notebook, "source_id": identity, "added_at": now}
            await connection.execute(insert(notebook_source).values(**link))
    return identity


async def add_notebook(served: Served, name: str) -> str:
    identity, now = str(uuid.uuid4()), datetime.now(UTC)
    values = {"id": identity, "owner_id": await owner_of(served, name), "name": "Bees", "created_at": now}
    async with served.context.store.scripts._database.write() as connection:
        await connection.execute(insert(notebook).values(**values, updated_at=now))
    return identity


async def test_what_is_asked_for_stands_in_the_queue_with_its_episode(served: Served) -> None:
    wish = {**WISH, "episode_name": "How bees tell", "briefing_suffix": "Be brief.", "num_segments": 2}
    answer = await served.sam.post("podcasts/generate", json=wish)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert (told["status"], told["queue_position"]) == ("queued", 1)
    assert told["message"] == f"Queued: position 1, {told['estimated_time']['human_readable']}"
    asked = (await served.sam.get(f"podcasts/jobs/{told['job_id']}")).json()
    assert (asked["episode_id"], asked["kind"], asked["progress_percentage"]) == (told["episode_id"], "episode", 0)
    assert asked["estimated_time_remaining"] == told["estimated_time"]["seconds"]
    (kept,) = await rows(served, episode)
    assert (kept.id, kept.title, kept.status) == (told["episode_id"], "How bees tell", "queued")
    assert kept.snapshot["context_characters"] == len(CONTENT)
    assert kept.snapshot["briefing"].endswith("\n\nBe brief.")
    assert kept.snapshot["request"]["num_segments"] == 2


async def test_the_same_again_gives_the_job_that_is_on_its_way(served: Served) -> None:
    first = await served.sam.post("podcasts/generate", json=WISH)
    again, *_ = answers = await asyncio.gather(*(served.sam.post("podcasts/generate", json=WISH) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert again.json()["job_id"] == first.json()["job_id"]
    another = await served.sam.post("podcasts/generate", json={**WISH, "num_segments": 2})
    nils = await served.nils.post("podcasts/generate", json=WISH)
    assert (another.status_code, nils.status_code) == (202, 202)
    assert len(await rows(served, job)) == len(await rows(served, episode)) == 3


async def test_a_key_makes_it_once_and_answers_the_same(served: Served) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await served.sam.post("podcasts/generate", json=WISH, headers=headers)
    again = await served.sam.post("podcasts/generate", json=WISH, headers=headers)
    assert (first.status_code, again.status_code, again.headers["idempotency-replayed"]) == (202, 202, "true")
    assert again.json() == first.json()
    other = await served.sam.post("podcasts/generate", json={**WISH, "num_segments": 2}, headers=headers)
    assert (other.status_code, "new key" in other.json()["hint"]) == (422, True)
    anew = await served.sam.post("podcasts/generate", json=WISH, headers={"Idempotency-Key": "two"})
    assert (anew.status_code, anew.json()["job_id"] != first.json()["job_id"]) == (202, True)
    nils = await served.nils.post("podcasts/generate", json=WISH, headers=headers)
    assert nils.status_code == 202
    assert len(await rows(served, job)) == 3


async def test_of_two_with_one_key_at_once_one_is_done(served: Served) -> None:
    answers = await asyncio.gather(
        *(served.sam.post("podcasts/generate", json=WISH, headers={"Idempotency-Key": "k"}) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len(await rows(served, job)) == 1


async def test_a_refused_request_leaves_its_key_free(served: Served) -> None:
    headers = {"Idempotency-Key": "k"}
    refused = await served.sam.post("podcasts/generate", json={**WISH, "priority": 99}, headers=headers)
    assert (refused.status_code, "priority 99" in refused.json()["detail"]) == (422, True)
    assert (await served.sam.post("podcasts/generate", json=WISH, headers=headers)).status_code == 202
    for key in ("", "a b", "x" * 256):
        answer = await served.sam.post("podcasts/generate", json=WISH, headers={"Idempotency-Key": key})
        assert answer.status_code == 422, key


async def test_a_crash_between_the_job_and_its_answer_does_not_make_it_twice(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_args: Any) -> None:
        raise OSError("the process is gone")

    headers = {"Idempotency-Key": "k"}
    with monkeypatch.context() as patch:
        patch.setattr(served.context.store.idempotency, "finish", lost)
        patch.setattr(served.context.store.idempotency, "forget", lost)
        with pytest.raises(OSError, match="gone"):
            await served.sam.post("podcasts/generate", json=WISH, headers=headers)
    again = await served.sam.post("podcasts/generate", json=WISH, headers=headers)
    (kept,) = await rows(served, job)
    assert (again.status_code, again.json()["job_id"], again.json()["status"]) == (202, kept.id, "queued")


async def test_an_episode_of_a_notebook_and_of_sources(served: Served) -> None:
    bees = await add_notebook(served, "sam")
    one = await add_source(served, "sam", in_notebook=bees)
    another = await add_source(served, "sam")
    by_notebook = await served.sam.post("podcasts/generate", json={"notebook_id": bees, "llm": "none"})
    by_sources = await served.sam.post("podcasts/generate", json={"source_ids": [another, one], "llm": "none"})
    assert (by_notebook.status_code, by_sources.status_code) == (202, 202)
    first, second = await rows(served, job)
    assert [each["id"] for each in first.params["sources"]] == [one]
    assert [each["id"] for each in second.params["sources"]] == [another, one]
    assert [kept.title for kept in await rows(served, episode)] == ["Bees", "On bees · On bees"]
    for wish in ({"notebook_id": bees}, {"source_ids": [one]}):
        for path in ("generate", "estimate"):
            assert (await served.nils.post(f"podcasts/{path}", json=wish)).status_code == 404
    empty = await served.sam.post("podcasts/generate", json={"notebook_id": await add_notebook(served, "sam")})
    assert (empty.status_code, "no sources" in empty.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({}, "exactly one"),
        ({"content": "x", "notebook_id": str(uuid.uuid4())}, "exactly one"),
        ({"content": ""}, "content"),
        ({"content": " \n\t"}, "blank"),
        ({"source_ids": []}, "source_ids"),
        ({**WISH, "minutes": 0}, "minutes"),
        ({**WISH, "minutes": 1e9}, "minutes"),
        ({**WISH, "num_segments": 21}, "num_segments"),
        ({**WISH, "language": "no language"}, "language"),
        ({**WISH, "episode_profile": "../../etc/passwd"}, "no episode profile"),
        ({**WISH, "speaker_profile": "/etc/passwd"}, "no speaker profile"),
        ({**WISH, "run_at": "2026-01-01T10:00:00"}, "run_at"),
        ({**WISH, "run_at": "2999-01-01T10:00:00Z"}, "year"),
        ({**WISH, "budget_usd": -1}, "budget_usd"),
        ({**WISH, "llm": "gpt"}, "llm"),
        ({**WISH, "colour": "red"}, "colour"),
        ({"script": {"title": "T", "language": "en", "speakers": [{"name": "A"}], "segments": []}}, "segments"),
    ],
)
async def test_what_makes_no_episode_is_refused_by_name(served: Served, wish: dict[str, Any], says: str) -> None:
    answer = await served.sam.post("podcasts/generate", json=wish)
    assert answer.status_code == 422
    assert says in answer.json()["detail"] + str(answer.json()["errors"])
    assert not await rows(served, job)
    assert not await rows(served, episode)


async def test_a_given_script_is_voiced_as_it_is(served: Served) -> None:
    document = script().model_dump(mode="json", exclude_defaults=True)
    answer = await served.sam.post("podcasts/generate", json={"script": document})
    assert answer.status_code == 202, answer.text
    (kept,) = await rows(served, job)
    assert kept.params["script_key"]
    stolen = {"name": "Maya", "tts_config": {"base_url": "https://example.org/v1"}}
    refused = await served.sam.post(
        "podcasts/generate", json={"script": {**document, "speakers": [stolen, document["speakers"][1]]}}
    )
    assert (refused.status_code, "api_key" in refused.text) == (422, True)
    other = await served.sam.post("podcasts/generate", json={"script": document, "speaker_profile": "solo"})
    assert (other.status_code, "not among the speakers" in other.json()["detail"]) == (422, True)


async def test_ones_own_profiles_go_before_the_shipped_ones(served: Served) -> None:
    profiles, sam = served.context.store.profiles, await owner_of(served, "sam")
    shipped = (await served.sam.post("podcasts/generate", json=WISH)).json()
    kept = (await rows(served, job))[0]
    body = {**kept.params["profile"], "default_briefing": "Mine."}
    own = await profiles.add(sam, "episode", kept.params["profile"]["name"], body)
    mine = (await served.sam.post("podcasts/generate", json=WISH)).json()
    by_id = (await served.sam.post("podcasts/generate", json={**WISH, "episode_profile": own.id})).json()
    assert shipped["job_id"] != mine["job_id"] == by_id["job_id"]
    assert (await rows(served, job))[1].params["profile"]["default_briefing"] == "Mine."
    assert (await served.nils.post("podcasts/generate", json={**WISH, "episode_profile": own.id})).status_code == 422
    await profiles.add(sam, "episode", "broken", {**body, "num_segments": 99})
    await profiles.add(sam, "episode", "files", {**body, "cover": "/etc/passwd"})
    for name, says in (("broken", "num_segments"), ("files", "files of this server")):
        answer = await served.sam.post("podcasts/generate", json={**WISH, "episode_profile": name})
        assert (answer.status_code, says in answer.json()["detail"]) == (422, True)


async def test_later_and_at_another_priority(served: Served) -> None:
    at = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0)
    answer = await served.sam.post("podcasts/generate", json={**WISH, "run_at": at.isoformat(), "priority": -5})
    assert (answer.status_code, answer.json()["status"], answer.json()["queue_position"]) == (202, "scheduled", None)
    asked = (await served.sam.get(f"podcasts/jobs/{answer.json()['job_id']}")).json()
    assert (datetime.fromisoformat(asked["run_at"]), asked["priority"]) == (at, -5)
    assert asked["estimated_time_remaining"] > 3 * 3600 - 60


@pytest.mark.parametrize("server_settings", [{"NARROWCAST_TIERS": '{"standard": {"queued": 2}}'}])
async def test_too_many_that_wait_are_refused(served: Served) -> None:
    for segments in (1, 2):
        wish = {**WISH, "num_segments": segments}
        assert (await served.sam.post("podcasts/generate", json=wish)).status_code == 202
    answer = await served.sam.post("podcasts/generate", json={**WISH, "num_segments": 3})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert (await served.sam.post("podcasts/generate", json=wish)).status_code == 200
    assert len(await rows(served, episode)) == 2


@pytest.mark.parametrize("server_settings", [{"NARROWCAST_QUEUE_LIMIT": "1"}])
async def test_a_full_queue_is_everybodys(served: Served) -> None:
    assert (await served.sam.post("podcasts/generate", json=WISH)).status_code == 202
    answer = await served.nils.post("podcasts/generate", json=WISH)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


@pytest.mark.parametrize("server_settings", [{"OPENAI_API_KEY": "sk-never-used"}])
async def test_who_has_spent_the_months_money_is_told_before_anything_is_spent(served: Served) -> None:
    async with served.context.store.scripts._database.write() as connection:
        await connection.execute(account.update().values(monthly_budget_usd=0.0))
    paid = {"content": CONTENT, "llm": "openai:gpt-4o-mini", "tts": "openai"}
    headers = {"Idempotency-Key": "k"}
    for _ in range(2):
        answer = await served.sam.post("podcasts/generate", json=paid, headers=headers)
        assert (answer.status_code, "monthly budget" in answer.json()["detail"]) == (402, True)
    assert not await rows(served, job)
    assert (await served.sam.post("podcasts/generate", json=WISH)).status_code == 202


async def test_an_estimate_spends_nothing_and_leaves_nothing(served: Served) -> None:
    answer = await served.sam.post("podcasts/estimate", json=WISH)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["cost_usd"], told["exact"], told["prompt_tokens"], told["clips_there"]) == (0, True, 0, 0)
    assert told["characters"] > 50
    assert told["turns_to_make"]
    assert told["audio_seconds"] > 3
    assert not await rows(served, job)
    assert not await rows(served, episode)
    refused = await served.sam.post("podcasts/estimate", json={**WISH, "tts": "nobody"})
    assert refused.status_code == 422


async def test_who_may_not_make_anything(served: Served) -> None:
    for path in ("generate", "estimate"):
        assert (await served.lea.post(f"podcasts/{path}", json=WISH)).status_code == 403
        assert (await served.nobody.post(f"podcasts/{path}", json=WISH)).status_code == 401


async def test_what_a_job_is_made_from_is_not_collected_while_it_may_be_asked_for_again(served: Served) -> None:
    document = script().model_dump(mode="json", exclude_defaults=True)
    later = {"run_at": (datetime.now(UTC) + timedelta(days=9)).isoformat()}
    for wish in (WISH | later, {"script": document} | later, {"source_ids": [await add_source(served, "sam")]} | later):
        assert (await served.sam.post("podcasts/generate", json=wish)).status_code == 202
    keys = set()
    for kept in await rows(served, job):
        keys |= {kept.params["content_key"], kept.params["script_key"]}
        keys |= {each["read_key"] for each in kept.params["sources"]}
    keys -= {None}
    async with served.context.store.scripts._database.write() as connection:
        await connection.execute(delete(source))
    async with served.context.store.scripts._database.snapshot() as connection:
        named = {key async for key in named_blobs(connection)}
    assert len(keys) == 3
    assert keys <= named
