"""A server over PostgreSQL: what people do in a library, and what cannot be kept there."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.integration.server.conftest import Served

pytestmark = pytest.mark.usefixtures("postgresql_instead")

ODD = ["a\0b", "\ud800", "ü" * 2_000, "'; drop table job; --", "%_\\"]
HUGE = [2**31, 2**63, -(2**63) - 1, 10**30]


async def test_a_library_is_searched_sorted_and_paged(served: Served) -> None:
    titles = ["zoo", "Äpfel", "apple", "Zebra", "100% sure", "under_score"]
    for title in titles:
        answer = await served.sam.post("notebooks", json={"name": title})
        assert answer.status_code == 201, answer.text
        answer = await served.sam.post("sources", json={"title": title, "text": f"Words about {title}. " * 20})
        assert answer.status_code in {200, 201}, answer.text
    found = (await served.sam.get("sources", params={"q": "100%"})).json()
    assert [one["title"] for one in found["items"]] == ["100% sure"]
    seen, after = [], ""
    while True:
        page = (await served.sam.get("notebooks", params={"limit": 2, **({"cursor": after} if after else {})})).json()
        seen += [one["name"] for one in page["items"]]
        if not (after := page.get("next_cursor") or ""):
            break
    assert seen == titles[::-1]
    assert (await served.nils.get("notebooks")).json()["items"] == []


async def test_what_cannot_be_kept_is_refused_at_the_door(served: Served) -> None:
    for odd in ODD:
        body = json.dumps({"name": odd, "description": odd}).encode()
        answer = await served.sam.post("notebooks", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {201, 422}, answer.text
        for path in ("notebooks", "sources", "podcasts", "me/inbox"):
            answer = await served.sam.get(path, params={"q": odd.encode("utf-8", "replace"), "cursor": "abc"})
            assert answer.status_code < 500, answer.text
    for huge in HUGE:
        answer = await served.sam.put("me/up-next", json={"episode_ids": [str(huge)] * 3})
        assert answer.status_code < 500, answer.text
        answer = await served.sam.get("podcasts", params={"limit": huge})
        assert answer.status_code == 422, answer.text


async def test_many_at_once_wait_for_each_other_and_none_fails(served: Served) -> None:
    answers = await asyncio.gather(
        *(served.sam.post("notebooks", json={"name": f"N{number}"}) for number in range(40)),
        *(served.sam.get("me") for _ in range(40)),
        *(served.nils.get("podcasts") for _ in range(40)),
    )
    assert not [answer.text for answer in answers if answer.status_code not in {200, 201}]
