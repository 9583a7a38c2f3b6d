"""The owner's look at the whole server: figures of everybody, nobody's titles, and for owners alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.test_jobs import ask, claimed, fail

ROUTES = ("admin/overview", "admin/findings")


@pytest.mark.parametrize("route", ROUTES)
async def test_only_owners_may_look(served: Served, route: str) -> None:
    for client in (served.sam, served.lea):
        assert (await client.get(route)).status_code == 403
    assert (await served.nobody.get(route)).status_code == 401


async def test_it_counts_everybodys_jobs_and_names_no_titles(served: Served) -> None:
    await ask(served)
    await fail(served)
    await ask(served, client="nils", segments=2)
    held = await claimed(served)
    await ask(served, client="nils", segments=3)
    waits = [("waiting", {"provider": "openai", "seconds": 3.0, "reason": "busy"})] * 2
    await served.context.queue.progress(held.id, held.epoch, {}, waits)
    until = datetime.now(UTC) + timedelta(minutes=5)
    await served.context.store.provider_slots.pause("openai:abc", until, "too many requests")
    answer = (await served.olga.get("admin/overview")).raise_for_status()
    seen = answer.json()
    queue = seen["queue"]
    assert (queue["running"], queue["queued"], queue["scheduled"], queue["failed"]) == (1, 1, 0, 1)
    people = {person["email"]: person for person in seen["people"]}
    assert len(people) == 4
    sam, nils = people["sam@example.org"], people["nils@example.org"]
    assert (sam["failed"], sam["live"], sam["episodes"]) == (1, 0, 1)
    assert (nils["failed"], nils["live"], nils["episodes"]) == (0, 2, 2)
    openai = next(each for each in seen["providers"] if each["name"] == "openai")
    assert (openai["waits"], openai["paused_because"]) == (2, "too many requests")
    assert seen["storage"]["free"] > 0
    assert "bees" not in answer.text.casefold()


async def test_it_tells_what_the_doctor_finds(served: Served) -> None:
    found = (await served.olga.get("admin/findings")).raise_for_status().json()["items"]
    verdicts = {each["what"]: each["verdict"] for each in found}
    assert verdicts["database"] == "ok"
    assert "disk" in verdicts
