"""What was given: looked through, gathered in notebooks, read, sent in by a bookmark, and deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from tests.acceptance.conftest import DOCUMENT
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving
from tests.browser.conftest import PHONE, Sits
from tests.browser.test_make import NASTY, dropped
from tests.integration.server.test_saving import a_site


@pytest.fixture
def reaching(program: Program) -> Iterator[Server]:
    """A server that may read pages on this machine."""
    with serving(program, env={"NARROWCAST_ALLOW_PRIVATE_ADDRESSES": "yes"}) as running:
        yield running


def _mounted(page: Page) -> None:
    page.wait_for_selector("main[data-mounted]")


def test_sources_are_given_found_gathered_read_and_deleted(server: Server, sits: Sits) -> None:
    person = sits(server)
    page = person.page
    words = DOCUMENT.read_text("utf-8")
    person.go("/sources")
    expect(page.get_by_text("Nothing was given yet.")).to_be_visible()
    dropped(page, (f"{NASTY}.txt", f"Plain. {words}"), ("tides.md", f"# Tides\n\n{words}"), ("none.txt", " "))
    expect(page.locator("[data-rows] li")).to_have_count(2)
    expect(page.locator(".refused li")).to_contain_text("none.txt")
    _mounted(page)
    person.accessible()
    page.get_by_role("searchbox").fill("TIDES")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[data-rows] li")).to_have_count(1)
    _mounted(page)
    page.get_by_role("button", name="More about Tides").click()
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Title", exact=True).fill(f"Tides {NASTY}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-rows] .name a")).to_have_text(f"Tides {NASTY}")
    page.get_by_role("searchbox").fill("nothing like it")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing of yours is like that.")).to_be_visible()
    page.get_by_role("link", name="Show all sources").click()

    expect(page.locator("[data-rows] li")).to_have_count(2)
    _mounted(page)
    for box in page.locator("[data-pick]").all():
        box.check()
    page.get_by_role("button", name="Put into a notebook").click()
    page.get_by_role("dialog").get_by_role("button", name="New notebook").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(f"Sea {NASTY}")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("link", name=re.compile("Sea .*2 sources")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sea {NASTY}")
    person.accessible()
    page.get_by_role("link", name="Make an episode of all 2").click()
    expect(page.locator("[data-chosen-list] li")).to_contain_text(f"Sea {NASTY} 2 sources")
    expect(page.locator("[data-estimate]")).to_contain_text("ready in")

    source = person.api("GET", "sources", params={"q": "tides"})["items"][0]
    person.go(f"/sources/{source['id']}#p3")
    expect(page.locator("#p3")).to_be_in_viewport()
    assert page.evaluate("document.querySelector(':target').id") == "p3"
    _mounted(page)
    person.accessible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("[data-rows] li")).to_have_count(1)
    assert len(person.api("GET", "sources")["items"]) == 1
    person.faults[:] = [fault for fault in person.faults if "status of 422" not in fault]


def test_a_bookmark_sends_a_page_in_and_a_link_is_pasted_on_a_phone(reaching: Server, sits: Sits) -> None:
    person = sits(reaching, viewport=PHONE, color_scheme="dark")
    page = person.page
    with a_site() as url:
        person.go("/sources")
        person.fits()
        href = page.locator("[data-bookmarklet]").get_attribute("href")
        assert href
        assert href.startswith(f"javascript:void open('{reaching.address}/save?url='")
        _mounted(page)
        page.locator("[data-bookmarklet]").click()
        expect(page.get_by_text("Drag it to your bookmarks")).to_be_visible()
        person.go(f"/save?url={quote(url)}&title={quote(NASTY)}")
        assert person.api("GET", "sources")["items"] == []
        expect(page.get_by_role("heading", level=1)).to_have_text(NASTY)
        person.accessible()
        person.fits()
        page.get_by_role("button", name="Read this page").click()
        expect(page.locator("[data-chosen-list] li")).to_contain_text("Tides")
        assert page.url == f"{reaching.address}/"
        expect(page.get_by_role("button", name="Generate")).to_be_enabled()
        page.get_by_role("button", name="Leave out Tides").click()
        expect(page.locator("[data-chosen-list] li")).to_have_count(0)
        page.get_by_label("Text, or a link").press_sequentially(url)
        page.keyboard.press("Enter")
        expect(page.locator("[data-chosen-list] li")).to_contain_text("Tides")
        page.get_by_label("Text, or a link").fill("http://127.0.0.1:9/nobody")
        page.get_by_role("button", name="Add the link").click()
        expect(page.locator(".refused li")).to_contain_text("127.0.0.1:9")
        assert len(person.api("GET", "sources")["items"]) == 1
    person.faults[:] = [fault for fault in person.faults if "status of 422" not in fault]
