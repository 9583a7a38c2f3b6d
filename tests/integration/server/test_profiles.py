"""Profiles through the API: shipped ones copied on edit, one's own, broken ones, and keys that are never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.integration.server.conftest import Served

from narrowcast.keys.profile_keys import open_key
from narrowcast.script.own_server import SEALED, OwnServer
from narrowcast.server.api.episode_profiles import EXAMPLE as EPISODE
from narrowcast.server.api.speaker_profiles import EXAMPLE as SPEAKERS
from narrowcast.store.tables import profile

SHIPPED = "tech_discussion"


async def _names(client: Any, kind: str = "episode") -> list[tuple[str, bool]]:
    listed = (await client.get(f"{kind}-profiles")).raise_for_status().json()
    return [(one["name"], one["shipped"]) for one in listed]


async def test_a_shipped_profile_is_copied_when_it_is_edited(served: Served) -> None:
    shipped = await served.sam.get(f"episode-profiles/{SHIPPED}")
    assert (shipped.status_code, shipped.json()["shipped"], shipped.json()["id"]) == (200, True, SHIPPED)
    before = await _names(served.sam)
    answer = await served.sam.patch(f"episode-profiles/{SHIPPED}", json={"num_segments": 2})
    assert answer.status_code == 201
    own = answer.json()
    assert (own["name"], own["num_segments"], own["copied_from"], own["shipped"]) == (SHIPPED, 2, SHIPPED, False)
    assert own["default_briefing"] == shipped.json()["default_briefing"]
    assert (await served.sam.get(f"episode-profiles/{SHIPPED}")).json()["id"] == own["id"]
    assert await _names(served.sam) == [(name, ship and name != SHIPPED) for name, ship in before]
    assert await _names(served.nils) == before
    assert (await served.sam.delete(f"episode-profiles/{own['id']}")).status_code == 204
    assert await _names(served.sam) == before
    assert (await served.sam.delete(f"episode-profiles/{SHIPPED}")).status_code == 409


@pytest.mark.parametrize(("kind", "example"), [("episode", EPISODE), ("speaker", SPEAKERS)])
async def test_own_profiles_are_made_changed_copied_and_deleted_by_their_owner_alone(
    served: Served, kind: str, example: dict[str, Any]
) -> None:
    made = await served.sam.post(f"{kind}-profiles", json=example)
    assert made.status_code == 201, made.text
    place = f"{kind}-profiles/{made.json()['id']}"
    assert (await served.sam.post(f"{kind}-profiles", json=example)).status_code == 409
    assert (await served.lea.post(f"{kind}-profiles", json=example)).status_code == 403
    for method, path in (("GET", ""), ("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/duplicate")):
        answer = await served.nils.request(method, place + path, json=example if method in {"PUT", "PATCH"} else None)
        assert answer.status_code == 404, (method, answer.text)
    back = await served.sam.put(place, json={**made.json(), "description": "new"})
    assert (back.status_code, back.json()["description"]) == (200, "new")
    stale = {"If-Match": made.headers["etag"]}
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await served.sam.request(method, place, json=example, headers=stale)).status_code == 412
    fresh = {"If-Match": back.headers["etag"]}
    assert (await served.sam.patch(place, json={"name": "Other"}, headers=fresh)).status_code == 200
    copies = [(await served.sam.post(f"{place}/duplicate")).json()["name"] for _ in range(2)]
    assert copies == ["Other (copy)", "Other (copy 2)"]
    assert (await served.sam.post(f"{place}/duplicate", json={"name": "Other"})).status_code == 409
    assert (await served.sam.delete(place)).status_code == 204
    assert (await served.sam.get(place)).status_code == 404


async def test_what_may_not_be_in_a_profile_is_refused(served: Served) -> None:
    nested: Any = {}
    for _ in range(200):
        nested = {"x": nested}
    for wrong in (
        {"cover": "/etc/passwd"},
        {"music": {"intro": "/etc/passwd"}},
        {"num_segments": 0},
        {"unknown": 1},
        {"name": ""},
        {"name": "x" * 101},
        {"outline_config": {"base_url": "https://elsewhere.example/v1"}},
        {"outline_config": {"proxy": "https://elsewhere.example/v1", "api_key": "k"}},
        {"outline_config": {"deep": [{"base_url": "https://elsewhere.example/v1"}]}},
        {"outline_config": {"base_url": "http://127.0.0.1:9/v1", "api_key": "sk-own"}},
        {"outline_config": {"api_key": "(kept)"}},
        {"outline_config": {"x": "\x00"}},
        {"outline_config": nested},
    ):
        for answer in (
            await served.sam.post("episode-profiles", json={**EPISODE, **wrong}),
            await served.sam.put(f"episode-profiles/{SHIPPED}", json={**EPISODE, **wrong}),
        ):
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), wrong
            assert "sk-own" not in answer.text
    surrogate = json.dumps({**EPISODE, "outline_config": {"x": "!"}}).replace("!", "\\ud800")
    infinite = json.dumps({**EPISODE, "outline_config": {"x": 0}}).replace('"x": 0', '"x": 1e999')
    for body in (surrogate, infinite):
        answer = await served.sam.post("episode-profiles", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, answer.text
    long = {**EPISODE, "default_briefing": "x" * 300_000}
    assert (await served.sam.post("episode-profiles", json=long)).status_code == 413
    speakers = {**SPEAKERS, "speakers": [{"name": "A", "tts_config": {"base_url": "https://elsewhere.example"}}]}
    assert (await served.sam.post("speaker-profiles", json=speakers)).status_code == 422
    assert await _names(served.sam) == await _names(served.nils)


async def test_only_the_owner_names_private_servers(served: Served) -> None:
    own = {**EPISODE, "outline_config": {"base_url": "http://127.0.0.1:9/v1", "api_key": "sk-own"}}
    assert (await served.olga.post("episode-profiles", json=own)).status_code == 201


async def test_a_profiles_own_key_is_kept_and_never_shown(served: Served) -> None:
    config = {"base_url": "https://one.example/v1", "api_key": "sk-secret", "max_tokens": 512}
    made = await served.sam.post("episode-profiles", json={**EPISODE, "outline_config": config})
    assert made.json()["outline_config"] == {**config, "api_key": "(kept)"}
    place = f"episode-profiles/{made.json()['id']}"
    sam = (await served.sam.get("me")).json()["id"]
    told = [made.text]
    for answer in (
        await served.sam.put(place, json={**made.json(), "description": "x"}),
        await served.sam.patch(place, json={"description": "y"}),
        await served.sam.get("episode-profiles"),
        await served.sam.get("episode-profiles/export"),
    ):
        assert answer.status_code == 200, answer.text
        told.append(answer.text)
    copy = (await served.sam.post(f"{place}/duplicate")).json()
    assert not any("sk-secret" in text for text in (*told, json.dumps(copy)))
    for identity in (made.json()["id"], copy["id"]):
        stored = await served.context.store.profiles.find(sam, "episode", identity)
        assert stored
        kept = stored.body["outline_config"]
        assert kept["api_key"].startswith(SEALED)
        assert open_key(OwnServer(kept["base_url"], kept["api_key"]), served.context.sealer) == "sk-secret"
    elsewhere = {"base_url": "https://other.example/v1", "api_key": "(kept)"}
    assert (await served.sam.patch(place, json={"outline_config": elsewhere})).status_code == 422


async def test_a_broken_profile_harms_only_itself(served: Served) -> None:
    good = (await served.sam.post("episode-profiles", json=EPISODE)).json()
    broken = (await served.sam.post("episode-profiles", json={**EPISODE, "name": "Broken"})).json()
    async with served.context.store._database.write() as connection:
        where = profile.c.id == broken["id"]
        await connection.execute(profile.update().where(where).values(body={"num_segments": "many", "from": [1]}))
    listed = {one["id"]: one for one in (await served.sam.get("episode-profiles")).json()}
    assert "is wrong at speaker_config" in listed[broken["id"]]["fault"]
    assert listed[broken["id"]]["body"] == {"num_segments": "many", "from": [1]}
    assert "fault" not in listed[good["id"]]
    place = f"episode-profiles/{broken['id']}"
    assert (await served.sam.get(place)).status_code == 200
    assert (await served.sam.put(place, json=EPISODE | {"name": "Mended"})).json()["name"] == "Mended"


async def test_profiles_come_and_go_as_podcast_creator_keeps_them(served: Served) -> None:
    file = {"profiles": {"Good": {**EPISODE, "name": "ignored"}, "Bad": {"x": 1}, "Worse": 7, "": EPISODE}}
    answer = (await served.sam.post("episode-profiles/import", json=file)).json()
    assert [one["name"] for one in answer["imported"]] == ["Good"]
    assert sorted(answer["refused"]) == ["", "Bad", "Worse"]
    again = (await served.sam.post("episode-profiles/import", json=file)).json()
    assert (again["imported"], "already" in again["refused"]["Good"]) == ([], True)
    changed = {"profiles": {"Good": {**EPISODE, "num_segments": 9}}}
    answer = (await served.sam.post("episode-profiles/import?replace=true", json=changed)).json()
    assert answer["imported"][0]["num_segments"] == 9
    exported = (await served.sam.get("episode-profiles/export")).json()
    assert exported == {"profiles": {"Good": {**EPISODE, "name": "Good", "num_segments": 9}}}
    assert (await served.nils.post("episode-profiles/import", json=exported)).json()["refused"] == {}
    wrongs: tuple[Any, ...] = ({"profiles": []}, {"profiles": {str(n): {} for n in range(201)}}, {}, [])
    for wrong in wrongs:
        assert (await served.sam.post("episode-profiles/import", json=wrong)).status_code == 422
