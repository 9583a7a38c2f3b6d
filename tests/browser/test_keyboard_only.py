"""Without a mouse, without eyes, on the narrowest of phones: all can be used, an episode made, heard and changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.acceptance.conftest import DOCUMENT
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving
from tests.browser.conftest import Person, at_browser, owner_link
from tests.browser.test_listening import AUDIO, plays_beyond, until

# What has the focus: its name, and what is wrong with how it is shown.
HELD = """() => {
    const held = document.activeElement;
    if (held === document.body) return ["", ""];
    const name = held.getAttribute("aria-label") ?? held.labels?.[0]?.textContent ?? held.textContent;
    const box = held.getBoundingClientRect();
    const around = held.closest(".pick, label") ?? held;
    const y = box.top + Math.min(box.height / 2, 30);
    const at = (share) => document.elementFromPoint(box.left + box.width * share, y);
    const overs = [0.05, 0.25, 0.5, 0.75, 0.95].map(at);
    const wrong = [];
    const seen = overs.some((over) => over && (around.contains(over) || over.contains(held)));
    if (![held, around].some((each) => getComputedStyle(each).outlineStyle !== "none")) wrong.push("it has no ring");
    if (!seen) wrong.push(`it is covered by ${overs[2]?.outerHTML}`);
    return [name.trim().replace(/\\s+/g, " "), wrong.join(", ")];
}"""


def reach(page: Page, name: str, keys: str = "Tab") -> None:
    """Press a key until what is so named (it begins so) has the focus; each stop on the way is seen."""
    passed: list[str] = []
    while len(passed) < 90:
        page.keyboard.press(keys)
        held, wrong = page.evaluate(HELD)
        assert not wrong, f"{held}: {wrong}"
        if held.startswith(name):
            return
        passed.append(held)
    raise AssertionError(f"{name} is not reached by {keys}: {passed}")


def held(page: Page) -> str:
    """The name of what has the focus."""
    return str(page.evaluate(HELD)[0])


def test_an_episode_is_made_heard_noted_and_changed_by_keys_alone(server: Server, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1024, "height": 700})
    context.set_default_timeout(15_000)
    page = context.new_page()
    person = Person(server, context, page)
    person.watch(page)
    try:
        page.goto(owner_link(server))
        reach(page, "Sign in")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(re.escape(server.address) + r"/(?!sign-in)"))
        makes(page)
        identity = page.url.rsplit("/", 1)[1]
        hears(page)
        notes(page)
        changes(page, person, identity)
        assert not person.faults, person.faults
    finally:
        context.close()


def makes(page: Page) -> None:
    """From the first page to the episode's own."""
    reach(page, "Make")
    page.keyboard.press("Enter")
    # The page was shown before, and is shown anew: it is there when it has the focus.
    expect(page.locator("main")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall we read for you?")
    expect(page.locator("main")).to_have_attribute("data-mounted", "yes")
    reach(page, "Text, or a link")
    page.keyboard.insert_text(DOCUMENT.read_text("utf-8"))
    reach(page, "Instructions, length")
    page.keyboard.press("Enter")
    reach(page, "Minutes")
    page.keyboard.type("1")
    reach(page, "Parts")
    page.keyboard.type("2")
    reach(page, "Title")
    page.keyboard.type("The canal")
    reach(page, "Generate")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/episodes/"))
    # Another page: it has the focus, and is told by its title.
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("#announced")).to_have_text("The canal · Narrowcast")
    expect(page.get_by_role("link", name="Edit")).to_be_visible(timeout=60_000)
    expect(page.locator(".said").first).to_be_visible()


def hears(page: Page) -> None:
    """It plays; the dial tells where it is when asked, not at each moment; words are gone to by arrows."""
    dial = page.get_by_label("Player of this episode").get_by_role("slider", name="Position")
    reach(page, "Play")
    page.keyboard.press("Enter")
    plays_beyond(page, 0.3)
    reach(page, "Position", "Shift+Tab")
    page.keyboard.press("Home")
    expect(dial).to_have_attribute("aria-valuetext", re.compile("^0:00 of"))
    plays_beyond(page, 1.6)
    expect(dial).to_have_attribute("aria-valuetext", re.compile("^0:00 of"))
    page.keyboard.press("PageUp")
    expect(dial).not_to_have_attribute("aria-valuetext", re.compile("^0:00 of"))
    page.keyboard.press("c")
    reach(page, page.locator(".said.now").inner_text())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    until(page, f"{AUDIO}.paused", bool)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".said:focus")).to_have_count(1)


def notes(page: Page) -> None:
    """A note, from where one reads and back to there."""
    page.keyboard.press("b")
    page.keyboard.type("Tell Ada")
    reach(page, "Keep")
    page.keyboard.press("Enter")
    expect(page.locator(".bookmark")).to_contain_text("Tell Ada")
    expect(page.locator(".said:focus")).to_have_count(1)


def changes(page: Page, person: Person, identity: str) -> None:
    """A line is changed and moved, a menu opened and left, and the script rendered."""
    reach(page, "Edit", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#announced")).to_have_text("Edit The canal · Narrowcast")
    words = page.locator(".paper .words")
    expect(words.first).to_be_visible()
    reach(page, "What Maya says, line 1")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Stay a while.")
    reach(page, "More for line 1")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert held(page) == "Add a line below"
    page.keyboard.press("Escape")
    assert held(page) == "More for line 1"
    reach(page, "Move line 1", "Shift+Tab")
    page.keyboard.press("ArrowDown")
    expect(words.nth(1)).to_contain_text("Stay a while.")
    assert held(page).startswith("Move line 2")
    expect(page.locator(".announced")).to_contain_text("Line 2 of")
    page.keyboard.press("ArrowUp")
    expect(words.first).to_contain_text("Stay a while.")
    expect(page.locator(".editor-bar .render")).to_be_enabled()
    reach(page, "Render", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Play rendering 2")).to_be_visible(timeout=60_000)
    turns = [
        turn["text"]
        for segment in person.api("GET", f"podcasts/{identity}/script")["segments"]
        for turn in segment["turns"]
    ]
    assert turns[0].endswith("Stay a while.")


@pytest.fixture(scope="module")
def narrow(
    stocked_home: Any, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[tuple[Person, dict[str, str]]]:
    """Somebody at the narrowest phone, with a touch screen, and the ids of one thing of each kind."""
    folder = tmp_path_factory.mktemp("narrow")
    shutil.copytree(stocked_home, folder / "home")
    (folder / "work").mkdir()
    with serving(Program(folder / "work", folder / "home")) as running:
        size: Any = {"width": 320, "height": 640}
        with at_browser(chromium, running, link=owner_link(running), viewport=size, has_touch=True) as person:
            episode = person.api("GET", "podcasts")["items"][0]["episode_id"]
            source = person.api(
                "POST", "sources", json={"text": "A canal has locks. They lift boats.", "title": "Locks" * 40}
            )
            notebook = person.api("POST", "notebooks", json={"name": "Water"})
            person.api("PUT", f"notebooks/{notebook['id']}/sources/{source['id']}")
            person.api("POST", "feeds", json={})
            person.api("POST", f"podcasts/{episode}/bookmarks", json={"position": 5, "note": "A note " * 9})
            moment = person.api("POST", f"podcasts/{episode}/moments", json={"start": 1, "end": 5, "expires_in": 86400})
            yield (
                person,
                {
                    "episode": episode,
                    "source": source["id"],
                    "notebook": notebook["id"],
                    "moment": moment["url"].rsplit("/", 1)[1],
                },
            )


PAGES = [
    *["/", "/library", "/episodes/{episode}", "/episodes/{episode}/edit", "/episodes/{episode}/figures", "/sources"],
    *[
        "/sources/{source}",
        "/notebooks/{notebook}",
        "/queue",
        "/inbox",
        "/stats",
        "/profiles",
        "/profiles/episodes/solo_expert",
    ],
    *[
        "/profiles/speakers/panel",
        "/feeds",
        "/settings",
        "/settings/notifications",
        "/settings/programs",
        "/settings/keys",
    ],
    *["/settings/about", "/admin", "/start", "/save?url=https%3A%2F%2Fexample.org%2F", "/offline", "/m/{moment}"],
]


# Smaller than a finger, on a screen that is touched; not where it stands among words.
SMALL = """() => [...document.querySelectorAll("main :is(button, summary, select, input)")]
    .filter((each) => !each.matches(".cite, [type=checkbox], [type=radio]"))
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => [each.getBoundingClientRect(), each.outerHTML.slice(0, 120)])
    .filter(([{ width, height }]) => width < 43.5 || height < 43.5)
    .map(([, shown]) => shown)"""


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_and_is_accessible(narrow: tuple[Person, dict[str, str]], path: str) -> None:
    person, ids = narrow
    page = person.go(path.format(**ids))
    if page.locator("main").get_attribute("data-module"):
        expect(page.locator("main")).to_have_attribute("data-mounted", "yes")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    person.accessible()
    person.fits()
    assert page.evaluate(SMALL) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    person.accessible("color-contrast")
    assert not person.faults, person.faults


def test_a_page_that_is_read_anew_leaves_one_where_one_is(narrow: tuple[Person, dict[str, str]]) -> None:
    person, _ = narrow
    page = person.go("/settings")
    expect(page.locator("main")).to_have_attribute("data-mounted", "yes")
    page.get_by_role("button", name="Change it").focus()
    at = page.evaluate("document.querySelector('main').before = scrollY")
    assert at > 0
    page.evaluate(
        "async () => (await import(`${document.documentElement.dataset.static}parts/navigation.js`)).refresh()"
    )
    assert page.evaluate("[document.querySelector('main').before, scrollY]") == [None, at]
    expect(page.get_by_role("button", name="Change it")).to_be_focused()
    expect(page.locator("#announced")).to_be_empty()
