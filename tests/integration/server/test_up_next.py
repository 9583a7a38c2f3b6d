"""What plays next: in order, only one's own, and without what is gone."""

from __future__ import annotations

import uuid

from tests.integration.server.conftest import Served
from tests.integration.server.shelving import render, shelve


async def test_the_list_holds_ones_own_episodes_in_order(served: Served) -> None:
    first, second, theirs = await shelve(served), await shelve(served), await shelve(served, owner="nils")
    await render(served, second)
    told = (await served.sam.put("me/up-next", json={"episode_ids": [second, first, second]})).raise_for_status().json()
    assert [(each["episode_id"], each["playable"]) for each in told["items"]] == [(second, True), (first, False)]
    assert told["items"][0]["duration"] == 61.5
    for wrong, status in ((theirs, 404), (str(uuid.uuid4()), 404), ("x", 422)):
        answer = await served.sam.put("me/up-next", json={"episode_ids": [first, wrong]})
        assert answer.status_code == status
    assert (await served.sam.put("me/up-next", json={"episode_ids": [first] * 201})).status_code == 422
    assert (await served.nobody.get("me/up-next")).status_code == 401
    assert (await served.sam.get("me/up-next")).json() == told, "what was refused changed nothing"
    assert (await served.nils.get("me/up-next")).json()["items"] == []
    await served.sam.delete(f"podcasts/{second}")
    assert [each["episode_id"] for each in (await served.sam.get("me/up-next")).json()["items"]] == [first]
    assert (await served.sam.put("me/up-next", json={"episode_ids": []})).json()["items"] == []
