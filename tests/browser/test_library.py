"""The shelf: what is on it is found, heard, named, added to and cleared, by pointer and by keyboard."""

from __future__ import annotations

import io
import re
import wave
from pathlib import Path

from playwright.sync_api import expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits

HOSTILE = "<script>document.title='broken'</script> & \"moss\""


def sound(seconds: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\1" * 8_000 * seconds)
    return out.getvalue()


def fill(person: Person, count: int) -> None:
    for number in range(count):
        title = HOSTILE if number == count - 1 else f"Recording {number:02}"
        form = {"audio_file": ("a.wav", sound(1))}
        person.api("POST", "podcasts", data={"title": title}, files=form)


def test_an_empty_library_leads_on_and_takes_a_recording(server: Server, sits: Sits, tmp_path: Path) -> None:
    person = sits(server)
    page = person.go("/library")
    expect(page.get_by_role("heading", name="Nothing to hear yet")).to_be_visible()
    expect(page.get_by_role("link", name="Make an episode")).to_have_attribute("href", "/")
    person.accessible()
    file = tmp_path / "The_harbour tape.wav"
    file.write_bytes(sound())
    page.get_by_role("button", name="Upload a recording").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose the file with the sound.")
    dialog.get_by_label("Sound").set_input_files(file)
    expect(dialog.get_by_label("Title")).to_have_value("The harbour tape")
    dialog.get_by_role("button", name="Upload").click()
    expect(page.locator("[data-shelf] > li").get_by_role("heading")).to_have_text("The harbour tape")
    expect(page.get_by_role("button", name="Open")).to_be_visible()
    (kept,) = person.api("GET", "podcasts")["items"]
    assert (kept["title"], kept["duration"]) == ("The harbour tape", 2.0)


def test_a_shelf_is_searched_lengthened_renamed_and_cleared(server: Server, sits: Sits) -> None:
    person = sits(server)
    fill(person, 8)
    page = person.go("/library?shown=4")
    cards = page.locator("[data-shelf] > li")
    expect(cards).to_have_count(4)
    # A title is a title.
    expect(cards.first.get_by_role("heading")).to_have_text(HOSTILE)
    assert page.title() == "Library · Narrowcast"
    person.accessible()
    page.get_by_role("link", name="More", exact=True).click()
    expect(cards).to_have_count(8)
    expect(page.get_by_role("link", name="More", exact=True)).to_have_count(0)
    page.reload()
    expect(cards).to_have_count(8)
    page.get_by_role("searchbox").fill("recording 05")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(1)
    # By keyboard alone: the menu, the dialog, its fields.
    page.get_by_role("button", name="More for Recording 05").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
    for _ in range(9):
        if page.evaluate("document.activeElement.dataset.do") == "details":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Title and tags")
    dialog.get_by_label("Title").fill("Recording 05, with bees")
    dialog.get_by_label("Tags").fill("Nature, to hear")
    page.keyboard.press("Enter")
    expect(cards.first.get_by_role("heading")).to_have_text("Recording 05, with bees")
    page.goto(f"{server.address}/library")
    page.get_by_label("Tag", exact=True).select_option("nature")
    page.wait_for_url("**tag=nature**")
    expect(cards).to_have_count(1)
    page.goto(f"{server.address}/library?sort=title&shown=4")
    expect(cards).to_have_count(4)
    expect(cards.nth(1).get_by_role("heading")).to_have_text("Recording 00")
    page.get_by_role("button", name="Choose several").click()
    page.get_by_label("Choose Recording 00").check()
    page.get_by_label("Choose Recording 01").check()
    expect(page.get_by_text("2 episodes chosen")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_label("Choose Recording 00")).to_have_count(0)
    expect(cards).to_have_count(2)
    assert person.api("GET", "podcasts?q=recording 00")["items"] == []
    page.goto(f"{server.address}/library?q=zymurgical")
    expect(page.get_by_text("Nothing here holds “zymurgical”.")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(cards).to_have_count(6)


def test_a_phone_shows_covers_without_jumps_in_light_and_dark(stocked: Server, sits: Sits) -> None:
    person = sits(stocked, viewport=PHONE, color_scheme="dark", reduced_motion="reduce")
    page = person.go("/library")
    person.fits()
    person.accessible()
    cover = page.locator(".ep .cover").first
    box = cover.bounding_box()
    assert box is not None
    assert abs(box["width"] - box["height"]) < 1
    cover.evaluate("one => one.complete || new Promise(done => one.addEventListener('load', done))")
    assert cover.evaluate("one => one.naturalWidth") == 320
    assert cover.bounding_box() == box
    page.emulate_media(color_scheme="light")
    person.accessible()
    play = page.get_by_role("button", name="Play The canal")
    size = play.bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 44
    page.get_by_role("link", name="Add to my podcast app").click()
    page.wait_for_url("**/feeds")
    expect(page.get_by_text(re.compile("leads to this computer only"))).to_be_visible()
    page.get_by_role("button", name="Feed of the library").click()
    address = page.get_by_label("Address, for any other app")
    expect(address).to_have_value(re.compile(r"/feeds/[\w-]{48}\.xml$"))
    person.fits()
    person.accessible()
    page.emulate_media(color_scheme="dark")
    person.accessible()
    before = address.input_value()
    page.get_by_role("button", name="New address").click()
    page.get_by_role("dialog").get_by_role("button", name="New address").click()
    expect(address).not_to_have_value(before)
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("heading", name="No feed yet")).to_be_visible()
    assert person.api("GET", "feeds")["items"] == []
