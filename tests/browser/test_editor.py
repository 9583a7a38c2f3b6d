"""The editor: a script is changed as on paper, only what is new is paid for, and nobody's words are lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.acceptance.conftest import DOCUMENT
from tests.acceptance.contract import sound
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving
from tests.browser.conftest import PHONE, Person, Sits, finished

from running import Simulator

EVIL = "<script>document.title = 'broken'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Who writes and speaks, with a ledger."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator") / "ledger.jsonl", "--speed=50")
    yield simulator
    simulator.stop()


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, provider: Simulator) -> Iterator[Server]:
    """One server for the module, with that provider; each test makes an episode of its own, most of it paid before."""
    folder = tmp_path_factory.mktemp("edited")
    (folder / "work").mkdir()
    with serving(Program(folder / "work", folder / "home", provider.env)) as running:
        yield running


def episode(person: Person, **changes: Any) -> str:
    """An episode of two parts that is ready to be heard."""
    wish = {"content": DOCUMENT.read_text("utf-8"), "episode_name": "The canal", "num_segments": 2, "minutes": 1}
    asked = person.api("POST", "podcasts/generate", json={**wish, "llm": "openai:sim", "tts": "openai:sim", **changes})
    job = finished(person, asked["job_id"])
    assert job["status"] == "completed", job["error_message"]
    return str(asked["episode_id"])


def opened(person: Person, identity: str) -> Page:
    """The editor of that episode, once it has looked at everything."""
    page = person.go(f"/episodes/{identity}/edit")
    expect(lines(page).first).to_be_visible()
    expect(cost(page)).not_to_have_text("Looking at what its sound costs")
    return page


def lines(page: Page) -> Locator:
    """What is said, line by line."""
    return page.locator(".paper .words")


def cost(page: Page) -> Locator:
    """What the bar says of the sound."""
    return page.locator(".editor-bar .cost")


def saved(page: Page) -> None:
    """Wait until the server has all."""
    expect(page.locator(".editor-bar .state")).to_have_text("Saved")


def script(person: Person, identity: str) -> dict[str, Any]:
    """The script as the server has it."""
    document: dict[str, Any] = person.api("GET", f"podcasts/{identity}/script")
    return document


def turns(document: dict[str, Any]) -> list[dict[str, Any]]:
    """All turns in order."""
    return [turn for segment in document["segments"] for turn in segment["turns"]]


def test_one_line_is_changed_heard_rendered_and_paid_for_once(edited: Server, sits: Sits, provider: Simulator) -> None:
    person = sits(edited)
    identity = episode(person)
    page = opened(person, identity)
    expect(cost(page)).to_have_text("The newest rendering says just this.")
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_disabled()
    person.accessible()
    said, before = len(provider.calls("speech")), turns(script(person, identity))
    lines(page).nth(1).fill(f"It opened in 1999. {EVIL}")
    expect(cost(page)).to_contain_text(f"1 of {len(before)} lines need new sound")
    saved(page)
    # What no source says is marked, as text.
    expect(page.locator(".edit-line").nth(1)).to_contain_text("Check “1999”")
    assert page.title().startswith("Edit The canal")
    page.get_by_role("button", name="Hear line 2").click()
    expect(page.get_by_role("button", name="Hear line 2")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Hear line 2")).to_have_attribute("aria-busy", "false")
    assert len(provider.calls("speech")) == said + 1
    expect(cost(page)).to_contain_text("No line needs new sound")
    page.get_by_role("button", name="Render", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Rendering 2 is ready", timeout=90_000)
    assert len(provider.calls("speech")) == said + 1, "the preview's clip is the render's"
    expect(page.locator(".edit-rendering")).to_have_count(2)
    expect(page.locator(".edit-rendering").first).to_contain_text("1 line changed")
    for number in (1, 2):
        sound = page.request.get(f"{edited.api}podcasts/{identity}/audio?revision={number}")
        assert (sound.status, sound.headers["content-type"]) == (200, "audio/mpeg")
    page.get_by_role("button", name="Play rendering 1").click()
    page.wait_for_function(
        """async () => {
            const { player } = await import(document.documentElement.dataset.static + "player/player.js");
            const { revision, playing, at } = player.state;
            return revision === 1 && playing && at > 0.1;
        }"""
    )
    # The words of the first rendering again, and back.
    page.locator(".edit-rendering").nth(1).get_by_role("button", name="Use its script").click()
    expect(lines(page).nth(1)).to_have_text(before[1]["text"])
    saved(page)
    assert turns(script(person, identity)) == before
    page.locator(".editor-bar").get_by_role("button", name="Undo").click()
    expect(lines(page).nth(1)).to_contain_text("<script>")
    person.accessible()


def test_lines_are_moved_added_split_joined_and_deleted_by_keyboard(edited: Server, sits: Sits) -> None:
    person = sits(edited)
    identity = episode(person)
    page = opened(person, identity)
    before = turns(script(person, identity))
    keys = page.keyboard
    lines(page).first.focus()
    keys.press("Alt+ArrowDown")
    expect(lines(page).nth(1)).to_be_focused()
    expect(page.locator(".announced")).to_have_text(re.compile(r"Line 2 of \d+, in part 1"))
    page.get_by_role("button", name="Move line 2:").press("ArrowDown")
    expect(page.locator(".announced")).to_have_text(re.compile(r"Line 2 of \d+, in part 2"))
    saved(page)
    now = script(person, identity)
    assert now["segments"][1]["turns"][0]["id"] == before[0]["id"]
    keys.press("Control+z")
    keys.press("Control+z")
    expect(lines(page).first).to_have_text(before[0]["text"])
    # The same by hand.
    grip = page.get_by_role("button", name="Move line 1:")
    grip.hover()
    page.mouse.down()
    box = lines(page).nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 4, steps=4)
    expect(page.locator(".drop-before, .drop-after")).to_have_count(1)
    page.mouse.up()
    expect(lines(page).nth(1)).to_have_text(before[0]["text"])
    keys.press("Control+z")
    expect(lines(page).first).to_have_text(before[0]["text"])
    lines(page).first.focus()
    keys.press("Control+Enter")
    expect(lines(page).nth(1)).to_be_focused()
    keys.type("First half. Second half.")
    for _ in "Second half.":
        keys.press("ArrowLeft")
    keys.press("Control+Shift+Enter")
    expect(lines(page).nth(2)).to_have_text("Second half.")
    saved(page)
    fresh = turns(script(person, identity))[1:3]
    assert [turn["text"] for turn in fresh] == ["First half.", "Second half."]
    assert not {turn["id"] for turn in fresh} & {turn["id"] for turn in before}
    page.get_by_label("Speaker of line 2").select_option(before[0]["speaker"])
    more = page.get_by_role("button", name="More for line 3")
    more.press("Enter")
    page.get_by_role("menuitem", name="Join with the line above").press("Enter")
    expect(lines(page).nth(1)).to_have_text("First half. Second half.")
    page.get_by_role("button", name="More for line 2").press("Enter")
    keys.press("End")
    keys.press("Enter")
    expect(lines(page)).to_have_count(len(before))
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(lines(page)).to_have_count(len(before) + 1)
    keys.press("Control+z")
    keys.press("Control+Shift+z")
    title = page.get_by_label("Title of part 1")
    title.fill(EVIL)
    lines(page).nth(1).fill("")
    expect(page.locator(".edit-line").nth(1)).to_contain_text("A line needs words")
    expect(page.locator(".editor-bar .state")).to_have_text("Not saved")
    lines(page).nth(1).fill("x" * 10_001)
    expect(page.locator(".edit-line").nth(1)).to_contain_text("1 characters too long")
    person.accessible()
    # What could not be saved is here again after the tab was closed.
    page.reload()
    expect(lines(page).nth(1)).to_have_text("x" * 10_001)
    lines(page).nth(1).fill("Short again.")
    saved(page)
    kept = script(person, identity)
    assert (kept["segments"][0]["title"], turns(kept)[1]["text"]) == (EVIL, "Short again.")


def test_two_windows_change_one_script_and_nothing_is_lost(edited: Server, sits: Sits) -> None:
    person = sits(edited)
    identity = episode(person)
    page = opened(person, identity)
    document = script(person, identity)
    # Another window changes line 2 and deletes the last; here line 1 is changed: both stay, nobody is asked.
    other = json.loads(json.dumps(document))
    other["segments"][0]["turns"][1]["text"] = "Theirs, elsewhere."
    gone = other["segments"][-1]["turns"].pop()
    person.api("PUT", f"podcasts/{identity}/script", json=other, headers={"If-Match": "*"})
    with person.expecting("412"):
        lines(page).first.fill("Mine.")
        expect(page.locator(".toast")).to_contain_text("Changes of another window were taken in")
    saved(page)
    both = script(person, identity)
    assert [turn["text"] for turn in turns(both)[:2]] == ["Mine.", "Theirs, elsewhere."]
    assert gone["id"] not in {turn["id"] for turn in turns(both)}
    # The same line in both: one chooses.
    for theirs, mine, choice, kept in (("Theirs.", "Mine again.", "Theirs", "Theirs."), ("T.", "M.", "Yours", "M.")):
        other = script(person, identity)
        other["segments"][0]["turns"][0]["text"] = theirs
        person.api("PUT", f"podcasts/{identity}/script", json=other, headers={"If-Match": "*"})
        with person.expecting("412"):
            lines(page).first.fill(mine)
            dialog = page.get_by_role("dialog", name="Lines that were changed twice")
            expect(dialog).to_contain_text(theirs)
        expect(dialog).to_contain_text(mine)
        person.accessible()
        dialog.get_by_role("radio", name=choice).check(force=True)
        dialog.get_by_role("button", name="Keep what is chosen").click()
        saved(page)
        expect(lines(page).first).to_have_text(kept)
        assert turns(script(person, identity))[0]["text"] == kept


def test_a_part_is_written_anew_and_shown_before_it_stands(edited: Server, sits: Sits) -> None:
    person = sits(edited, viewport=PHONE, color_scheme="dark")
    identity = episode(person)
    page = opened(person, identity)
    person.fits()
    person.accessible()
    before = script(person, identity)
    for keep in (False, True):
        page.get_by_role("button", name="Write part 1 anew").click()
        page.get_by_label("What should be different?").fill("Say it simpler.")
        page.get_by_role("button", name="Write it anew").click()
        dialog = page.get_by_role("dialog", name="Write part 1 anew")
        expect(dialog.get_by_role("button", name="Use the new words")).to_be_focused()
        person.accessible()
        assert script(person, identity) == before, "it is only shown"
        dialog.get_by_role("button", name="Use the new words" if keep else "Keep mine").click()
        expect(dialog).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("The new words are in.")
    expect(page.locator(".editor-bar .state")).not_to_have_text("Not saved")
    saved(page)
    after = script(person, identity)
    assert after["segments"][0]["turns"] != before["segments"][0]["turns"]
    assert after["segments"][1] == before["segments"][1]
    person.fits()
    # Its passages are a press away.
    page.locator(".edit-cite").first.click()
    expect(page.get_by_role("dialog", name=re.compile("From the source"))).to_be_visible()
    person.accessible()
    page.get_by_role("button", name="Close").click()


def test_where_there_is_no_script_it_says_why_and_where_it_waits_it_is_voiced(edited: Server, sits: Sits) -> None:
    person = sits(edited)
    upload = {"audio_file": ("own.wav", sound(), "audio/wav")}
    told = person.api("POST", "podcasts", data={"title": EVIL}, files=upload)
    page = person.go(f"/episodes/{told['episode_id']}/edit")
    expect(page.get_by_text("uploaded as a recording")).to_be_visible()
    assert page.get_by_role("heading", level=1).inner_text() == EVIL
    person.accessible()
    page = opened(person, episode(person, stop_after="script"))
    expect(page.get_by_text("None yet.")).to_be_visible()
    page.get_by_role("button", name="Voice it").click()
    expect(page.locator(".toast")).to_contain_text("Rendering 1 is ready", timeout=90_000)
    expect(cost(page)).to_have_text("The newest rendering says just this.")
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_disabled()


def test_four_hundred_lines_stay_smooth(edited: Server, sits: Sits) -> None:
    person = sits(edited)
    identity = episode(person, stop_after="script")
    document = script(person, identity)
    names = [speaker["name"] for speaker in document["speakers"]]
    many = [
        {"speaker": names[n % len(names)], "text": f"This is line {n} of many. " * 6, "cites": []} for n in range(400)
    ]
    document["segments"] = [{"title": f"Part {n}", "turns": many[n * 40 : n * 40 + 40]} for n in range(10)]
    person.api("PUT", f"podcasts/{identity}/script", json=document, headers={"If-Match": "*"})
    page = opened(person, identity)
    expect(lines(page)).to_have_count(400)
    lines(page).nth(199).focus()
    # However long the script is, a key changes the page in a few places only.
    changes = page.evaluate(
        """async () => {
            let changes = 0;
            new MutationObserver((all) => { changes += all.length; }).observe(document.querySelector(".paper"),
                { subtree: true, childList: true, attributes: true, characterData: true });
            for (let n = 0; n < 30; n += 1) {
                document.execCommand("insertText", false, "a");
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            }
            return changes / 30;
        }"""
    )
    assert changes < 10
    saved(page)
    assert turns(script(person, identity))[199]["text"].startswith("a" * 30)
