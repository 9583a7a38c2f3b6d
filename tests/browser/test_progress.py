"""Progress that is never lost: a killed tab, no network, another device; and the pages that show what was heard."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits, enlivened

AT = "document.querySelector('#player audio')?.currentTime ?? 0"


def until(ask: Callable[[], Any], holds: Callable[[Any], bool], timeout_s: float = 90) -> Any:
    """What is answered once that holds."""
    end = time.monotonic() + timeout_s
    while not holds(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def plays(page: Page, identity: str, server: Server, seconds: float) -> None:
    """Open the episode, press play, and hear so much of it."""
    page.goto(f"{server.address}/episodes/{identity}", wait_until="load")
    enlivened(page)
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").click()
    begun = until(lambda: page.evaluate(AT), lambda at: at > 0)
    until(lambda: page.evaluate(AT), lambda at: at > begun + seconds)


def progress(person: Person, identity: str) -> dict[str, Any]:
    """What the server knows."""
    told: dict[str, Any] = person.api("GET", f"podcasts/{identity}/progress")
    return told


def test_what_is_heard_is_never_lost_and_shows(stocked: Server, sits: Sits) -> None:
    # Without the service worker, which a crash may take along: that is Chromium's to begin anew.
    person = sits(stocked, service_workers="block")
    person.go("/stats")
    expect(person.page.get_by_role("heading", name="Nothing yet")).to_be_visible()
    person.accessible()
    identity = str(person.api("GET", "podcasts")["items"][0]["episode_id"])

    # Without a network it is kept, and told when there is one again.
    plays(person.page, identity, stocked, 1)
    person.context.set_offline(True)
    begun = person.page.evaluate(AT)
    heard = until(lambda: person.page.evaluate(AT), lambda now: now > begun + 2)
    person.page.get_by_label("Player of this episode").get_by_role("button", name="Pause").click()
    person.context.set_offline(False)
    told = until(lambda: progress(person, identity), lambda told: told["current_position"] >= heard - 0.5)
    person.faults[:] = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]

    # The tab is killed, with nothing of its last seconds sent.
    plays(person.page, identity, stocked, 5)
    at = person.page.evaluate(AT)
    with suppress(Error):
        person.page.goto("chrome://crash", timeout=3_000)
    person.page = person.context.new_page()
    person.watch(person.page)
    person.page.goto(f"{stocked.address}/episodes/{identity}", wait_until="load")
    told = until(lambda: progress(person, identity), lambda told: told["current_position"] > at - 2)
    once = person.api("GET", f"podcasts/{identity}/analytics")
    assert max(once["heatmap"]["heard"]) < 3, "what a tab and its heir both tell counts once"

    # Another device goes on there: ten seconds earlier at most, when it comes minutes after.
    phone = sits(stocked, viewport=PHONE)
    there = told["duration"] - 20
    assert there > 15
    person.api("PATCH", f"podcasts/{identity}/progress", json={"current_position": there})
    plays(phone.page, identity, stocked, 1)
    assert phone.page.evaluate(AT) > there - 11
    phone.page.get_by_label("Player of this episode").get_by_role("button", name="Pause").click()

    for path in ("/stats", "/stats?by=month", f"/episodes/{identity}/figures"):
        for sitting in (person, phone):
            for scheme in ("light", "dark"):
                sitting.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                sitting.go(path)
                expect(sitting.page.get_by_role("img").first).to_be_visible()
                sitting.fits()
            sitting.accessible()
    person.page.locator("summary").first.click()
    expect(person.page.get_by_role("table").first).to_be_visible()
