"""What stands before every route: names, pages of other sites, careful headers."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
import pytest
from structlog.testing import capture_logs
from tests.integration.server.browser import HOME, PASSWORD, browser, give_password, signed_in
from tests.integration.server.conftest import Served

from narrowcast.server.cookies import PLAIN_NAME, SECURE_NAME


@pytest.fixture
def server_settings() -> Mapping[str, str]:
    return {
        "NARROWCAST_PUBLIC_URL": "https://pod.example.org",
        "NARROWCAST_ALLOWED_HOSTS": "narrowcast.lan, *.home.arpa",
    }


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:1",
        "localhost",
        "[::1]:8484",
        "POD.example.org",
        "pod.example.org:443",
        "narrowcast.lan",
        "a.home.arpa",
    ],
)
async def test_names_of_this_server_are_answered(served: Served, host: str) -> None:
    assert (await served.sam.get("me", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1", "home.arpa", "", "a@b", "::1:x"],
)
async def test_other_names_are_refused_before_anything_is_done(served: Served, host: str) -> None:
    answer = await served.sam.get("me", headers={"Host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert "NARROWCAST_ALLOWED_HOSTS" in answer.json()["hint"]


async def test_probes_are_answered_under_any_name(served: Served) -> None:
    assert (await served.nobody.get(f"{HOME}/healthz", headers={"Host": "10.1.2.3"})).status_code == 200


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example", "cross-site"),
        ("https://evil.example", None),
        ("https://other.example.org", "same-site"),
        ("http://127.0.0.1:9999", "same-site"),
        ("null", "cross-site"),
        ("null", None),
        (None, "cross-site"),
        (None, None),
        (HOME, "cross-site"),
    ],
)
async def test_pages_of_other_sites_change_nothing(served: Served, origin: str | None, site: str | None) -> None:
    client = await signed_in_securely(served, "sam")
    async with browser(served, origin=origin, site=site) as page:
        page.headers["Cookie"] = client.headers["Cookie"]
        answer = await page.patch("/api/v1/me", json={"name": "Changed"})
        assert answer.status_code == 403
    assert (await served.sam.get("me")).json()["name"] == "Sam"


@pytest.mark.parametrize("origin", [HOME, "https://pod.example.org"])
async def test_own_pages_and_tokens_may(served: Served, origin: str) -> None:
    client = await signed_in_securely(served, "sam")
    client.headers["Origin"] = origin
    assert (await client.patch("/api/v1/me", json={"name": "Samuel"})).status_code == 200
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await served.sam.patch("me", json={"name": "Sam"}, headers=cross)).status_code == 200


async def test_another_site_cannot_sign_the_person_in_as_somebody_else(served: Served) -> None:
    await give_password(served, "nils")
    body = {"email": "nils@example.org", "password": PASSWORD}
    async with browser(served, origin="https://evil.example", site="cross-site") as page:
        assert (await page.post("/api/v1/sessions", json=body)).status_code == 403
        assert (await page.post("/sign-in", data=body)).status_code == 403


async def test_basic_credentials_do_not_pass_for_a_token(served: Served) -> None:
    client = await signed_in_securely(served, "sam")
    client.headers.update({"Origin": "https://evil.example", "Authorization": "Basic c2FtOng="})
    assert (await client.patch("/api/v1/me", json={"name": "Changed"})).status_code == 403
    client.headers["Origin"] = HOME
    assert (await client.patch("/api/v1/me", json={"name": "Changed"})).status_code == 401


async def test_by_https_the_cookie_is_bound_to_it_and_to_this_host(served: Served) -> None:
    await give_password(served, "sam")
    async with browser(served) as client:
        answer = await client.post("/api/v1/sessions", json={"email": "sam@example.org", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{SECURE_NAME}=")
        assert "; Secure" in cookie
        assert "domain" not in cookie.lower()
        value = cookie.partition("=")[2].partition(";")[0]
        plain = {"Cookie": f"{PLAIN_NAME}={value}"}  # such as a page by http could have planted
        assert (await client.get("/api/v1/me", headers=plain)).status_code == 401


async def test_every_answer_is_careful(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_hash: str) -> None:
        raise ZeroDivisionError

    answers = [await served.sam.get("me"), await served.nobody.get("me"), await served.nobody.get(f"{HOME}/sign-in")]
    answers += [await served.nobody.get("nowhere"), await served.sam.get("me", headers={"Host": "evil.example"})]
    monkeypatch.setattr(served.context.store.tokens, "bearer", broken)
    transport = httpx2.ASGITransport(app=served.app, raise_app_exceptions=False)
    with capture_logs() as told:
        client = httpx2.AsyncClient(transport=transport, base_url=HOME)
        answers.append(await client.get("/api/v1/me", headers={"Authorization": "Bearer x"}))
    assert [answer.status_code for answer in answers] == [200, 401, 200, 404, 400, 500]
    assert told[0]["route"].endswith("/me")
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


async def signed_in_securely(served: Served, name: str) -> httpx2.AsyncClient:
    """A browser behind the https of a proxy: its cookie is sent by hand, since the test's own line is http."""
    client = await signed_in(served, name)
    value = client.cookies[SECURE_NAME]
    client.cookies.clear()
    client.headers["Cookie"] = f"{SECURE_NAME}={value}"
    return client
