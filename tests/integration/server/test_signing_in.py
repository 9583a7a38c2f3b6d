"""Signing in: by password, by a link that works once, and what a browser keeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import update
from tests.integration.server.browser import HOME, PASSWORD, browser, give_password, signed_in
from tests.integration.server.conftest import Served

from narrowcast.accounts.secrets import new_secret, secret_hash
from narrowcast.server.cookies import PLAIN_NAME
from narrowcast.store.tables import session, sign_in_link


async def new_link(served: Served, name: str) -> str:
    user = await served.context.people.named(f"{name}@example.org")
    answer = (await served.olga.post(f"users/{user.id}/sign-in-link")).raise_for_status().json()
    return urlsplit(str(answer["url"])).path


async def test_a_password_signs_in_and_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    await give_password(served, "sam")
    async with browser(served) as client:
        answer = await client.post("/api/v1/sessions", json={"email": " SAM@example.org ", "password": PASSWORD})
        assert answer.status_code == 201
        attributes = answer.headers["set-cookie"].lower()
        assert "httponly" in attributes
        assert "samesite=lax" in attributes
        assert "path=/" in attributes
        assert "secure" not in attributes  # served by http
        me = (await client.get("/api/v1/me")).raise_for_status().json()
        assert (me["email"], me["scopes"]) == ("sam@example.org", ["read", "write"])


async def test_wrong_passwords_and_unknown_users_are_told_the_same(served: Served) -> None:
    await give_password(served, "sam")
    answers = []
    for email in ("sam@example.org", "nobody@example.org", "nils@example.org", "no address"):
        body = {"email": email, "password": "a guess or two"}
        answers.append(await served.nobody.post("sessions", json=body))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_an_unknown_user_costs_the_same_work(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = served.context.door.passwords
    compared: list[str | None] = []
    verify = passwords._hash.verify_and_update

    def counting(password: bytes, kept: str) -> tuple[bool, str | None]:
        compared.append(kept)
        return verify(password, kept)

    monkeypatch.setattr(passwords._hash, "verify_and_update", counting)
    await give_password(served, "sam")
    for email in ("sam@example.org", "nobody@example.org"):
        await served.nobody.post("sessions", json={"email": email, "password": "a guess or two"})
    parameters = {str(kept).rsplit("$", 2)[0] for kept in compared}
    assert len(compared) == 2
    assert len(parameters) == 1


async def test_signing_in_ends_the_session_that_the_browser_had(served: Served) -> None:
    client = await signed_in(served, "sam")
    planted = client.cookies[PLAIN_NAME]
    await client.post("/api/v1/sessions", json={"email": "sam@example.org", "password": PASSWORD})
    assert client.cookies[PLAIN_NAME] != planted
    async with browser(served) as thief:
        thief.cookies.set(PLAIN_NAME, planted)
        assert (await thief.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("forged", ["", "x", "a.b", "{secret}", "{secret}.forged", "é", "a" * 10_000])
async def test_forged_cookies_are_nobodys(served: Served, forged: str) -> None:
    secret = new_secret()
    user = await served.context.people.named("olga@example.org")
    await served.context.store.sessions.open(user.id, secret_hash(secret), user_agent="", lasting=timedelta(days=1))
    value = forged.replace("{secret}", secret).encode()
    async with browser(served) as client:
        answer = await client.get("/api/v1/me", headers={b"Cookie": PLAIN_NAME.encode() + b"=" + value})
        assert answer.status_code == 401


async def test_an_ended_session_is_nobodys_and_a_used_one_lasts(served: Served) -> None:
    client = await signed_in(served, "sam")
    database = served.context.store._database
    long_ago = datetime.now(UTC) - timedelta(days=29)
    async with database.write() as connection:
        await connection.execute(update(session).values(seen_at=long_ago, expires_at=long_ago + timedelta(days=30)))
    answer = await client.get("/api/v1/me")
    assert answer.status_code == 200
    assert PLAIN_NAME in answer.headers["set-cookie"]
    assert "set-cookie" not in (await client.get("/api/v1/me")).headers
    shown = (await client.get("/api/v1/sessions")).json()["items"]
    assert [each["current"] for each in shown] == [True]
    assert datetime.fromisoformat(shown[0]["expires_at"]) > datetime.now(UTC) + timedelta(days=29)
    async with database.write() as connection:
        await connection.execute(update(session).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_signing_out_ends_the_session_and_takes_the_cookie(served: Served) -> None:
    client = await signed_in(served, "sam")
    cookie = client.cookies[PLAIN_NAME]
    answer = await client.delete("/api/v1/sessions/current")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    client.cookies.set(PLAIN_NAME, cookie)
    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await served.sam.delete("sessions/current")).status_code == 404  # a token is no session


async def test_others_sessions_are_not_seen_nor_ended(served: Served) -> None:
    sam = await signed_in(served, "sam")
    mine = (await sam.get("/api/v1/sessions")).json()["items"][0]["id"]
    assert (await served.nils.get("sessions")).json()["items"] == []
    assert (await served.nils.delete(f"sessions/{mine}")).status_code == 404
    assert (await served.sam.delete(f"sessions/{mine}")).status_code == 204
    assert (await sam.get("/api/v1/me")).status_code == 401


async def test_a_link_is_used_up_by_its_button_and_not_by_looking(served: Served) -> None:
    link = await new_link(served, "sam")
    async with browser(served) as client:
        for method in ("HEAD", "GET", "GET"):
            shown = await client.request(method, link)
            assert shown.status_code == 200
        assert "<button" in shown.text
        assert "script-src 'self';" in shown.headers["content-security-policy"]
        answer = await client.post(link, data={"redirect": "/episodes?a=b"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/episodes?a=b")
        assert (await client.get("/api/v1/me")).json()["email"] == "sam@example.org"
    async with browser(served) as second:
        assert (await second.post(link)).status_code == 410
        assert (await second.get(link)).status_code == 410
        assert (await second.get("/api/v1/me")).status_code == 401


async def test_of_two_tabs_at_once_one_signs_in(served: Served) -> None:
    link = await new_link(served, "sam")
    async with browser(served) as one, browser(served) as other:
        answers = await asyncio.gather(*(client.post(link) for client in (one, other, one, other)))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]


async def test_old_made_up_and_deactivated_links_do_not_work(served: Served) -> None:
    link, other = await new_link(served, "sam"), await new_link(served, "nils")
    nils = await served.context.people.named("nils@example.org")
    await served.olga.patch(f"users/{nils.id}", json={"active": False})
    await served.olga.patch(f"users/{nils.id}", json={"active": True})
    async with served.context.store._database.write() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await connection.execute(update(sign_in_link).values(expires_at=past))
    async with browser(served) as client:
        for path in (link, other, f"/sign-in/{new_secret()}", "/sign-in/%00"):
            assert (await client.post(path)).status_code == 410
            assert (await client.get(path)).status_code == 410


async def test_the_forms_sign_in_and_out(served: Served) -> None:
    await give_password(served, "sam")
    async with browser(served) as client:
        assert (await client.get("/")).headers["location"] == "/sign-in"
        page = await client.get("/sign-in", params={"redirect": "/a?b=c"})
        assert 'value="/a?b=c"' in page.text
        wrong = await client.post("/sign-in", data={"email": '"><script>', "password": "a guess or two"})
        assert wrong.status_code == 401
        assert "<script>" not in wrong.text
        assert "wrong" in wrong.text
        form = {"email": "sam@example.org", "password": PASSWORD, "redirect": "/a?b=c"}
        right = await client.post("/sign-in", data=form)
        assert (right.status_code, right.headers["location"]) == (303, "/a?b=c")
        assert (await client.get("/")).status_code == 200
        assert (await client.post("/sign-out")).status_code == 303
        assert (await client.get("/")).status_code == 303
        assert (await client.get("/static/x/look/base.css")).headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\nb"])
async def test_after_signing_in_one_stays_here(served: Served, elsewhere: str) -> None:
    link = await new_link(served, "sam")
    async with browser(served) as client:
        assert "evil" not in (await client.get(link, params={"redirect": elsewhere})).text
        assert (await client.post(link, data={"redirect": elsewhere})).headers["location"] == "/"


async def test_too_many_tries_are_told_to_wait_even_with_the_right_password(served: Served) -> None:
    await give_password(served, "sam")
    for _ in range(10):
        await served.nobody.post("sessions", json={"email": "sam@example.org", "password": ""})
    answer = await served.nobody.post("sessions", json={"email": "Sam@Example.org", "password": PASSWORD})
    assert answer.status_code == 429
    assert 60 < int(answer.headers["retry-after"]) <= 900
    # Somebody elsewhere, and somebody else here, still come in.
    elsewhere = httpx2.ASGITransport(app=served.app, client=("192.0.2.9", 1))
    async with httpx2.AsyncClient(transport=elsewhere, base_url=HOME) as client:
        body = {"email": "sam@example.org", "password": PASSWORD}
        assert (await client.post("/api/v1/sessions", json=body)).status_code == 201
    await give_password(served, "nils")
    body = {"email": "nils@example.org", "password": PASSWORD}
    assert (await served.nobody.post("sessions", json=body)).status_code == 201


async def test_guessing_links_is_limited_too(served: Served) -> None:
    async with browser(served) as client:
        statuses = [(await client.get(f"/sign-in/{number}")).status_code for number in range(31)]
    assert statuses == [410] * 30 + [429]


async def test_a_new_password_ends_other_sessions_and_needs_the_old_one(served: Served) -> None:
    here, there = await signed_in(served, "sam"), await signed_in(served, "sam")
    here.cookies.clear()
    await here.post("/api/v1/sessions", json={"email": "sam@example.org", "password": PASSWORD})
    new = {"new_password": "seven loud red kettles"}
    assert (await here.put("/api/v1/me/password", json=new)).status_code == 403
    wrong = {"current_password": "a guess or two", **new}
    assert (await here.put("/api/v1/me/password", json=wrong)).status_code == 403
    right = {"current_password": PASSWORD, **new}
    assert (await here.put("/api/v1/me/password", json=right)).status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
    body = {"email": "sam@example.org", "password": PASSWORD}
    assert (await served.nobody.post("sessions", json=body)).status_code == 401


@pytest.mark.parametrize("poor", ["short", "x" * 1_001, "aaaaaaaaaaaa"])
async def test_poor_passwords_are_refused(served: Served, poor: str) -> None:
    assert (await served.sam.put("me/password", json={"new_password": poor})).status_code == 422
