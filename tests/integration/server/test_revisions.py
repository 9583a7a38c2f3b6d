"""Earlier renderings: what was changed since, and the scripts that they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import add_episode, script
from tests.integration.server.test_render import ended

NOTHING = {"changed": 0, "added": 0, "removed": 0, "reordered": False, "retitled": False}


@pytest.fixture
def server_settings() -> Mapping[str, str]:
    """One pair of hands, and the built-in voices."""
    return {"NARROWCAST_JOBS_AT_ONCE": "1"}


async def rendered(served: Served, path: str) -> None:
    """Make the script's sound."""
    told = (await served.sam.post(f"{path}/render", json={"tts": "espeak"})).raise_for_status().json()
    job = await ended(served, told)
    assert job["status"] == "completed", job["error_message"]


async def put(served: Served, path: str, document: dict[str, Any]) -> dict[str, Any]:
    """Change the script; what it is then."""
    etag = (await served.sam.get(f"{path}/script")).headers["etag"]
    answer = await served.sam.put(f"{path}/script", json=document, headers={"If-Match": etag})
    changed: dict[str, Any] = answer.raise_for_status().json()
    return changed


async def test_each_rendering_tells_what_was_changed_and_its_script_can_be_had_again(served: Served) -> None:
    identity = await add_episode(served)
    path = f"podcasts/{identity}"
    nothing = (await served.sam.get(f"{path}/revisions")).json()
    assert nothing == {"items": [], "unrendered": None, "next_cursor": None}
    await rendered(served, path)
    first = (await served.sam.get(f"{path}/script")).json()
    said = first["segments"][0]["turns"]
    changed = {**first, "segments": [{"title": "Bees", "turns": [{**said[1], "text": "They do dance."}, said[0]]}]}
    second = await put(served, path, changed)
    told = (await served.sam.get(f"{path}/revisions")).json()
    assert told["unrendered"] == {**NOTHING, "changed": 1, "reordered": True, "retitled": True}
    await rendered(served, path)
    third = await put(served, path, {**second, "segments": [{"title": "Bees", "turns": said[1:]}]})
    told = (await served.sam.get(f"{path}/revisions")).json()
    assert [item["number"] for item in told["items"]] == [2, 1]
    assert [item["changes"] for item in told["items"]] == [
        {**NOTHING, "changed": 1, "reordered": True, "retitled": True},
        None,
    ]
    assert told["unrendered"] == {**NOTHING, "changed": 1, "removed": 1}
    one = (await served.sam.get(f"{path}/revisions", params={"limit": 1})).json()
    assert (one["items"], one["next_cursor"]) == (told["items"][:1], "2")
    rest = (await served.sam.get(f"{path}/revisions", params={"cursor": one["next_cursor"]})).json()
    assert (rest["items"], rest["unrendered"], rest["next_cursor"]) == (told["items"][1:], None, None)

    earlier = await served.sam.get(f"{path}/script", params={"revision": 1})
    assert [turn["text"] for turn in earlier.json()["segments"][0]["turns"]] == [turn["text"] for turn in said]
    again = await served.sam.get(
        f"{path}/script", params={"revision": 1}, headers={"If-None-Match": earlier.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await served.sam.get(f"{path}/script")).json() == third, "reading an earlier one changes nothing"
    restored = await put(served, path, earlier.json())
    assert [turn["id"] for turn in restored["segments"][0]["turns"]] == ["s1t1", "s1t2"]
    for number in (1, 2):
        heard = await served.sam.get(f"{path}/audio", params={"revision": number})
        assert heard.status_code == 200


async def test_there_is_no_script_where_there_was_no_rendering_and_none_of_others(served: Served) -> None:
    identity = await add_episode(served)
    path = f"podcasts/{identity}"
    missing = await served.sam.get(f"{path}/script", params={"revision": 1})
    assert (missing.status_code, missing.json()["hint"]) == (404, "There is none yet.")
    await rendered(served, path)
    missing = await served.sam.get(f"{path}/script", params={"revision": 2})
    assert (missing.status_code, missing.json()["hint"]) == (404, "The newest is 1.")
    assert (await served.sam.get(f"{path}/script", params={"revision": 0})).status_code == 422
    for place in ("script?revision=1", "script/claims", "revisions"):
        assert (await served.nils.get(f"{path}/{place}")).status_code == 404
        assert (await served.nobody.get(f"{path}/{place}")).status_code == 401


async def test_claims_tell_what_is_not_in_what_a_turn_cites(served: Served) -> None:
    text = script(
        segments=[
            {
                "title": "The dance",
                "turns": [
                    {"id": "a", "speaker": "Maya", "text": "A hive holds 40,000 bees.", "cites": [2]},
                    {"id": "b", "speaker": "Sam", "text": "No, it holds 70,000 of them.", "cites": [2]},
                ],
            }
        ]
    )
    identity = await add_episode(served, text=text)
    found = (await served.sam.get(f"podcasts/{identity}/script/claims")).json()["items"]
    assert found == [{"turn": "b", "kind": "number", "text": "70,000", "offset": 13}]
