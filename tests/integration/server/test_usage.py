"""What was spent: one's own, everybody's for the owner, and a sample that is paid for once."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from tests.integration.server.conftest import Served

from narrowcast.money.monthly import month_of
from narrowcast.store.tables import source as table
from running import Simulator


@pytest.fixture
def server_settings(simulator: Simulator) -> Mapping[str, str]:
    """Voices of a simulator on this machine, which cost nothing."""
    return simulator.env


SAMPLE = {"provider": "openai", "voice_id": "nova", "language": "en"}


async def test_a_sample_is_paid_for_once_and_stands_in_the_ledger(served: Served, simulator: Simulator) -> None:
    first = await served.sam.post("/voices/sample", json=SAMPLE)
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "audio/mpeg"
    assert (await served.nils.post("/voices/sample", json=SAMPLE)).content == first.content
    assert len(simulator.calls("speech")) == 1
    usage = (await served.sam.get("/usage")).json()
    assert usage["month"] == str(month_of(datetime.now(UTC)))
    assert usage["total"]["calls"] == 1
    assert usage["total"]["characters"] > 50
    assert usage["models"][0] | {"characters": 0} == usage["models"][0] | {
        "provider": "openai", "model": "gpt-4o-mini-tts", "characters": 0,
    }  # fmt: skip
    assert usage["days"][0]["date"] == f"{datetime.now(UTC):%Y-%m-%d}"
    assert usage["episodes"][0]["episode_id"] is None
    assert (usage["budget_usd"], usage["left_usd"]) == (None, None)
    assert (await served.nils.get("/usage")).json()["total"]["calls"] == 0
    everybody = (await served.olga.get("/usage/all")).json()
    assert [(user["email"], user["calls"]) for user in everybody["users"]] == [("sam@example.org", 1)]
    assert (await served.sam.get("/usage", params={"month": "2020-02"})).json()["total"]["calls"] == 0


async def test_the_usage_of_all_is_the_owners_and_months_are_checked(served: Served) -> None:
    assert (await served.sam.get("/usage/all")).status_code == 403
    assert (await served.lea.get("/usage")).status_code == 200
    assert (await served.nobody.get("/usage")).status_code == 401
    for month in ("2026-13", "now", "2026-1", "20260101"):
        assert (await served.sam.get("/usage", params={"month": month})).status_code == 422


WRONG: list[dict[str, object]] = [
    {"provider": "nobody"},
    {"voice_id": ""},
    {"language": "../en"},
    {"language": "tlh"},
    {"text": " "},
    {"text": "a" * 401},
    {"config": {"base_url": "http://127.0.0.1:1/v1"}},
    {"config": {"nonsense": 1}},
    {"more": 1},
]


async def test_wrong_samples_are_refused_and_listeners_spend_nothing(served: Served) -> None:
    for wrong in WRONG:
        answer = await served.sam.post("/voices/sample", json={**SAMPLE, **wrong})
        assert answer.status_code == 422, answer.text
    assert (await served.lea.post("/voices/sample", json=SAMPLE)).status_code == 403


async def test_voices_are_listed_with_what_the_others_need(served: Served) -> None:
    answer = await served.sam.get("/voices", params={"language": "de"})
    listed = {item["provider"]: item for item in answer.json()["items"]}
    assert listed["espeak"]["ready"]
    assert listed["espeak"]["voices"][0]["language"].startswith("de")
    assert not listed["elevenlabs"]["ready"]
    assert "ELEVENLABS_API_KEY" in listed["elevenlabs"]["needs"]
    assert (await served.sam.get("/voices", params={"provider": "nobody"})).status_code == 422


class TestStorage:
    @pytest.fixture
    def server_settings(self) -> Mapping[str, str]:
        return {"NARROWCAST_TIERS": '{"standard": {"storage_bytes": 5000}}'}

    async def test_who_has_no_room_left_makes_nothing_new_until_something_is_deleted(self, served: Served) -> None:
        assert (await served.sam.get("/usage")).json()["stored_bytes"] == 0
        given = {"text": "A lock lifts boats from one level to the next. " * 40, "title": "Locks"}
        source = (await served.sam.post("/sources", json=given)).json()
        used = (await served.sam.get("/usage")).json()
        assert used["storage_bytes"] == 5000
        assert used["stored_bytes"] == source["size_bytes"] > 0
        async with served.context.store._database.write() as connection:
            await connection.execute(update(table).values(size_bytes=5000))
        asked = {"content": "# Bees\n\nA bee dances. " * 9, "num_segments": 1}
        refused = await served.sam.post("/podcasts/generate", json=asked)
        assert (refused.status_code, refused.json()["hint"][:11]) == (413, "Delete some")
        assert (await served.sam.get("/podcasts/jobs")).json()["items"] == []
        script_only = await served.sam.post("/podcasts/generate", json=asked | {"stop_after": "script"})
        assert script_only.status_code == 202
        assert (await served.sam.delete(f"/sources/{source['id']}?confirm=true")).status_code == 204
        assert (await served.sam.get("/usage")).json()["stored_bytes"] == 0
        assert (await served.sam.post("/podcasts/generate", json=asked)).status_code == 202
