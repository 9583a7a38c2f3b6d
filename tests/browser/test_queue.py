"""The queue: what is being made, live; cancelled, done again; and what was told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving
from tests.browser.conftest import PHONE, Person, Sits, finished

NASTY = 'Bees <img src=x onerror=alert(1)> "><script>alert(2)</script>'


@pytest.fixture
def idle(program: Program) -> Iterator[Server]:
    """A server that takes jobs, and has no hands: they stay where they are."""
    with serving(program, env={"NARROWCAST_JOBS_AT_ONCE": "0"}) as running:
        yield running


def asked(person: Person, title: str, **more: Any) -> dict[str, Any]:
    wish = {
        "content": f"# {title}\n\nA bee dances to tell where flowers are.",
        "episode_name": title,
        "num_segments": 1,
    }
    told: dict[str, Any] = person.api("POST", "podcasts/generate", json=wish | more)
    return told


def test_jobs_are_cancelled_done_again_and_appear_as_they_are_asked_for(idle: Server, sits: Sits) -> None:
    person = sits(idle)
    page = person.go("/queue")
    live, before = page.locator("#live"), page.locator("#before")
    expect(page.get_by_text("Nothing is being made.")).to_be_visible()
    person.accessible()
    first = asked(person, NASTY)
    card = live.locator(f"[data-job='{first['job_id']}']")
    expect(card.get_by_role("link", name=NASTY)).to_be_visible()
    expect(card.locator(".pos")).to_have_text("1")
    second = asked(person, "Moss", run_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())
    expect(live.locator("article")).to_have_count(2)
    expect(live.locator(f"[data-job='{second['job_id']}'] .badge")).to_have_text("scheduled")
    person.accessible()
    card.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(NASTY)
    dialog.get_by_role("button", name="Go on making it").click()
    expect(live.locator("article")).to_have_count(2)
    card.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(live.locator("article")).to_have_count(1)
    expect(before.locator(".badge")).to_have_text("cancelled")
    before.get_by_role("button", name="Retry").click()
    expect(live.locator("article")).to_have_count(2)
    before.get_by_role("link", name="Failed").click()
    expect(page.get_by_text("Nothing failed.")).to_be_visible()
    person.fits()


def test_a_job_is_shown_to_its_end_and_its_message_is_read(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE, color_scheme="dark")
    page = person.go("/queue")
    told = asked(person, "Lichens")
    before = page.locator("#before")
    expect(before.locator(".badge")).to_have_text("ready", timeout=120_000)
    expect(before.locator(".said")).to_contain_text("made in")
    expect(before.get_by_role("link", name="Open Lichens")).to_have_attribute("href", f"/episodes/{told['episode_id']}")
    person.fits()
    person.accessible()
    finished(person, told["job_id"])
    # The page does not wait for messages; they come a moment after the job's end.
    while not person.api("GET", "inbox")["items"]:
        page.wait_for_timeout(50)
    bell = page.get_by_role("link", name="Inbox")
    bell.click()
    expect(page.get_by_role("listitem")).to_contain_text("Lichens")
    expect(page.get_by_role("link", name="Inbox, 1 not read")).to_be_visible()
    person.fits()
    person.accessible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Inbox", exact=True)).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No messages yet.")).to_be_visible()
    person.accessible()


def test_a_card_says_when_the_server_is_gone(idle: Server, sits: Sits) -> None:
    person = sits(idle)
    asked(person, "Tides")
    page = person.go("/queue")
    expect(page.locator("#live .badge")).to_have_text("queued")
    idle.end()
    expect(page.locator("#live .note")).to_contain_text("No connection to the server")
    page.goto("about:blank")
    person.faults.clear()
