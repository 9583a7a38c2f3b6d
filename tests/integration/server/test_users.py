"""Users, as their owner manages them; and oneself: what one takes along, and leaves behind."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.server.browser import PASSWORD, signed_in
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import add_episode, owner_of

from narrowcast.store.jobs.jobs import Asked
from narrowcast.store.jobs.rows import JobStatus


async def test_an_owner_adds_changes_and_deletes_users(served: Served) -> None:
    made = await served.olga.post("users", json={"email": " Mia@Example.org", "password": PASSWORD, "tier": "free"})
    assert made.status_code == 201
    user = made.json()
    assert (user["email"], user["role"], user["has_password"]) == ("mia@example.org", "member", True)
    assert "password_hash" not in user
    again = await served.olga.post("users", json={"email": "MIA@example.org"})
    assert again.status_code == 409
    changed = await served.olga.patch(f"users/{user['id']}", json={"role": "listener", "monthly_budget_usd": 2.5})
    assert (changed.json()["role"], changed.json()["monthly_budget_usd"]) == ("listener", 2.5)
    assert (await served.olga.delete(f"users/{user['id']}")).status_code == 204
    assert (await served.olga.get(f"users/{user['id']}")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"email": "Mia <mia@example.org>"},
        {"email": "mia@example.org", "role": "king"},
        {"email": "mia@example.org", "tier": "golden"},
        {"email": "mia@example.org", "password": "short"},
        {"email": "mia@example.org", "monthly_budget_usd": -1},
        {"email": "mia@example.org", "name": "\u202e"},
        {},
    ],
)
async def test_what_is_no_user_is_refused(served: Served, wrong: dict[str, object]) -> None:
    assert (await served.olga.post("users", json=wrong)).status_code == 422


async def test_members_and_narrowed_tokens_do_not_manage_users(served: Served) -> None:
    nils = await owner_of(served, "nils")
    for client in (served.sam, served.lea):
        assert (await client.get("users")).status_code == 403
        assert (await client.patch(f"users/{nils}", json={"role": "owner"})).status_code == 403
        assert (await client.delete(f"users/{nils}")).status_code == 403
        assert (await client.post(f"users/{nils}/sign-in-link")).status_code == 403
    narrowed = (await served.olga.post("tokens", json={"name": "n", "scopes": ["write"]})).json()["token"]
    bearer = {"Authorization": f"Bearer {narrowed}"}
    assert (await served.nobody.get("users", headers=bearer)).status_code == 403


async def test_the_last_owner_stays(served: Served) -> None:
    olga = await owner_of(served, "olga")
    for change in ({"role": "member"}, {"active": False}):
        assert (await served.olga.patch(f"users/{olga}", json=change)).status_code == 409
    assert (await served.olga.delete(f"users/{olga}")).status_code == 409
    assert (await served.olga.delete("me", params={"confirm": "olga@example.org"})).status_code == 409
    sam = await owner_of(served, "sam")
    await served.olga.patch(f"users/{sam}", json={"role": "owner"})
    assert (await served.olga.patch(f"users/{olga}", json={"role": "member"})).status_code == 200
    assert (await served.olga.get("users")).status_code == 403


async def test_who_is_deactivated_is_out_at_once_and_their_jobs_stop(served: Served) -> None:
    browser = await signed_in(served, "sam")
    sam = await owner_of(served, "sam")
    later = datetime.now(UTC) + timedelta(hours=1)
    asked = Asked(
        owner_id=sam,
        kind="episode",
        status=JobStatus.SCHEDULED,
        priority=0,
        rank=0,
        params={},
        max_failures=4,
        run_at=later,
    )
    queued = await served.context.store.jobs.add(asked, lambda _crowd: None)
    assert (await served.olga.patch(f"users/{sam}", json={"active": False})).json()["active"] is False
    assert (await served.sam.get("me")).status_code == 401
    assert (await browser.get("/api/v1/me")).status_code == 401
    job = await served.context.store.jobs.get(sam, queued.job.id)
    assert job is not None
    assert job.status is JobStatus.CANCELLED
    await served.olga.patch(f"users/{sam}", json={"active": True})
    assert (await served.sam.get("me")).status_code == 200
    assert (await browser.get("/api/v1/me")).status_code == 401  # sessions do not come back


async def test_who_deletes_themselves_leaves_no_row(served: Served) -> None:
    await add_episode(served, owner="sam")
    assert (await served.sam.delete("me", params={"confirm": "nils@example.org"})).status_code == 422
    sam = await owner_of(served, "sam")
    assert (await served.sam.delete("me", params={"confirm": "Sam@example.org"})).status_code == 204
    assert (await served.sam.get("me")).status_code == 401
    for kind in ("account", "episodes", "tokens"):
        assert [row async for row in served.context.store.takeout.rows(sam, kind)] == []


async def test_one_takes_along_all_that_is_ones_own_and_no_secret(served: Served) -> None:
    sams, nils = await add_episode(served, owner="sam"), await add_episode(served, owner="nils")
    answer = await served.sam.get("me/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names).decode("utf-8")
        assert [row["email"] for row in json.loads(archive.read("account.json"))] == ["sam@example.org"]
        assert [row["id"] for row in json.loads(archive.read("episodes.json"))] == [sams]
    assert f"files/episodes/{sams}/script.json" in names
    assert nils not in everything
    for secret in ("password_hash", "secret_hash", "sealed", "lease"):
        assert secret not in everything


async def test_a_long_list_is_taken_along_whole(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrowcast.store.people.takeout.PAGE", 3)
    for number in range(7):
        await served.nils.post("tokens", json={"name": f"t{number}"})
    nils = await owner_of(served, "nils")
    names = [row["name"] async for row in served.context.store.takeout.rows(nils, "tokens")]
    assert sorted(names) == ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "tests"]
