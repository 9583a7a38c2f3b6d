"""Moving between pages: each looks as if it were the first that was opened."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.acceptance.server import Server
from tests.browser.conftest import Sits

IN_USE = """() => [...document.styleSheets].filter((one) => one.media.mediaText !== "not all")
    .map((one) => new URL(one.href).pathname.split("/").slice(-2).join("/")).sort()"""


def test_a_page_is_dressed_by_its_own_stylesheets_alone(server: Server, sits: Sits) -> None:
    person = sits(server)
    page = person.page

    def worn() -> list[str]:
        sheets: list[str] = page.evaluate(IN_USE)
        return sheets

    person.go("/stats")
    alone = worn()
    person.go("/library")
    library = worn()
    assert "library/library.css" in library
    assert "stats/stats.css" not in library
    _moves(page, "Stats")
    assert worn() == alone
    _moves(page, "Library")
    assert worn() == library
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you heard")
    assert worn() == alone


def _moves(page: Page, title: str) -> None:
    page.evaluate("() => { globalThis.stays = true; }")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name=title).click()
    page.wait_for_url(f"**/{title.lower()}")
    expect(page.locator(f"main[data-page={title.lower()}]")).to_be_visible()
    assert page.evaluate("() => globalThis.stays"), "the page was loaded whole"
