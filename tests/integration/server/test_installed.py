"""The application that is installed: its manifest, icons and service worker, below any root, and for anybody."""

from __future__ import annotations

import httpx2
from tests.integration.server.browser import HOME, browser, signed_in
from tests.integration.server.conftest import Served

from narrowcast.server.web.installing import FILES, ICONS
from narrowcast.server.web.static_files import VERSION


async def test_all_that_the_manifest_names_is_there_and_below_the_root(served: Served) -> None:
    transport = httpx2.ASGITransport(app=served.app, root_path="/cast")
    async with httpx2.AsyncClient(transport=transport, base_url=HOME) as client:
        told = (await client.get("/cast/manifest.webmanifest")).raise_for_status()
        assert told.headers["content-type"] == "application/manifest+json"
        manifest = told.json()
        assert [manifest["scope"], manifest["start_url"], manifest["id"]] == ["/cast/"] * 3
        assert manifest["share_target"]["action"] == "/cast/share-target"
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
        assert "maskable" in {icon["purpose"] for icon in manifest["icons"]}
        for icon in manifest["icons"]:
            picture = (await client.get(icon["src"])).raise_for_status()
            side = int(icon["sizes"].partition("x")[0])
            assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
            assert [int.from_bytes(picture.content[at : at + 4], "big") for at in (16, 20)] == [side, side]


async def test_the_worker_names_files_that_there_are_and_asks_nobody_else(served: Served) -> None:
    async with browser(served) as client:
        worker = (await client.get("/service-worker.js")).raise_for_status()
        assert worker.headers["content-type"].startswith("text/javascript")
        assert worker.headers["cache-control"] == "no-cache"
        assert "connect-src 'self'" in worker.headers["content-security-policy"]
        assert f"/static/{VERSION}/offline/worker.js" in worker.text
        assert "parts/start.js" in FILES
        for path in FILES:
            assert (await client.head(f"/static/{VERSION}/{path}")).status_code == 200, path
        for name in ICONS:
            assert (await client.head(f"/icons/{name}")).status_code == 200, name
        for name in ("none.png", "..%2Flook%2Ficon.svg", "192.png%00"):
            assert (await client.get(f"/icons/{name}")).status_code == 404


async def test_the_offline_page_holds_nothing_of_anybody(served: Served) -> None:
    async with browser(served) as client:
        page = (await client.get("/offline")).raise_for_status()
        assert "Kept on this device" in page.text
    sam = await signed_in(served, "sam")
    page = (await sam.get("/offline")).raise_for_status()
    assert "sam@example.org" not in page.text


async def test_signing_out_clears_what_the_browser_holds(served: Served) -> None:
    for path, method in (("/sign-out", "POST"), ("/api/v1/sessions/current", "DELETE")):
        sam = await signed_in(served, "sam")
        answer = await sam.request(method, path)
        assert answer.headers["clear-site-data"] == '"cache", "storage"', path


async def test_the_sign_in_page_says_whether_somebody_is_signed_in(served: Served) -> None:
    async with browser(served) as nobody:
        assert "data-nobody" in (await nobody.get("/sign-in")).text
    sam = await signed_in(served, "sam")
    assert "data-nobody" not in (await sam.get("/sign-in")).text
