"""One turn heard before the rest: made by the paid way, and never paid for again by a render."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import add_episode
from tests.integration.server.test_render import ended, make

from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.tts.openai.provider import OpenAISpeech
from running import Simulator


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


async def test_a_turn_is_heard_once_paid_and_the_render_takes_that_very_clip(
    served: Served, provider: Simulator
) -> None:
    identity = await make(served, stop_after="script")
    path = f"podcasts/{identity}"
    script = (await served.sam.get(f"{path}/script")).json()
    ids = [turn["id"] for segment in script["segments"] for turn in segment["turns"]]
    preview = f"{path}/turns/{ids[0]}/preview"
    said = len(provider.calls("speech"))
    before = await served.sam.get(preview)
    assert (before.status_code, "POST" in before.json()["hint"]) == (404, True)
    answers = await asyncio.gather(*(served.sam.post(preview, json={}) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert len(provider.calls("speech")) == said + 1, "two who ask at once pay once"
    told = (await served.sam.post(preview, json={})).json()
    assert (told["turn_id"], told["cached"], told["cost_usd"]) == (ids[0], True, 0.0)
    assert told["duration"] > 0.5
    sound = await served.sam.get(preview)
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/mpeg")
    assert sound.content[:2] == b"\xff\xfb" or sound.content[:3] == b"ID3"
    part = await served.sam.get(preview, headers={"Range": "bytes=10-19", "If-Range": sound.headers["etag"]})
    assert (part.status_code, part.content) == (206, sound.content[10:20])
    head = await served.sam.head(preview)
    assert (head.status_code, int(head.headers["content-length"])) == (200, len(sound.content))

    used = (await served.sam.get(path)).json()["used"]
    assert used["characters"] > 0, "it is in the books of the episode"
    rendered = await served.sam.post(f"{path}/render", json={})
    job = await ended(served, rendered.raise_for_status().json())
    assert job["status"] == "completed", job["error_message"]
    assert len(provider.calls("speech")) == said + len(ids)
    # What a render made is heard without a further call.
    for turn in ids:
        assert (await served.sam.get(f"{path}/turns/{turn}/preview")).status_code == 200
    assert len(provider.calls("speech")) == said + len(ids)


async def test_what_cannot_be_paid_or_is_not_there_is_refused(
    served: Served, provider: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenAISpeech, "cost_usd", lambda _self, characters, _model: characters * 1e-4)
    identity = await make(served, stop_after="script")
    path = f"podcasts/{identity}"
    read = await served.sam.get(f"{path}/script")
    first = read.json()["segments"][0]["turns"][0]["id"]
    said = len(provider.calls("speech"))
    wrong: list[tuple[str, dict[str, Any], dict[str, str], int]] = [
        ("none", {}, {}, 404),
        (first, {"budget_usd": 0}, {}, 402),
        (first, {"budget_usd": -1}, {}, 422),
        (first, {"text": "Say this."}, {}, 422),
        (first, {}, {"If-Match": '"7-other"'}, 412),
        ("x" * 41, {}, {}, 422),
    ]
    for turn, body, headers, status in wrong:
        answer = await served.sam.post(f"{path}/turns/{turn}/preview", json=body, headers=headers)
        assert answer.status_code == status, (turn, body, answer.text)
    for client, status in ((served.nils, 404), (served.lea, 403), (served.nobody, 401)):
        assert (await client.post(f"{path}/turns/{first}/preview", json={})).status_code == status
    for client, status in ((served.nils, 404), (served.nobody, 401)):
        assert (await client.get(f"{path}/turns/{first}/preview")).status_code == status
    assert len(provider.calls("speech")) == said
    made = (await served.sam.post(f"{path}/turns/{first}/preview", json={"budget_usd": 1})).json()
    assert made["cost_usd"] > 0
    used = (await served.sam.get(path)).json()["used"]
    assert used["cost_usd"] == pytest.approx(made["cost_usd"]), "it is in the books"
    queued = await add_episode(served, status=EpisodeStatus.QUEUED)
    assert (await served.sam.post(f"podcasts/{queued}/turns/s1t1/preview", json={})).status_code == 409
