"""An episode that is kept plays without a network, with seeking and its words; what is kept is its owner's alone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits, owner_link

CACHES = "() => caches.keys()"
PART = """async ([address, range]) => {
    const answer = await fetch(address, { headers: { Range: range } });
    const { size } = await answer.blob();
    return [answer.status, size, answer.headers.get("content-range")];
}"""


def no_network_told(person: Person) -> None:
    """A browser writes requests without a network into its console; all else there is a fault still."""
    told = ("ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "Failed to fetch", "status of 416")
    person.faults[:] = [fault for fault in person.faults if not any(one in fault for one in told)]


def kept(page: Page) -> list[str]:
    """The names of what is kept in this browser."""
    return [name for name in page.evaluate(CACHES) if name.startswith("kept:")]


def plays(page: Page, beyond: float) -> None:
    """Wait until it plays on, past that second."""
    page.evaluate(
        """async (beyond) => {
            const { player } = await import(document.documentElement.dataset.static + "player/player.js");
            const there = () => player.state.playing && player.state.at > beyond;
            for (let looks = 0; !there(); looks += 1) {
                if (looks > 2000) throw new Error(`it does not play: ${JSON.stringify(player.state)}`);
                await new Promise((next) => setTimeout(next, 30));
            }
        }""",
        beyond,
    )


def keep(person: Person, episode: dict[str, Any]) -> None:
    """Press the button on the episode's page, and wait until it is kept."""
    page = person.go(f"/episodes/{episode['episode_id']}")
    page.get_by_role("button", name="Keep offline").click()
    expect(page.get_by_role("button", name="Kept on this device")).to_be_visible()
    assert kept(page) == [f"kept:{episode['episode_id']}:1"]


def test_a_kept_episode_plays_on_without_a_network(stocked: Server, sits: Sits) -> None:
    person = sits(stocked, viewport=PHONE)
    page = person.page
    [episode] = person.api("GET", "podcasts")["items"]
    keep(person, episode)
    person.accessible()

    person.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("The canal")
    expect(page.locator("main")).to_contain_text("canal")
    sentence = page.locator(".said").nth(4)
    expect(sentence).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    plays(page, 0.2)
    page.evaluate(
        """async () => {
            const { player } = await import(document.documentElement.dataset.static + "player/player.js");
            player.seek(player.state.duration / 2);
        }"""
    )
    plays(page, episode["duration"] / 2)

    size, address = episode["size_bytes"], re.sub(r"^https?://[^/]+", "", episode["audio_url"])
    for asked, wanted in (
        ("bytes=0-1", [206, 2, f"bytes 0-1/{size}"]),
        ("bytes=-5", [206, 5, f"bytes {size - 5}-{size - 1}/{size}"]),
        (f"bytes={size}-", [416, 0, f"bytes */{size}"]),
    ):
        assert page.evaluate(PART, [address, asked]) == wanted

    page.get_by_role("navigation", name="Main, below").get_by_role("link", name="Stats").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept on this device")
    row = page.locator(".kept-row")
    expect(row.get_by_role("link")).to_have_text("The canal")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The canal")
    plays(page, 0)  # It went on meanwhile: pages were exchanged, not loaded.

    person.context.set_offline(False)
    person.go("/offline")
    expect(row.locator("img")).to_have_js_property("complete", value=True)
    person.fits()
    person.accessible()
    row.get_by_role("button", name="Remove The canal from this device").click()
    expect(page.get_by_text("Nothing is kept here yet")).to_be_visible()
    assert kept(page) == []
    no_network_told(person)


def test_what_was_kept_goes_with_who_kept_it(stocked: Server, sits: Sits) -> None:
    person = sits(stocked)
    page = person.page
    [episode] = person.api("GET", "podcasts")["items"]
    keep(person, episode)

    # The connection breaks on the way: nothing half is kept, what was there stays, and it is told.
    button = page.get_by_role("button", name="Keep offline")
    page.get_by_role("button", name="Kept on this device").click()
    expect(button).to_be_visible()
    person.context.set_offline(True)
    button.click()
    expect(page.get_by_role("status").get_by_text("The server does not answer.").first).to_be_visible()
    expect(button).to_be_visible()
    assert kept(page) == []
    person.context.set_offline(False)
    button.click()
    expect(page.get_by_role("button", name="Kept on this device")).to_be_visible()

    # There is no room: it says so, and how much is wanted.
    page.get_by_role("button", name="Kept on this device").click()
    expect(button).to_be_visible()
    page.evaluate("() => { navigator.storage.estimate = async () => ({ quota: 1000, usage: 900 }); }")
    button.click()
    expect(page.get_by_text("There is no room on this device")).to_be_visible()
    page.reload()
    button.click()
    expect(page.get_by_role("button", name="Kept on this device")).to_be_visible()

    # Somebody else comes to the browser: by another account's link, and by signing out.
    user = person.api(
        "POST", "users", json={"email": "nils@example.org", "name": "Nils", "password": "three quiet boats"}
    )
    link = person.api("POST", f"users/{user['id']}/sign-in-link")["url"]
    # As it is noted once this browser is told by Web Push (which asks a push service, and so a network).
    page.evaluate("localStorage.setItem('narrowcast.push', `${document.documentElement.dataset.user} a-browser`)")
    page.goto(stocked.address + re.sub(r"^https?://[^/]+", "", link))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(?!sign-in)[^/]*$"))
    page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for _ in range(500):
        if not kept(page):
            break
        page.wait_for_timeout(50)
    assert kept(page) == []
    assert page.evaluate("localStorage.getItem('narrowcast.push')") is None, "the owner's messages end here"

    page.goto(owner_link(stocked))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(?!sign-in)[^/]*$"))
    keep(person, episode)
    page.evaluate(
        """() => {
            const form = Object.assign(document.createElement("form"), { method: "post", action: "/sign-out" });
            document.body.append(form);
            form.submit();
        }"""
    )
    page.wait_for_url("**/sign-in")
    assert kept(page) == []
    no_network_told(person)
