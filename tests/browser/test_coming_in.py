"""One comes in by a link, finds one's way, and is led back to where one wanted to go."""

from __future__ import annotations

from playwright.sync_api import Route, expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Sits


def test_the_owner_comes_in_and_nothing_goes_wrong_on_the_way(server: Server, sits: Sits) -> None:
    person = sits(server)
    assert person.page.get_by_role("heading", level=1).inner_text() == "What shall we read for you?"
    person.accessible()
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.textContent") == "Skip to content"


def test_a_phone_has_its_places_at_the_foot(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE)
    person.fits()
    person.accessible()
    below = person.page.get_by_role("navigation", name="Main, below")
    assert below.get_by_role("link", name="Make").get_attribute("aria-current") == "page"


def test_a_press_that_comes_before_the_pages_module_is_done_once_it_is_there(server: Server, sits: Sits) -> None:
    person = sits(server, service_workers="block")
    page, held = person.page, list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/library/library.js", hold)
    page.goto(f"{server.address}/library")
    page.get_by_role("button", name="Upload a recording").last.click()
    while not held:
        page.wait_for_timeout(20)
    expect(page.get_by_role("dialog")).to_have_count(0)
    held.pop().continue_()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
