"""A browser: it keeps cookies, and says which page a request comes from."""

from __future__ import annotations

import httpx2
from tests.integration.server.conftest import Served

HOME = "http://127.0.0.1:8484"
PASSWORD = "three quiet green boats"


def browser(served: Served, *, origin: str | None = HOME, site: str | None = "same-origin") -> httpx2.AsyncClient:
    """A browser on a page of `origin`, which stands to the server as `site` says (Fetch Metadata)."""
    headers = {"Origin": origin, "Sec-Fetch-Site": site, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=served.app, raise_app_exceptions=False),
        base_url=HOME,
        headers={name: value for name, value in headers.items() if value is not None},
    )


async def give_password(served: Served, name: str, password: str = PASSWORD) -> str:
    """Give one of the cast a password; their user id."""
    people = served.context.people
    user = await people.named(f"{name}@example.org")
    await people.set_password(user, password)
    return user.id


async def signed_in(served: Served, name: str) -> httpx2.AsyncClient:
    """A browser in which one of the cast signed in by password."""
    await give_password(served, name)
    client = browser(served)
    body = {"email": f"{name}@example.org", "password": PASSWORD}
    (await client.post("/api/v1/sessions", json=body)).raise_for_status()
    return client
