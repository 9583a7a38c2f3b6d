"""API tokens: shown once, never more than who makes them, gone when revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from tests.integration.server.conftest import Served

from narrowcast.store.tables import token as tokens


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def test_a_token_is_shown_once_and_works_until_it_is_revoked(served: Served) -> None:
    made = (await served.sam.post("tokens", json={"name": "Radio", "scopes": ["read"]})).json()
    assert made["token"].startswith("nc_")
    assert made["scopes"] == ["read"]
    me = (await served.nobody.get("me", headers=bearer(made["token"]))).json()
    assert (me["email"], me["scopes"]) == ("sam@example.org", ["read"])
    shown = (await served.sam.get(f"tokens/{made['id']}")).json()
    assert "token" not in shown
    assert shown["used_at"] is not None
    assert (await served.sam.patch(f"tokens/{made['id']}", json={"name": "Kitchen"})).json()["name"] == "Kitchen"
    for _ in range(2):
        assert (await served.sam.delete(f"tokens/{made['id']}")).status_code == 204
    assert (await served.nobody.get("me", headers=bearer(made["token"]))).status_code == 401


async def test_tokens_of_others_are_not_there(served: Served) -> None:
    made = (await served.sam.post("tokens", json={"name": "Radio"})).json()
    for client in (served.nils, served.olga):
        assert (await client.get(f"tokens/{made['id']}")).status_code == 404
        assert (await client.patch(f"tokens/{made['id']}", json={"name": "Mine"})).status_code == 404
        assert (await client.delete(f"tokens/{made['id']}")).status_code == 404
        assert made["id"] not in (await client.get("tokens")).text
    assert (await served.nobody.get("me", headers=bearer(made["token"]))).status_code == 200


async def test_a_token_gives_no_more_than_who_makes_it_has(served: Served) -> None:
    assert (await served.sam.post("tokens", json={"name": "a", "scopes": ["admin"]})).status_code == 403
    assert (await served.lea.post("tokens", json={"name": "a", "scopes": ["write"]})).status_code == 403
    assert (await served.sam.post("tokens", json={"name": "a", "scopes": []})).status_code == 422
    narrowed = (await served.sam.post("tokens", json={"name": "a", "scopes": ["read"]})).json()["token"]
    answer = await served.nobody.post("tokens", json={"name": "b"}, headers=bearer(narrowed))
    assert answer.status_code == 403  # what leaked with few rights cannot make itself at home


async def test_a_tokens_token_does_not_outlive_it(served: Served) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    made = (await served.sam.post("tokens", json={"name": "a", "expires_at": soon.isoformat()})).json()
    for until in (None, (soon + timedelta(hours=1)).isoformat()):
        body = {"name": "b", "expires_at": until}
        assert (await served.nobody.post("tokens", json=body, headers=bearer(made["token"]))).status_code == 403
    body = {"name": "b", "expires_at": soon.isoformat()}
    assert (await served.nobody.post("tokens", json=body, headers=bearer(made["token"]))).status_code == 201


async def test_an_expired_token_is_nobodys(served: Served) -> None:
    made = (await served.sam.post("tokens", json={"name": "a"})).json()
    past = datetime.now(UTC) - timedelta(seconds=1)
    async with served.context.store._database.write() as connection:
        await connection.execute(update(tokens).where(tokens.c.id == made["id"]).values(expires_at=past))
    assert (await served.nobody.get("me", headers=bearer(made["token"]))).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "a", "expires_at": "2099-01-01T00:00:00"},
    ],
)
async def test_what_is_no_token_is_refused(served: Served, wrong: dict[str, str]) -> None:
    assert (await served.sam.post("tokens", json=wrong)).status_code == 422


async def test_a_demoted_owners_token_may_no_more_than_they(served: Served) -> None:
    made = (await served.olga.post("tokens", json={"name": "a"})).json()
    sam = (await served.sam.get("me")).json()["id"]
    olga = (await served.olga.get("me")).json()["id"]
    await served.olga.patch(f"users/{sam}", json={"role": "owner"})
    await served.sam.patch(f"users/{olga}", json={"role": "listener"})
    assert (await served.nobody.get("me", headers=bearer(made["token"]))).json()["scopes"] == ["read"]


async def test_lists_go_on_by_cursor(served: Served) -> None:
    for number in range(4):
        await served.nils.post("tokens", json={"name": f"t{number}"})
    seen: list[str] = []
    cursor = None
    while True:
        parameters = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await served.nils.get("tokens", params=parameters)).json()
        seen += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["t3", "t2", "t1", "t0", "tests"]
