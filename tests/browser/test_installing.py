"""The pages can be installed as an application, and without a network there is still a page."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Sits

RANGES = [
    ("bytes=0-1", 10, {"from": 0, "to": 1}),
    ("bytes=4-", 10, {"from": 4, "to": 9}),
    ("bytes=4-400", 10, {"from": 4, "to": 9}),
    ("bytes=-3", 10, {"from": 7, "to": 9}),
    ("bytes=-30", 10, {"from": 0, "to": 9}),
    ("bytes=9-9", 10, {"from": 9, "to": 9}),
    ("bytes=10-", 10, "beyond"),
    ("bytes=-0", 10, "beyond"),
    ("bytes=0-", 0, "beyond"),
    ("bytes=5-4", 10, None),
    ("bytes=0-1,4-5", 10, None),
    ("bytes=-", 10, None),
    ("lines=0-1", 10, None),
    ("bytes=a-b", 10, None),
    ("", 10, None),
    (None, 10, None),
]


def working(page: Page) -> None:
    """Wait until the service worker is at work."""
    page.evaluate(
        """async () => {
            const worker = navigator.serviceWorker;
            const taken = new Promise((done) => worker.addEventListener("controllerchange", done, { once: true }));
            await worker.ready;
            if (!worker.controller) await taken;
        }"""
    )


def test_chromium_would_install_it_and_it_answers_without_a_network(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE)
    page = person.page
    working(page)
    chromium = person.context.new_cdp_session(page)
    found = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Tests' windows are private ones, which never install anything.
    assert [fault for fault in found if fault["errorId"] != "in-incognito"] == []
    assert chromium.send("Page.getAppManifest")["errors"] == []

    asked = """async (cases) => {
        const { partOf } = await import(document.documentElement.dataset.static + "offline/ranges.js");
        return cases.map(([header, size]) => partOf(header, size));
    }"""
    assert page.evaluate(asked, [[header, size] for header, size, _ in RANGES]) == [wanted for *_, wanted in RANGES]

    person.context.set_offline(True)
    page.goto(f"{server.address}/library")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept on this device")
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(page.get_by_text("Nothing is kept here yet")).to_be_visible()
    person.fits()
    person.context.set_offline(False)
    page.goto(f"{server.address}/offline")
    expect(page.get_by_text("The server cannot be reached.")).to_be_hidden()
    person.accessible()
    assert page.evaluate("caches.keys().then((names) => names.length)") == 1
