"""The owner looks after the server: lets somebody in, changes what they may, and sees what is well."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Sits, at_browser

NASTY = "Mia <script>alert(1)</script>"


def test_somebody_is_let_in_and_looked_after(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE, color_scheme="dark")
    page = person.go("/admin")
    person.fits()
    person.accessible()
    page.get_by_text("Let somebody in").click()
    page.locator("#new-name").fill(NASTY)
    page.locator("#new-email").fill("mia@example.org")
    page.get_by_role("button", name="Let them in").click()
    welcome = page.get_by_role("dialog")
    expect(welcome.get_by_label("The sign-in link")).to_have_value(re.compile("/sign-in/"))
    expect(welcome).to_contain_text("this computer only")
    person.accessible()
    welcome.get_by_role("button", name="Done").click()
    card = page.locator("details", has_text="mia@example.org")
    expect(card).to_contain_text(NASTY)
    card.locator("summary").click()
    person.fits()
    person.accessible()
    card.get_by_label("Role").select_option("listener")
    card.get_by_label("Budget a month").fill("2.5")
    card.get_by_role("button", name="Keep").click()
    expect(card.locator(".badge", has_text="listener")).to_be_visible()
    mia = next(user for user in person.api("GET", "users")["items"] if user["email"] == "mia@example.org")
    assert (mia["monthly_budget_usd"], mia["name"]) == (2.5, NASTY)
    card.locator("summary").click()
    card.get_by_role("button", name="Make a sign-in link").click()
    link = card.get_by_label("The sign-in link").input_value()
    with at_browser(person.context.browser, server, link=link) as other:  # type: ignore[arg-type]
        with other.page.expect_event("console", lambda message: message.type == "error"):
            other.go("/admin")
        expect(other.page.get_by_role("alert")).to_contain_text("right to admin")
        other.faults.clear()
    page.get_by_role("button", name="Look at everything").click()
    expect(page.locator("#findings .badge").first).to_be_visible()
    person.accessible()
    person.fits()
    card.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete them").click()
    expect(page.get_by_text("mia@example.org")).to_have_count(0)
