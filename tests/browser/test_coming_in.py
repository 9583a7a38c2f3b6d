"""One comes in by a link, finds one's way, and is led back to where one wanted to go."""

from __future__ import annotations

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
