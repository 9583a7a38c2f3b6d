"""Pictures of each page, light and dark, into docs/pictures: `python -m tests.browser.pictures [FOLDER] [NAME…]`.

It furnishes a home of its own, with a provider that is simulated and slow, so that something is being made.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving
from tests.browser.conftest import DESKTOP, PHONE, Person, at_browser, browsing, owner_link
from tests.browser.furnished import Furnished, furnish

from running import Simulator

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SCHEMES = ("light", "dark")
QUALITY = 80
TALLEST = 1_600
"""Pixels of a page that are shown: what lies below says no more of how it looks."""

Deed = Callable[[Page], None]


@dataclass(frozen=True)
class View:
    """A page to take: `name` of the file, `path` on the server, what is done there first; `phone`: also on a phone.

    A `stranger` is not signed in; `whole`: also what one would scroll to.
    """

    name: str
    path: str
    phone: bool = False
    deed: Deed | None = None
    stranger: bool = False
    whole: bool = True


def _words(page: Page) -> None:
    expect(page.locator(".turn .said").first).to_be_visible()


def _playing(page: Page) -> None:
    _words(page)
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").click()
    page.locator(".turn .said").nth(9).click()
    expect(page.locator(".turn .said.now")).to_be_visible()
    if page.viewport_size == DESKTOP:
        page.locator(".turn .cite").nth(1).click()
        expect(page.locator("[data-panel=source] blockquote")).to_be_visible()


def _being_made(page: Page) -> None:
    expect(page.locator(".job .said > .who").first).to_be_visible(timeout=60_000)


def _chosen(page: Page) -> None:
    page.wait_for_selector("main[data-mounted]")
    page.get_by_role("button", name="Notebooks and sources").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def views(home: Furnished) -> Iterator[View]:
    """Every page, in the order in which docs/pages.md shows them."""
    episode = f"/episodes/{home.listen}"
    yield View("make", f"/?sources={home.source}", phone=True)
    yield View("make-choose", "/", deed=_chosen, whole=False)
    yield View("library", "/library", phone=True)
    yield View("episode", episode, phone=True, deed=_words)
    yield View("playing", episode, phone=True, deed=_playing, whole=False)
    yield View("being-made", f"/episodes/{home.making}", phone=True, deed=_being_made)
    yield View("script-ready", f"/episodes/{home.script_ready}")
    yield View("failed", f"/episodes/{home.failed}")
    yield View(
        "editor",
        f"{episode}/edit",
        phone=True,
        deed=lambda page: expect(page.locator(".paper .words").first).to_be_visible(),
    )
    yield View("sources", "/sources")
    yield View("source", f"/sources/{home.source}")
    yield View("notebook", f"/notebooks/{home.notebook}")
    yield View("queue", "/queue", phone=True, deed=_being_made)
    yield View("inbox", "/inbox")
    yield View("stats", "/stats", phone=True)
    yield View("figures", f"{episode}/figures")
    yield View("profiles", "/profiles")
    yield View("episode-profile", "/profiles/episodes/new")
    yield View("speaker-profile", "/profiles/speakers/new")
    yield View("feeds", "/feeds")
    yield View("settings", "/settings", phone=True)
    yield View("settings-keys", "/settings/keys")
    yield View("settings-notifications", "/settings/notifications")
    yield View("settings-programs", "/settings/programs")
    yield View("admin", "/admin")
    yield View("start", "/start")
    yield View("offline", "/offline")
    yield View("not-found", "/nowhere")
    yield View("sign-in", "/sign-in", stranger=True)


def empty_views() -> Iterator[View]:
    """Pages as they are before anything was made."""
    for name in ("make", "library", "sources", "queue", "inbox", "stats", "feeds", "admin"):
        yield View(f"empty-{name}", "/" if name == "make" else f"/{name}")


def take(browser: Browser, person: Person, view: View, folder: Path) -> None:
    """Take one view: light and dark, on a desk and, where wanted, on a phone."""
    sizes: dict[str, ViewportSize] = {"": DESKTOP} | ({"-phone": PHONE} if view.phone else {})
    state = None if view.stranger else person.context.storage_state()
    for suffix, size in sizes.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport=size,
                color_scheme="dark" if scheme == "dark" else "light",
                storage_state=state,
                reduced_motion="reduce",
            )
            context.set_default_timeout(30_000)
            try:
                page = context.new_page()
                page.goto(person.server.address + view.path, wait_until="load")
                if view.deed:
                    view.deed(page)
                page.wait_for_load_state("load")
                _settled(page)
                write(page, folder / f"{view.name}{suffix}-{scheme}.webp", TALLEST if view.whole else 0)
            finally:
                context.close()


def _settled(page: Page) -> None:
    """Wait for what the page fetches and draws by itself."""
    page.evaluate(
        """async () => {
            const eager = [...document.images].filter((one) => one.loading !== "lazy");
            await Promise.all(eager.map((one) => one.decode().catch(() => {})));
            await new Promise((done) => setTimeout(done, 700));
        }"""
    )


def write(page: Page, path: Path, tallest: int) -> None:
    """Write the page as WebP; where it is long, its beginning: `tallest` pixels, or what the window shows."""
    height = min(tallest, page.evaluate("document.documentElement.scrollHeight"))
    size = page.viewport_size or DESKTOP
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.save(path, "WEBP", quality=QUALITY, method=6)


@contextmanager
def furnished(browser: Browser, folder: Path) -> Iterator[tuple[Person, Furnished]]:
    """Somebody at a server whose home is furnished."""
    simulator = Simulator(folder / "ledger.jsonl", "--speed=0.05")
    try:
        with (
            running(folder / "full", simulator) as server,
            at_browser(browser, server, link=owner_link(server)) as person,
        ):
            yield person, furnish(person)
    finally:
        simulator.stop()


@contextmanager
def running(folder: Path, simulator: Simulator | None = None) -> Iterator[Server]:
    """A server with an empty home."""
    (folder / "work").mkdir(parents=True)
    with serving(Program(folder / "work", folder / "home", simulator.env if simulator else {})) as server:
        yield server


def main(folder: Path, *names: str) -> None:
    """Take all views, or those that are named."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = re.compile("|".join(names) or ".*")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(browsing())
        person, home = stack.enter_context(furnished(browser, scratch))
        for view in views(home):
            if wanted.fullmatch(view.name):
                take(browser, person, view, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, *sys.argv[2:])
