"""The cues of a rendering that hands really made, of an earlier one, and of a recording."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.audio.test_recording import sound
from tests.integration.server.conftest import Served
from tests.integration.server.test_render import ended, make

from narrowcast.store.tables import revision
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


def sentences(cues: dict[str, Any]) -> list[dict[str, Any]]:
    """All sentences, in order."""
    return [part for turn in cues["turns"] for part in turn["sentences"]]


async def test_each_rendering_keeps_its_own_cues(served: Served) -> None:
    identity = await make(served)
    path = f"podcasts/{identity}"
    answer = await served.sam.get(f"{path}/cues")
    first: dict[str, Any] = answer.raise_for_status().json()
    script = (await served.sam.get(f"{path}/script")).json()
    written = [turn for segment in script["segments"] for turn in segment["turns"]]
    assert (first["revision"], [turn["turn_id"] for turn in first["turns"]]) == (1, [turn["id"] for turn in written])
    assert [turn["cites"] for turn in first["turns"]] == [turn["cites"] for turn in written]
    said = (await served.sam.get(f"{path}/transcript.json")).json()["segments"]
    assert [(part["start"], part["text"]) for part in sentences(first)] == [
        (part["startTime"], part["body"]) for part in said
    ]
    assert 0 <= first["turns"][-1]["end"] <= first["duration"]
    again = await served.sam.get(f"{path}/cues", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    written[-1]["text"] = "And so it ends, in other words than before."
    etag = (await served.sam.get(f"{path}/script")).headers["etag"]
    (await served.sam.put(f"{path}/script", json=script, headers={"If-Match": etag})).raise_for_status()
    job = await ended(served, (await served.sam.post(f"{path}/render", json={"tts": "openai:sim"})).json())
    assert job["status"] == "completed", job
    second = (await served.sam.get(f"{path}/cues")).json()
    assert (second["revision"], second["turns"][-1]["sentences"][0]["text"]) == (2, written[-1]["text"])
    assert (await served.sam.get(f"{path}/cues?revision=1")).json() == first

    # As a rendering of an earlier version: its cues follow from its transcript.
    owner = (await served.sam.get("me")).json()["id"]
    kept = await served.context.store.revisions.get(owner, identity, 1)
    assert kept
    files = {ending: key for ending, key in kept.files.items() if ending != ".cues.json"}
    async with served.context.store.shelf._database.write() as connection:
        await connection.execute(
            update(revision).where(revision.c.episode_id == identity, revision.c.number == 1).values(files=files)
        )
    older = (await served.sam.get(f"{path}/cues?revision=1")).json()
    assert sentences(older) == sentences(first)
    assert (older["chapters"], {turn["turn_id"] for turn in older["turns"]}) == (first["chapters"], {None})

    for status, client, asked in (
        (404, served.nils, f"{path}/cues"),
        (401, served.nobody, f"{path}/cues"),
        (404, served.sam, f"{path}/cues?revision=3"),
        (422, served.sam, f"{path}/cues?revision=0"),
        (404, served.sam, f"podcasts/{uuid.uuid4()}/cues"),
    ):
        assert (await client.get(asked)).status_code == status


async def test_a_recording_has_the_cues_of_its_transcript_or_none(served: Served) -> None:
    words = b"Maya: <script>alert(1)</script> at noon.\n\nSam: Do they?\n"
    sent = {"audio_file": ("a.mp3", sound(".mp3")), "transcript_file": ("a.txt", words)}
    told = (await served.sam.post("podcasts", data={"title": "Mine"}, files=sent)).raise_for_status().json()
    cues = (await served.sam.get(f"podcasts/{told['episode_id']}/cues")).json()
    assert cues["speakers"] == ["Maya", "Sam"]
    assert cues["turns"][0]["sentences"][0]["text"].startswith("<script>"), "as it was said: pages show it as text"
    told = (await served.sam.post("podcasts", data={"title": "Bare"}, files={"audio_file": sent["audio_file"]})).json()
    bare = (await served.sam.get(f"podcasts/{told['episode_id']}/cues")).raise_for_status()
    assert json.loads(bare.content)["turns"] == []
