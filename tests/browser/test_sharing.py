"""A moment is shared from a dialog, and heard and read by a stranger, on a phone, in light and dark."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.acceptance.server import Server
from tests.browser.conftest import PATIENCE_MS, PHONE, Sits

OPEN = """([id, at]) => {
  import(document.documentElement.dataset.static + "player/share.js").then(({ share }) => share(id, at));
}"""
IS_AT = """([at, paused]) => {
  const one = document.querySelector("audio");
  return one.currentTime >= at && one.paused === paused;
}"""


def test_a_moment_is_shared_and_heard(stocked: Server, sits: Sits) -> None:
    person = sits(stocked, reduced_motion="reduce")
    page = person.go("/library")
    (episode,) = person.api("GET", "podcasts")["items"]
    page.evaluate(OPEN, [episode["episode_id"], 5.2])
    dialog = page.get_by_role("dialog", name="Share this moment")
    expect(dialog.get_by_label("From")).to_have_value("0:05")
    person.accessible()
    dialog.get_by_label("To").fill("soon")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("alert")).to_have_text("Times look like 5:12, or 1:02:03.")
    dialog.get_by_label("To").fill("0:07")
    page.keyboard.press("Enter")
    link = dialog.get_by_label("The link")
    expect(link).to_be_focused()
    address = link.input_value()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    stranger = person.context.browser
    assert stranger is not None
    context = stranger.new_context(viewport=PHONE, color_scheme="dark")
    context.set_default_timeout(PATIENCE_MS)
    try:
        heard = context.new_page()
        faults: list[str] = []
        heard.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        heard.on("pageerror", lambda error: faults.append(str(error)))
        heard.goto(address)
        assert context.cookies() == []
        expect(heard.get_by_role("heading", level=1)).to_have_text("The canal")
        assert heard.get_by_role("group", name="What is said there").inner_text()
        expect(heard.get_by_role("navigation")).to_have_count(0)
        assert heard.evaluate("document.documentElement.scrollWidth <= innerWidth")
        heard.get_by_role("button", name="Play from 0:05").click()
        heard.wait_for_function(IS_AT, arg=[5.2, False])
        # It stops where the moment ends, and goes on when it is asked to.
        heard.wait_for_function(IS_AT, arg=[7, True])
        heard.evaluate("() => { document.querySelector('audio').play(); }")
        heard.wait_for_function(IS_AT, arg=[7.5, False])
        assert faults == []
    finally:
        context.close()
    page.emulate_media(color_scheme="light")
    page.goto(address)
    person.accessible()
    page.emulate_media(color_scheme="dark")
    person.accessible()
