"""From a script to its sound and back: with real hands, and a provider whose ledger tells what was paid for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import add_episode, script

from narrowcast.errors import ChangedError
from narrowcast.pipeline.rewrite import Rewritten, change_of, replaced
from narrowcast.script.dialogue import Turn
from narrowcast.script.script_file import parse_script
from narrowcast.store.episodes.episodes import EpisodeStatus
from running import Simulator

CONTENT = (Path(__file__).parents[2] / "acceptance" / "canal.md").read_text("utf-8")
WISH: dict[str, Any] = {
    "content": CONTENT,
    "llm": "openai:sim",
    "tts": "openai:sim",
    "num_segments": 1,
    "minutes": 1,
    "episode_profile": "solo_expert",
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for the module."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator") / "ledger.jsonl", "--speed=50")
    yield simulator
    simulator.stop()


@pytest.fixture
def server_settings(provider: Simulator) -> Mapping[str, str]:
    """Two hands, and the simulator."""
    return {"NARROWCAST_JOBS_AT_ONCE": "2", **provider.env}


async def ended(served: Served, told: dict[str, Any]) -> dict[str, Any]:
    """The job, once it has ended."""
    async with asyncio.timeout(60):
        while True:
            job: dict[str, Any] = (await served.sam.get(f"podcasts/jobs/{told['job_id']}")).raise_for_status().json()
            if job["finished_at"]:
                return job
            await asyncio.sleep(0.05)


async def make(served: Served, **changes: Any) -> str:
    """An episode's id, once its job has completed."""
    told = (await served.sam.post("podcasts/generate", json=WISH | changes)).raise_for_status().json()
    job = await ended(served, told)
    assert job["status"] == "completed", job["error_message"]
    return str(told["episode_id"])


async def status(served: Served, identity: str) -> tuple[str, int]:
    """How the episode stands, and its newest revision."""
    kept = await served.context.store.episodes.get(identity)
    owner = (await served.sam.get("me")).json()["id"]
    assert kept
    return str(kept.status), len(await served.context.store.revisions.all(owner, identity))


async def test_a_script_is_reviewed_edited_and_rendered_and_only_what_is_new_is_paid_for(
    served: Served, provider: Simulator
) -> None:
    identity = await make(served, stop_after="script")
    said = len(provider.calls("speech"))
    assert await status(served, identity) == ("script_ready", 0)
    read = await served.sam.get(f"podcasts/{identity}/script")
    document, path = read.json(), f"podcasts/{identity}"
    ids = [turn["id"] for segment in document["segments"] for turn in segment["turns"]]
    told = (await served.sam.post(f"{path}/render/estimate", json={"tts": "openai:sim"})).json()
    assert (told["turns_to_make"], told["exact"]) == (ids, True)
    assert len(provider.calls("speech")) == said
    rendered = await served.sam.post(f"{path}/render", json={"tts": "openai:sim"})
    assert rendered.status_code == 202, rendered.text
    assert (await ended(served, rendered.json()))["status"] == "completed"
    assert len(provider.calls("speech")) == said + len(ids)
    assert await status(served, identity) == ("completed", 1)
    again = await served.sam.get(f"{path}/script", headers={"If-None-Match": read.headers["etag"]})
    assert again.status_code == 304, "a render leaves the script as it is"

    document["segments"][0]["turns"][-1]["text"] = "And so it ends, in other words than before."
    put = await served.sam.put(f"{path}/script", json=document, headers={"If-Match": read.headers["etag"]})
    assert put.status_code == 200, put.text
    told = (await served.sam.post(f"{path}/render/estimate", json={"tts": "openai:sim"})).json()
    assert (told["turns_to_make"], told["clips_there"]) == (ids[-1:], len(ids) - 1)
    late = await served.sam.post(
        f"{path}/render", json={"tts": "openai:sim"}, headers={"If-Match": read.headers["etag"]}
    )
    assert late.status_code == 412
    headers = {"If-Match": put.headers["etag"], "Idempotency-Key": "render"}
    first = await served.sam.post(f"{path}/render", json={"tts": "openai:sim"}, headers=headers)
    second = await served.sam.post(f"{path}/render", json={"tts": "openai:sim"}, headers=headers)
    assert (first.status_code, second.json()) == (202, first.json())
    assert (await ended(served, first.json()))["status"] == "completed"
    assert len(provider.calls("speech")) == said + len(ids) + 1
    assert await status(served, identity) == ("completed", 2)


async def test_a_part_is_written_anew_and_the_same_is_not_paid_for_twice(served: Served, provider: Simulator) -> None:
    identity = await make(served, stop_after="script")
    path = f"podcasts/{identity}"
    read = await served.sam.get(f"{path}/script")
    turns = [turn["id"] for turn in read.json()["segments"][0]["turns"]]
    asked = len(provider.calls())
    wish = {"turn": turns[0], "instruction": "Say it simpler.", "llm": "openai:sim"}
    shown = (await served.sam.post(f"{path}/rewrite", json={**wish, "apply": False})).raise_for_status().json()
    assert (shown["etag"], shown["cached"]) == (read.headers["etag"], False)
    assert shown["script"] != read.json()
    assert (await served.sam.get(f"{path}/script")).json() == read.json(), "it was only to be shown"
    headers = {"Idempotency-Key": "k", "If-Match": read.headers["etag"]}
    answer = await served.sam.post(f"{path}/rewrite", json=wish, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["turns"], told["cached"]) == ([turns[0]], True)
    assert told["script"] == shown["script"]
    assert len(provider.calls()) == asked + 1
    again = await served.sam.post(f"{path}/rewrite", json=wish, headers=headers)
    assert (again.status_code, again.json()) == (200, told)
    now = await served.sam.get(f"{path}/script")
    assert now.headers["etag"] == told["etag"] != read.headers["etag"]
    late = await served.sam.post(f"{path}/rewrite", json=wish, headers={"If-Match": read.headers["etag"]})
    assert late.status_code == 412
    assert len(provider.calls()) == asked + 1
    spent = await served.sam.get("usage")
    assert spent.status_code == 200
    for wrong, says in (
        ({"turn": "none", "instruction": "x"}, "no turn"),
        ({"segment": 9, "instruction": "x"}, "no segment"),
        ({"instruction": "x"}, "Which part"),
        ({"turn": turns[0], "instruction": " "}, "no instruction"),
        ({"turn": turns[0], "instruction": "x", "llm": "none"}, "language model"),
    ):
        refused = await served.sam.post(f"{path}/rewrite", json={"llm": "openai:sim"} | wrong)
        assert (refused.status_code, says in refused.json()["detail"]) == (422, True), refused.text


@pytest.mark.parametrize("server_settings", [{}])
async def test_a_rewrite_and_an_edit_meanwhile_both_stand(served: Served) -> None:
    identity = await add_episode(served)
    owner = (await served.sam.get("me")).json()["id"]
    scripts, rewriting = served.context.store.scripts, served.context.rewriting
    kept, before = await scripts.get(owner, identity), script()
    change = change_of(before, None, "s1t1", "Shorter.")
    changed, new = replaced(before, change, [Turn(id="new", speaker="Maya", text="Where are the flowers?", cites=(1,))])
    rewritten = Rewritten(changed, new, cached=False, prompt_tokens=9, completion_tokens=9, cost_usd=None, flags={})

    async def edit(turn: int, text: str) -> None:
        document = (await served.sam.get(f"podcasts/{identity}/script")).json()
        document["segments"][0]["turns"][turn]["text"] = text
        put = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": "*"})
        assert put.status_code == 200, put.text

    await edit(1, "They dance, as was found out by hand.")
    await rewriting._keep(owner, kept, before, change, rewritten)
    now = (await served.sam.get(f"podcasts/{identity}/script")).json()["segments"][0]["turns"]
    assert [turn["text"] for turn in now] == ["Where are the flowers?", "They dance, as was found out by hand."]
    kept = await scripts.get(owner, identity)
    before = parse_script(kept.data.decode(), "it")
    await edit(0, "Another hand was here.")
    with pytest.raises(ChangedError, match="same part"):
        await rewriting._keep(owner, kept, before, change_of(before, None, "s1t1", "Shorter."), rewritten)
    now = (await served.sam.get(f"podcasts/{identity}/script")).json()["segments"][0]["turns"]
    assert now[0]["text"] == "Another hand was here."


@pytest.mark.parametrize("server_settings", [{}])
async def test_while_an_episode_is_made_it_is_neither_changed_nor_made_beside(served: Served) -> None:
    identity = await add_episode(served)
    path = f"podcasts/{identity}"
    first = await served.sam.post(f"{path}/render", json={})
    assert first.status_code == 202, first.text
    same = await served.sam.post(f"{path}/render", json={})
    assert (same.status_code, same.json()["job_id"]) == (200, first.json()["job_id"])
    other = await served.sam.post(f"{path}/render", json={"format": "opus"})
    assert other.status_code == 409
    document = (await served.sam.get(f"{path}/script")).json()
    put = await served.sam.put(f"{path}/script", json=document | {"title": "New"}, headers={"If-Match": "*"})
    rewritten = await served.sam.post(f"{path}/rewrite", json={"segment": 1, "instruction": "x"})
    assert (put.status_code, rewritten.status_code) == (409, 409)
    await served.sam.post(f"podcasts/jobs/{first.json()['job_id']}/cancel")
    assert await status(served, identity) == ("script_ready", 0)
    assert (await served.sam.post(f"{path}/render", json={"format": "opus"})).status_code == 202


@pytest.mark.parametrize("server_settings", [{}])
async def test_others_render_and_rewrite_nothing(served: Served) -> None:
    identity = await add_episode(served)
    bodies = {"render": {}, "render/estimate": {}, "rewrite": {"segment": 1, "instruction": "x"}}
    for verb, body in bodies.items():
        for client, code in ((served.nils, 404), (served.lea, 403), (served.nobody, 401)):
            assert (await client.post(f"podcasts/{identity}/{verb}", json=body)).status_code == code
        assert (await served.sam.post(f"podcasts/{identity}/{verb}", json={"colour": "red"})).status_code == 422
    unwritten = await add_episode(served, status=EpisodeStatus.QUEUED)
    assert (await served.sam.post(f"podcasts/{unwritten}/render", json={})).status_code == 409
