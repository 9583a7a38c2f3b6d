"""A household begins without a terminal: from a fresh server to a first episode that can be heard."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect
from tests.acceptance.server import Server
from tests.browser.conftest import PATIENCE_MS, PHONE, Person

PASSWORD = "three quiet green boats"


def test_a_fresh_server_is_begun_and_its_sample_is_ready(server: Server, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE, color_scheme="dark")
    context.set_default_timeout(PATIENCE_MS)
    person = Person(server, context, context.new_page())
    page = person.page
    person.watch(page)
    try:
        page.goto(server.address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Begin with Narrowcast")
        person.accessible()
        person.fits()
        page.get_by_label("Your name").fill("Mia <i>")
        page.get_by_label("E-mail address").fill("mia@localhost")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD + "!")
        # The page answers 422, which the browser's console calls an error.
        with page.expect_event("console", lambda message: message.type == "error"):
            page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("alert")).to_contain_text("not the same")
        assert page.get_by_label("Your name").input_value() == "Mia <i>"
        person.faults.clear()
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Writers and voices")
        person.accessible()
        person.fits()
        page.get_by_role("link", name="Go on").click()
        expect(page.get_by_label("Maya", exact=True)).to_be_visible()
        with page.expect_response(lambda answer: answer.url.endswith("/voices/sample") and answer.ok):
            page.get_by_role("button", name="Hear Daniel").click()
        page.get_by_label("Maya", exact=True).select_option(index=2)
        page.get_by_role("button", name="Hear Maya").click()
        person.accessible()
        person.fits()
        # Going on keeps what was chosen.
        page.get_by_role("link", name="Go on").click()
        expect(page.locator(".job .badge")).to_have_text("ready", timeout=120_000)
        person.accessible()
        person.fits()
        listen = page.get_by_role("link", name="Listen", exact=True)
        found = re.search(r"/episodes/([0-9a-f-]+)", listen.get_attribute("href") or "")
        assert found
        kept = person.api("GET", f"podcasts/{found[1]}")
        assert (kept["status"], kept["duration"] > 30) == ("completed", True)
        mine = person.api("GET", "speaker-profiles/host_and_engineer")
        assert not mine["shipped"]
        assert mine["speakers"][0]["voice_id"]
        assert not person.faults, person.faults
    finally:
        context.close()
