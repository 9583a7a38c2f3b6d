"""A new server is taken by whoever sits at its machine, once; nobody else can, by no way that is known to us."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute

from narrowcast.accounts.start import ensure_owner
from narrowcast.server.app import create_app
from narrowcast.server.context import Context
from narrowcast.settings import read_settings

HOST = "127.0.0.1:8484"
OWN = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
MIA = {"name": "Mia", "email": "mia@example.org", "password": "three quiet green boats"}


@asynccontextmanager
async def new_server(tmp_path: Path, made: Path, routes: list[BaseRoute], **settings: str) -> AsyncIterator[FastAPI]:
    """A server whose home nobody has used yet, as `narrowcast serve` leaves it at its first start."""
    (tmp_path / "home").mkdir()
    shutil.copy(made, tmp_path / "home")
    app = create_app(
        read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), "NARROWCAST_JOBS_AT_ONCE": "0", **settings})
    )
    app.router.routes = routes
    async with app.router.lifespan_context(app):
        await ensure_owner(app.state.context.store)
        yield app


@pytest.fixture
async def new(tmp_path: Path, made_database: Path, routes: list[BaseRoute]) -> AsyncIterator[FastAPI]:
    async with new_server(tmp_path, made_database, routes) as app:
        yield app


def browser(app: FastAPI, peer: str = "127.0.0.1", host: str = HOST, **headers: str) -> httpx2.AsyncClient:
    """A browser that reaches the server from the address `peer`, under the name `host`."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(peer, 50_000))
    sent = {**OWN, "Origin": f"http://{host}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx2.AsyncClient(transport=transport, base_url=f"http://{host}", headers=sent)


async def form_secret(app: FastAPI) -> str:
    async with browser(app) as client:
        page = (await client.get("/start")).raise_for_status()
    assert page.headers["cache-control"] == "no-store"
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def claim(app: FastAPI, client: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    """Send the page's form, with its secret, as `client`."""
    form = {**MIA, "again": MIA["password"], "form": await form_secret(app), **changes}
    return await client.post("/start", data=form)


async def untouched(app: FastAPI) -> bool:
    context: Context = app.state.context
    return await context.store.beginnings.untouched()


async def test_who_sits_at_the_machine_makes_it_theirs_and_a_sample_is_on_its_way(new: FastAPI) -> None:
    async with browser(new) as client:
        assert (await client.get("/")).headers["location"] == "/sign-in"
        assert (await client.get("/sign-in")).headers["location"] == "/start"
        answer = await claim(new, client, name="<b>Mia</b>", email="Mia@Example.org")
        assert (answer.status_code, answer.headers["location"]) == (303, "/start/keys")
        me = (await client.get("/api/v1/me")).raise_for_status().json()
        assert (me["email"], me["name"], me["role"]) == ("mia@example.org", "<b>Mia</b>", "owner")
        jobs = (await client.get("/api/v1/podcasts/jobs")).json()["items"]
        assert [job["title"] for job in jobs] == ["Why every lighthouse blinks its own way"]
        page = (await client.get("/start/listen")).raise_for_status().text
        assert jobs[0]["job_id"] in page
        assert (await client.get("/start")).headers["location"] == "/start/keys"
    async with browser(new) as other:
        body = {"email": MIA["email"], "password": MIA["password"]}
        (await other.post("/api/v1/sessions", json=body)).raise_for_status()


async def test_only_the_first_takes_it(new: FastAPI) -> None:
    secret = await form_secret(new)
    async with browser(new) as one, browser(new) as other:
        form = {**MIA, "again": MIA["password"], "form": secret}
        answers = await asyncio.gather(
            one.post("/start", data=form), other.post("/start", data={**form, "email": "eve@example.org"})
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes[0] == 303
        assert codes[1] in {403, 409}
        late = await other.post("/start", data=form)
        assert late.status_code == 403
        assert (await other.get("/start")).headers["location"].startswith(("/sign-in", "/start/keys"))


async def test_the_printed_link_ends_when_it_is_taken(new: FastAPI) -> None:
    context: Context = new.state.context
    ready = await ensure_owner(context.store)
    assert ready.link_secret
    async with browser(new) as client:
        assert (await client.get(f"/sign-in/{ready.link_secret}")).status_code == 200
        await claim(new, client)
        assert (await client.get(f"/sign-in/{ready.link_secret}")).status_code == 410


@pytest.mark.parametrize(
    ("peer", "host", "headers"),
    [
        pytest.param("192.168.1.7", "127.0.0.1:8484", {}, id="a stranger in the network who forges the name"),
        pytest.param("::ffff:192.168.1.7", "localhost:8484", {}, id="the same in IPv6"),
        pytest.param("127.0.0.1", "127.0.0.1:8484", {"X_Forwarded_For": "203.0.113.9"}, id="through a proxy"),
        pytest.param("127.0.0.1", "127.0.0.1:8484", {"Forwarded": "for=203.0.113.9"}, id="through another"),
        pytest.param("127.0.0.1", "127.0.0.1:8484", {"Via": "1.1 cache"}, id="through a cache"),
        pytest.param("127.0.0.1", "rebound.example:8484", {}, id="DNS rebinding"),
        pytest.param("127.0.0.1", "evil.localhost:8484", {}, id="a name below localhost"),
        pytest.param("127.0.0.1", "127.0.0.1.evil.example", {}, id="a name that looks like it"),
    ],
)
async def test_nobody_else_is_shown_the_form_or_can_send_it(
    new: FastAPI, peer: str, host: str, headers: dict[str, str]
) -> None:
    async with browser(new, peer, host, **headers) as client:
        page = await client.get("/start")
        assert page.status_code in {400, 403}
        assert 'name="form"' not in page.text
        answer = await claim(new, client)
        assert answer.status_code in {400, 403}
    assert await untouched(new)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "http://evil.example", "Sec_Fetch_Site": "cross-site"}, id="a page of another site"),
        pytest.param({"Origin": "http://127.0.0.1:3000", "Sec_Fetch_Site": "same-site"}, id="of another port"),
        pytest.param({"Origin": "http://127.0.0.1:3000"}, id="of another port, by what it claims"),
        pytest.param({"Origin": "null"}, id="in a sandbox"),
        pytest.param({"Sec_Fetch_Site": "none"}, id="by the address line"),
        pytest.param({"Origin": "https://127.0.0.1:8484"}, id="of another scheme"),
    ],
)
async def test_no_other_page_can_send_the_form(new: FastAPI, headers: dict[str, str]) -> None:
    async with browser(new, **headers) as client:
        assert (await claim(new, client)).status_code == 403
    assert await untouched(new)


async def test_a_form_without_origin_or_without_its_secret_is_refused(new: FastAPI) -> None:
    async with browser(new) as client:
        assert (await claim(new, client, form="guessed")).status_code == 403
        assert (await claim(new, client, form="")).status_code == 403
        del client.headers["Origin"]
        assert (await claim(new, client)).status_code == 403
    assert await untouched(new)


@pytest.mark.parametrize(
    "settings",
    [
        {"NARROWCAST_PUBLIC_URL": "https://narrowcast.example.org"},
        {"NARROWCAST_TRUSTED_PROXIES": "127.0.0.1"},
        {"NARROWCAST_HOST": "0.0.0.0"},  # noqa: S104 - a setting
    ],
    ids=["a public address", "a proxy", "all addresses"],
)
async def test_a_server_that_is_reached_from_elsewhere_is_never_taken_so(
    tmp_path: Path, made_database: Path, routes: list[BaseRoute], settings: dict[str, str]
) -> None:
    async with new_server(tmp_path, made_database, routes, **settings) as app, browser(app) as client:
        page = await client.get("/start")
        assert page.status_code == 403
        assert "narrowcast user link" in page.text
        assert (await client.post("/start", data=MIA)).status_code == 403
        assert await untouched(app)


async def test_a_home_that_somebody_used_is_not_taken(new: FastAPI) -> None:
    context: Context = new.state.context
    ready = await ensure_owner(context.store)
    assert ready.link_secret
    async with browser(new) as first, browser(new) as second:
        secret = await form_secret(new)
        assert (await first.post(f"/sign-in/{ready.link_secret}")).status_code == 303
        assert (await second.get("/start")).status_code == 303
        form = {**MIA, "again": MIA["password"], "form": secret}
        assert (await second.post("/start", data=form)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "What shall we call you?"),
        ({"email": "nowhere"}, "This is no e-mail address."),
        ({"password": "short", "again": "short"}, "A password has 10"),
        ({"password": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "repeats itself"),
        ({"again": "three quiet green goats"}, "The two passwords are not the same."),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_written_stays(
    new: FastAPI, changes: dict[str, Any], said: str
) -> None:
    async with browser(new) as client:
        answer = await claim(new, client, **{"name": '"><script>alert(1)</script>', **changes})
        assert answer.status_code == 422
        assert said in answer.text
        assert "<script>alert" not in answer.text
        assert MIA["password"] not in answer.text
    assert await untouched(new)
