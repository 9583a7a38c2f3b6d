"""Reading and changing a script: by who has read it, and by nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import BEES, add_episode, script

from narrowcast.store.episodes.episodes import EpisodeStatus


async def read(served: Served, identity: str) -> tuple[dict[str, Any], str]:
    answer = (await served.sam.get(f"podcasts/{identity}/script")).raise_for_status()
    return answer.json(), answer.headers["etag"]


async def test_a_script_is_read_changed_and_read_again(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    document["segments"][0]["turns"][1]["text"] = "They dance, and others watch."
    document["segments"][0]["turns"].append({"speaker": "Maya", "text": "How many?", "cites": [2]})
    changed = (
        await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    ).raise_for_status()
    turns = changed.json()["segments"][0]["turns"]
    assert [turn["id"] for turn in turns] == ["s1t1", "s1t2", "v2t1"]
    assert (await read(served, identity)) == (changed.json(), changed.headers["etag"])
    assert changed.headers["etag"] != etag


async def test_a_new_turn_never_gets_the_id_of_one_that_was_deleted(served: Served) -> None:
    identity = await add_episode(served)
    first, etag = await read(served, identity)
    said = first["segments"][0]["turns"]
    ids = []
    # Deleted first, then others are added: without an id, and as a copy of a turn that is there.
    for turns in (said[:1], [*said[:1], {**said[1], "id": None}, {**said[0], "text": "Once\x00 \u202emore."}]):
        document = {**first, "segments": [{**first["segments"][0], "turns": turns}]}
        changed = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
        etag = changed.raise_for_status().headers["etag"]
        ids.append([turn["id"] for turn in changed.json()["segments"][0]["turns"]])
    assert ids == [["s1t1"], ["s1t1", "v3t1", "v3t2"]]
    assert changed.json()["segments"][0]["turns"][2]["text"] == "Once more."


async def test_who_has_it_already_is_told_so(served: Served) -> None:
    identity = await add_episode(served)
    _, etag = await read(served, identity)
    for condition in (etag, "*", f'"other", W/{etag}'):
        again = await served.sam.get(f"podcasts/{identity}/script", headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await served.sam.get(f"podcasts/{identity}/script", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_of_two_who_edit_the_same_script_the_second_is_told(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    bodies = []
    for words in ("One way.", "Another way."):
        document["segments"][0]["turns"][1]["text"] = words
        bodies.append({**document, "segments": [{**document["segments"][0]}]})
        bodies[-1]["segments"][0]["turns"] = [*map(dict, document["segments"][0]["turns"])]
    answers = await asyncio.gather(
        *(served.sam.put(f"podcasts/{identity}/script", json=body, headers={"If-Match": etag}) for body in bodies)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    won = next(answer for answer in answers if answer.status_code == 200)
    assert (await read(served, identity))[0] == won.json()
    late = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    assert late.status_code == 412
    assert "Read it again" in late.json()["hint"]


async def test_the_same_script_again_changes_nothing(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    again = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    assert (again.status_code, again.headers["etag"]) == (200, etag)


async def test_a_change_names_what_it_was_made_to(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    answer = await served.sam.put(f"podcasts/{identity}/script", json=document)
    assert (answer.status_code, answer.headers["content-type"]) == (428, "application/problem+json")
    for condition in (f"W/{etag}", '"7-other"', "nonsense", ""):
        answer = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": condition})
        assert answer.status_code == 412, condition
    over = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": "*"})
    assert over.status_code == 200


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        ({"id": "s1t2", "speaker": "Bob", "text": "Hi."}, "turn s1t2"),
        ({"id": "s1t2", "speaker": "Sam", "text": "Hi.", "cites": [3]}, "Turn s1t2 cites passage 3"),
        ({"id": "s1t2", "speaker": "Sam", "text": "   "}, "turn s1t2 (segment 1)"),
        ({"id": "s1t2", "speaker": "Sam", "text": "x" * 10_001}, "segments.0.turns.1.text"),
        ({"id": "s1t2", "speaker": "Sam", "text": "Hi.", "cites": [0]}, "segments.0.turns.1.cites.0"),
        ({"id": "s1t2", "speaker": "Sam", "text": "Hi.", "mood": "glad"}, "segments.0.turns.1.mood"),
        ({"id": "s1t2", "speaker": "Sam"}, "segments.0.turns.1.text"),
    ],
)
async def test_a_turn_that_is_wrong_is_named(served: Served, turn: dict[str, Any], says: str) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    document["segments"][0]["turns"][1] = turn
    answer = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert (await read(served, identity))[1] == etag


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sources": []}, "sources cannot be changed"),
        ({"segments": [{"title": "Empty", "turns": []}]}, "no turns"),
        ({"speakers": []}, "speakers"),
        (
            {"speakers": [{"name": "Maya", "tts_config": {"base_url": "https://example.org/v1"}}, {"name": "Sam"}]},
            "api_key",
        ),
    ],
)
async def test_a_script_that_is_wrong_is_refused(served: Served, changes: dict[str, Any], says: str) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    answer = await served.sam.put(f"podcasts/{identity}/script", json=document | changes, headers={"If-Match": etag})
    assert answer.status_code == 422
    assert says in answer.json()["detail"] + answer.json()["hint"]


async def test_a_key_that_a_script_brings_is_sealed_before_it_is_kept(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    own = {"base_url": "https://voices.example.org/v1", "api_key": "sk-plain-and-mine"}
    document["speakers"][0]["tts_config"] = own
    put = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    assert put.status_code == 200, put.text
    assert "sk-plain-and-mine" not in put.text + (await served.sam.get(f"podcasts/{identity}/script")).text
    again = await served.sam.put(
        f"podcasts/{identity}/script", json=put.json(), headers={"If-Match": put.headers["etag"]}
    )
    assert (again.status_code, again.headers["etag"]) == (200, put.headers["etag"])


async def test_nobody_writes_into_an_episode_that_is_being_made(served: Served) -> None:
    identity = await add_episode(served, status=EpisodeStatus.GENERATING)
    document, etag = await read(served, identity)
    answer = await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    assert (answer.status_code, "cancel it" in answer.json()["hint"]) == (409, True)


async def test_an_episode_without_a_script_says_so(served: Served) -> None:
    identity = await add_episode(served, status=EpisodeStatus.QUEUED)
    assert (await served.sam.get(f"podcasts/{identity}/script")).status_code == 409


async def test_cited_passages_are_shown_with_the_turns_that_draw_on_them(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    document["segments"][0]["turns"][1]["cites"] = [1, 2]
    await served.sam.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
    first = (await served.sam.get(f"podcasts/{identity}/script/passages", params={"limit": 1})).json()
    assert [(item["number"], item["turns"]) for item in first["items"]] == [(1, ["s1t1", "s1t2"])]
    rest = (
        await served.sam.get(f"podcasts/{identity}/script/passages", params={"cursor": first["next_cursor"]})
    ).json()
    assert rest["next_cursor"] is None
    assert rest["items"] == [
        {
            "number": 2,
            "source": "On bees",
            "origin": "bees.txt",
            "text": "A hive holds 40,000 bees.",
            "kind": "prose",
            "headings": ["The hive"],
            "page": 3,
            "start_ms": None,
            "turns": ["s1t2"],
        }
    ]
    one = (await served.sam.get(f"podcasts/{identity}/script/passages", params={"turn": "s1t1"})).json()
    assert [item["number"] for item in one["items"]] == [1]


async def test_who_gave_the_same_text_before_is_not_told(served: Served) -> None:
    await add_episode(served, owner="nils")
    reference = BEES.reference.model_copy(update={"origin": "sams-own-name.txt"})
    own = script(sources=[reference.model_dump(mode="json")])
    place = f"podcasts/{await add_episode(served, text=own)}/script/passages"
    assert [cited["origin"] for cited in (await served.sam.get(place)).json()["items"]] == ["sams-own-name.txt"]


async def test_others_see_no_script_and_change_none(served: Served) -> None:
    identity = await add_episode(served)
    document, etag = await read(served, identity)
    for path in ("script", "script/passages"):
        assert (await served.nils.get(f"podcasts/{identity}/{path}")).status_code == 404
        assert (await served.nobody.get(f"podcasts/{identity}/{path}")).status_code == 401
    for client, status in ((served.nils, 404), (served.lea, 403), (served.nobody, 401)):
        answer = await client.put(f"podcasts/{identity}/script", json=document, headers={"If-Match": etag})
        assert answer.status_code == status
    assert (await served.sam.get("podcasts/no-id/script")).status_code == 422
