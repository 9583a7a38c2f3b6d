"""Moments to find again: who has them, where they are after a rendering, and what is refused."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import TEXTS, owner_of, render, shelve

from narrowcast.store.listening.bookmarks import MOST, MOST_OF_EPISODE
from narrowcast.store.tables import bookmark


def cues(*turns: tuple[str, float, float]) -> dict[str, bytes]:
    """The files beside a rendering in which these turns are said, from when to when."""
    said = [
        {
            "turn_id": identity,
            "speaker": "Maya",
            "segment": 1,
            "start": start,
            "end": end,
            "sentences": [{"text": f"I am {identity}.", "start": start, "end": end}],
        }
        for identity, start, end in turns
    ]
    sheet = {"duration": 61.5, "speakers": ["Maya"], "chapters": [], "turns": said}
    return {**TEXTS, ".cues.json": json.dumps(sheet).encode()}


async def items(served: Served, path: str, **asked: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (await served.sam.get(path, params=asked)).raise_for_status().json()["items"]
    return told


async def test_a_bookmark_stays_with_its_words_through_renderings(served: Served) -> None:
    identity = await shelve(served)
    path = f"podcasts/{identity}/bookmarks"
    early = await served.sam.post(path, json={"position": 3.5})
    assert (early.status_code, early.json()["turn_id"]) == (201, None), "while it is made, only where it was is known"
    await render(served, identity, texts=cues(("s1t1", 0.5, 10), ("s1t2", 10.5, 20), ("s1t3", 21, 30)))
    told = (await served.sam.post(path, json={"position": 12.5, "note": " <b>Look</b>\u202e this up \n"})).json()
    assert (told["note"], told["words"], told["turn_id"]) == ("<b>Look</b> this up", "I am s1t2.", "s1t2")
    gone = (await served.sam.post(path, json={"position": 25})).json()
    pause = (await served.sam.post(path, json={"position": 20.7})).json()
    assert (pause["turn_id"], pause["position"]) == ("s1t2", 20)

    await render(served, identity, texts=cues(("v2t1", 0.5, 30), ("s1t2", 40, 49.5)))
    answer = (await served.sam.get(path)).json()
    assert answer["revision"] == 2
    assert {each["bookmark_id"]: each["position"] for each in answer["items"]} == {
        early.json()["bookmark_id"]: 3.5,
        told["bookmark_id"]: 42.0,
        gone["bookmark_id"]: 25,
        pause["bookmark_id"]: 49.5,
    }
    assert [each["position"] for each in answer["items"]] == sorted(each["position"] for each in answer["items"])
    assert (await items(served, path, revision=1))[1]["position"] == 12.5, "in the earlier rendering, where it was"

    moved = await served.sam.patch(f"{path}/{told['bookmark_id']}", json={"position": 1})
    assert (moved.json()["turn_id"], moved.json()["note"]) == ("v2t1", "<b>Look</b> this up")
    noted = await served.sam.patch(f"{path}/{told['bookmark_id']}", json={"note": ""})
    assert (noted.json()["position"], noted.json()["note"]) == (1, "")
    assert (await served.sam.delete(f"{path}/{told['bookmark_id']}")).status_code == 204
    assert (await served.sam.delete(f"{path}/{told['bookmark_id']}")).status_code == 404
    assert len(await items(served, "bookmarks")) == 3
    await served.sam.delete(f"podcasts/{identity}")
    assert await items(served, "bookmarks") == []


async def test_what_is_refused_changes_nothing(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity, texts=cues(("s1t1", 0.5, 10)))
    path = f"podcasts/{identity}/bookmarks"
    mine = (await served.sam.post(path, json={"position": 62, "note": "the end"})).json()
    assert mine["position"] == 10, "within a second behind the end: the end of its words"
    refused: list[tuple[int, dict[str, Any]]] = [
        (422, {"position": 63}),
        (422, {"position": -1}),
        (422, {"position": "NaN"}),
        (422, {"position": 1e300}),
        (422, {}),
        (422, {"position": 1, "note": "x" * 2_001}),
        (422, {"position": 1, "turn_id": "s1t1"}),
        (422, {"position": 1, "revision": 0}),
        (404, {"position": 1, "revision": 7}),
    ]
    for status, body in refused:
        assert (await served.sam.post(path, json=body)).status_code == status, body
    one = f"{path}/{mine['bookmark_id']}"
    for client, status in ((served.nils, 404), (served.olga, 404), (served.nobody, 401)):
        assert (await client.get(path)).status_code == status
        assert (await client.post(path, json={"position": 1})).status_code == status
        assert (await client.patch(one, json={"note": "mine now"})).status_code == status
        assert (await client.delete(one)).status_code == status
    assert (await served.sam.patch(one, json={"position": 99})).status_code == 422
    assert (await served.sam.get(f"podcasts/{uuid.uuid4()}/bookmarks")).status_code == 404
    other = await shelve(served)
    assert (await served.sam.delete(f"podcasts/{other}/bookmarks/{mine['bookmark_id']}")).status_code == 404
    assert [(each["note"], each["position"]) for each in await items(served, path)] == [("the end", 10)]
    assert await items_of(served.nils) == []


async def items_of(client: Any) -> list[Any]:
    return list((await client.get("bookmarks")).json()["items"])


async def test_ten_thousand_are_listed_exported_and_no_more_are_taken(served: Served) -> None:
    owner, now = await owner_of(served, "sam"), datetime.now(UTC)
    identities = [await shelve(served, title=f"=Bees {number}") for number in range(MOST // MOST_OF_EPISODE)]
    rows = [
        {
            "id": str(uuid.uuid4()),
            "owner_id": owner,
            "episode_id": identity,
            "offset_ms": 0,
            "position_ms": number * 1000,
            "note": "-1+cmd\nand more",
            "created_at": now,
            "updated_at": now,
        }
        for identity in identities
        for number in range(MOST_OF_EPISODE)
    ]
    async with served.context.store._database.write() as connection:
        await connection.execute(insert(bookmark), rows)
    full = await served.sam.post(f"podcasts/{identities[0]}/bookmarks", json={"position": 1})
    assert (full.status_code, "500" in full.json()["detail"]) == (413, True)
    other = await shelve(served)
    full = await served.sam.post(f"podcasts/{other}/bookmarks", json={"position": 1})
    assert (full.status_code, "10000" in full.json()["detail"]) == (413, True)
    assert len(await items(served, f"podcasts/{identities[0]}/bookmarks")) == MOST_OF_EPISODE
    page = (await served.sam.get("bookmarks?limit=100")).json()
    assert (len(page["items"]), bool(page["next_cursor"])) == (100, True)
    sheet = await served.sam.get("bookmarks/export?format=csv")
    assert sheet.headers["content-disposition"] == 'attachment; filename="bookmarks.csv"'
    lines = sheet.text.split("\r\n")
    assert sum("'=Bees" in line and "\"'-1+cmd" in line for line in lines) == MOST, "no cell begins a formula"
    text = (await served.sam.get("bookmarks/export")).text
    assert text.count("- **0:08:19** ") == len(identities)
    assert (await served.sam.get("bookmarks/export?format=html")).status_code == 422
