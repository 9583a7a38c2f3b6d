"""From an empty server to an episode in three clicks, by whatever is given."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect
from tests.acceptance.conftest import DOCUMENT
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits

NASTY = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
DROP = """
([files, text]) => {
  const given = new DataTransfer();
  for (const [name, body] of files) given.items.add(new File([body], name));
  if (text) given.setData("text/plain", text);
  const to = document.querySelector("h1");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    to.dispatchEvent(new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true }));
  }
}
"""


def dropped(page: Page, *files: tuple[str, str], text: str = "") -> None:
    """Drop files, as (name, text), or a text, on the page once it listens."""
    page.wait_for_selector("main[data-mounted]")
    page.evaluate(DROP, [[list(file) for file in files], text])


def _ready(page: Page) -> None:
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()


def _forgive(person: Person, *parts: str) -> None:
    """Chromium writes every refusal on its console: these were asked for."""
    person.faults[:] = [fault for fault in person.faults if not any(part in fault for part in parts)]


def _made(person: Person) -> list[dict[str, object]]:
    jobs: list[dict[str, object]] = person.api("GET", "podcasts/jobs")["items"]
    return jobs


def test_a_dropped_file_becomes_an_episode(server: Server, sits: Sits) -> None:
    person = sits(server)
    page = person.page
    words = DOCUMENT.read_text("utf-8")
    _ready(page)
    dropped(page, (f"{NASTY}.md", words), ("song.mp3", "ID3\x04" + "\0" * 500), ("empty.txt", ""))
    refused = page.locator(".refused li")
    expect(refused).to_have_count(2)
    assert any("song.mp3 is a sound file" in text for text in refused.all_inner_texts())
    expect(page.locator("[data-chosen-list] li")).to_have_count(1)
    estimate = page.locator("[data-estimate]")
    expect(estimate).to_contain_text(re.compile(r"about .+ of listening · first words in \d+ s · free · ready in"))
    assert _made(person) == []
    person.accessible()
    page.get_by_role("radio", name=re.compile("Solo expert")).check(force=True)
    page.reload()
    expect(page.locator("[data-chosen-list] li")).to_have_count(1)
    expect(page.get_by_role("radio", name=re.compile("Solo expert"))).to_be_checked()
    page.get_by_role("button", name="Generate").dblclick()
    page.wait_for_url(re.compile(r"/episodes/[0-9a-f-]{36}$"))
    assert len(_made(person)) == 1
    page.get_by_role("link", name="Make").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall we read for you?")
    expect(page.locator("[data-chosen-list] li")).to_have_count(0)
    expect(page.get_by_role("radio").first).to_have_value("solo_expert")
    expect(page.get_by_role("radio").first).to_be_checked()
    _forgive(person, "status of 422")


def test_text_by_keyboard_alone_with_all_options_on_a_phone(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE, color_scheme="dark")
    page = person.page
    _ready(page)
    page.get_by_label("Text, or a link").focus()
    page.keyboard.insert_text(DOCUMENT.read_text("utf-8"))
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Instructions").fill(f"Short. {NASTY}")
    page.get_by_role("spinbutton", name="Minutes").fill("0")
    expect(page.locator('[data-wrong="minutes"]')).to_be_visible()
    page.get_by_role("spinbutton", name="Minutes").fill("2")
    expect(page.locator('[data-wrong="minutes"]')).to_be_hidden()
    page.get_by_role("spinbutton", name="Parts").fill("2")
    page.get_by_role("textbox", name="Title").fill(f"The canal {NASTY}")
    page.get_by_role("combobox", name="Language").select_option("en")
    page.get_by_label("Spend at most").fill("1.5")
    page.get_by_label("At a time of my choice").check()
    page.get_by_label("Not before").fill("2020-01-01T00:00")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator('[data-wrong="run_at"]')).to_have_text("That time has passed.")
    tomorrow = datetime.now() + timedelta(days=1)  # noqa: DTZ005 - as the browser on this machine has it
    page.get_by_label("Not before").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    page.get_by_label("Let me review the script").check()
    expect(page.locator("[data-estimate]")).to_contain_text("a script to review · begins")
    person.fits()
    person.accessible()
    page.reload()
    expect(page.get_by_role("textbox", name="Title")).to_have_value(f"The canal {NASTY}")
    page.get_by_role("button", name="Generate").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/episodes/[0-9a-f-]{36}$"))
    (job,) = _made(person)
    assert job["status"] == "scheduled"
    at = datetime.fromisoformat(str(job["run_at"])).astimezone().replace(tzinfo=None)
    assert abs(at - tomorrow) < timedelta(minutes=2)
    episode = person.api("GET", f"podcasts/{job['episode_id']}")
    assert episode["title"] == f"The canal {NASTY}"
