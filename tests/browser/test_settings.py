"""Settings: who one is, how it looks, what one is told, which programs may act in one's name."""

from __future__ import annotations

import json

import httpx2
from playwright.sync_api import Route, expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits
from tests.integration.server.test_push import subscription

NASTY = "<img src=x onerror=alert(1)>"
PASSWORD = "seven loud red kettles"


def test_settings_are_kept_and_said(server: Server, sits: Sits) -> None:
    person = sits(server)
    page = person.go("/settings")
    person.accessible()
    page.get_by_label("Name", exact=True).fill(NASTY)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Your name is kept.")).to_be_visible()
    assert person.api("GET", "me")["name"] == NASTY
    page.get_by_label("Dark").check()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_label("Dark")).to_be_checked()
    person.accessible()
    page.get_by_label("As the device").check()
    other = sits(server, service_workers="block")
    pressed_before_it_listens(other)
    page.reload()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)
    other.faults.clear()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("Password until now")).to_be_visible()
    page.get_by_label("Your e-mail address, to be sure").fill("somebody@else.example")
    page.get_by_role("button", name="Delete me").click()
    with page.expect_event("console", lambda message: message.type == "error"):
        page.get_by_role("dialog").get_by_role("button", name="Delete it all").click()
    expect(page.get_by_role("alert")).to_contain_text("not your e-mail address")
    person.faults.clear()


def pressed_before_it_listens(person: Person) -> None:
    """What is entered stays out of the address, and the press is not lost."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    person.page.route("**/settings/settings.js", hold)
    with person.page.expect_request("**/settings/settings.js"):
        person.page.goto(f"{person.server.address}/settings", wait_until="domcontentloaded")
    page = person.page
    page.get_by_label("Name", exact=True).fill("Early")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Early")
    assert page.url == f"{person.server.address}/settings"
    held[0].continue_()
    expect(page.get_by_text("Your name is kept.")).to_be_visible()
    assert person.api("GET", "me")["name"] == "Early"


def test_programs_get_tokens_and_webhooks(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE)
    page = person.go("/settings/programs")
    person.fits()
    person.accessible()
    page.get_by_label("What is it for?").fill(NASTY)
    page.get_by_role("button", name="Make a token").click()
    secret = page.get_by_label("The secret").input_value()
    told = httpx2.get(server.api + "me", headers={"Authorization": f"Bearer {secret}"}, timeout=30)
    assert told.json()["scopes"] == ["read"]
    person.accessible()
    page.get_by_role("button", name="I have it").click()
    expect(page.get_by_text(NASTY)).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No program acts in your name.")).to_be_visible()
    page.get_by_label("Address").fill("http://127.0.0.1:9/hook")
    with page.expect_event("console", lambda message: message.type == "error"):
        page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("public Internet")
    person.faults.clear()


def test_the_other_parts_can_be_read(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE, color_scheme="dark")
    for part, words in (("notifications", "On this device"), ("keys", "Anthropic"), ("about", "Narrowcast 0")):
        page = person.go(f"/settings/{part}")
        expect(page.get_by_text(words).first).to_be_visible()
        person.fits()
        person.accessible()
    page = person.go("/settings/keys")
    page.get_by_text("Anthropic").click()
    person.accessible()
    page.locator("[data-provider=anthropic]").get_by_role("button", name="Test and keep").click()
    expect(page.locator("[data-provider=anthropic] .outcome")).to_have_text("Write a key first.")


PUSH_SERVICE = """
  let told = null;
  const given = { toJSON: () => (GIVEN), options: {}, unsubscribe: async () => { told = null; return true; } };
  PushManager.prototype.getSubscription = async () => told;
  PushManager.prototype.subscribe = async () => (told = given);
"""
"""The browser vendor's part, which no test can reach."""


def test_a_device_is_told_and_told_no_more(server: Server, sits: Sits) -> None:
    person = sits(server)
    person.context.grant_permissions(["notifications"])
    person.context.add_init_script(PUSH_SERVICE.replace("GIVEN", json.dumps(subscription())))
    page = person.go("/settings/notifications")
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.get_by_text("This device is told from now on.")).to_be_visible()
    assert len(person.api("GET", "me/push")["browsers"]) == 1
    person.accessible()
    page.get_by_role("button", name="Tell this device nothing more").click()
    expect(page.get_by_text("This device is told nothing more.")).to_be_visible()
    assert person.api("GET", "me/push")["browsers"] == []
    expect(page.get_by_role("button", name="Tell me on this device")).to_be_visible()
