"""Profiles are made, changed, heard, copied, taken out and brought in; texts in them stay texts."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def refusals_told(person: Person) -> None:
    """A browser writes refused requests into its console; all else there is a fault still."""
    told = ("status of 422", "status of 412")
    person.faults[:] = [fault for fault in person.faults if not any(one in fault for one in told)]


def test_speakers_are_heard_copied_and_told_what_is_wrong_with_them(server: Server, sits: Sits) -> None:
    person = sits(server, viewport=PHONE, color_scheme="dark")
    page = person.page
    person.go("/profiles/speakers/host_and_engineer")
    expect(page.get_by_text("saving makes a copy of your own")).to_be_visible()
    maya = page.locator("[data-speaker]").first
    expect(maya.locator("[data-needs]")).to_contain_text("which is there now.")
    person.accessible()
    person.fits()

    voice = maya.get_by_label("Voice", exact=True)
    chosen = voice.locator("option").nth(2).get_attribute("value") or ""
    voice.select_option(chosen)
    expect(maya.get_by_label("Its id at the provider")).to_have_value(chosen)
    # What is heard is sound, of that voice: the tests' browser has no ear, so its samples are looked at.
    with page.expect_response("**/voices/sample") as answered:
        maya.get_by_role("button", name="Hear it").click()
    sent = answered.value.request.post_data_json or {}
    assert sent["voice_id"] == chosen
    assert answered.value.headers["content-type"] == "audio/mpeg"
    expect(maya.get_by_role("button", name="Stop")).to_be_visible()
    maya.get_by_role("button", name="Stop").click()
    expect(maya.get_by_role("button", name="Hear it")).to_be_visible()

    page.get_by_role("button", name="Add a speaker").click()
    third = page.locator("[data-speaker]").nth(2)
    third.get_by_label("Name").fill("maya")
    third.get_by_text("A provider of their own").click()
    third.get_by_label("Settings (JSON)").fill("speed: fast")
    page.get_by_role("button", name="Save as my copy").click()
    expect(third.get_by_text("This is no JSON object.")).to_be_visible()
    third.get_by_label("Settings (JSON)").fill('{"speed": 1.1}')
    third.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save as my copy").click()
    expect(third.get_by_role("alert")).to_contain_text("at least 1 character")
    expect(third.get_by_label("Name")).to_be_focused()
    third.get_by_label("Name").fill("maya")
    page.get_by_role("button", name="Save as my copy").click()
    expect(page.get_by_text("two speakers have the same name")).to_be_visible()
    third.get_by_label("Name").fill(EVIL)
    page.get_by_role("button", name="Save as my copy").click()
    expect(page.get_by_text("is now your own copy; the shipped one stays.")).to_be_visible()
    expect(page.locator("[data-title]").nth(2)).to_have_text(EVIL)

    mine = next(one for one in person.api("GET", "speaker-profiles") if not one["shipped"])
    assert [one["name"] for one in mine["speakers"]] == ["Maya", "Daniel", EVIL]
    assert mine["speakers"][0]["voice_id"] == chosen
    assert mine["speakers"][0]["voices"] == {"openai": "nova"}
    assert mine["speakers"][2]["tts_config"] == {"speed": 1.1}
    # Elsewhere it is changed meanwhile: nothing is lost without a word.
    person.api("PATCH", f"speaker-profiles/{mine['id']}", json={"description": "Changed elsewhere."})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It was changed elsewhere meanwhile.")).to_be_visible()
    assert person.api("GET", f"speaker-profiles/{mine['id']}")["description"] == "Changed elsewhere."
    refusals_told(person)


def test_episode_profiles_go_out_to_a_file_and_come_in_again(server: Server, sits: Sits, tmp_path: Path) -> None:
    person = sits(server)
    page = person.page
    person.go("/profiles")
    person.accessible()
    person.fits()
    page.get_by_role("link", name="New episode profile").click()
    page.get_by_label("Name").fill(EVIL)
    page.get_by_label("Speakers").select_option("solo")
    page.get_by_label("Parts").fill("40")
    page.get_by_label("Minutes").fill("12.5")
    page.get_by_text("More: settings of the models").click()
    page.get_by_label("Pronunciation").fill("nginx = engine x\nSQL = sequel")
    person.accessible()
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".field", has=page.get_by_label("Parts")).get_by_role("alert")).to_be_visible()
    page.get_by_label("Parts").fill("3")
    page.get_by_role("button", name="Make it").click()
    card = page.locator(".profile-card", has=page.get_by_text("yours"))
    expect(card.get_by_role("link")).to_have_text(EVIL)

    shelf = page.locator("[data-kind=episode-profiles]")
    with page.expect_download() as downloaded:
        shelf.get_by_role("button", name="Export mine").click()
    file = tmp_path / "mine.json"
    downloaded.value.save_as(file)
    profiles = json.loads(file.read_text("utf-8"))["profiles"]
    wanted = {"num_segments": 3, "minutes": 12.5, "lexicon": {"nginx": "engine x", "SQL": "sequel"}, "language": None}
    assert profiles[EVIL].items() >= wanted.items()

    card.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    profiles["<b>broken</b>"] = {"num_segments": "many"}
    file.write_text(json.dumps({"profiles": profiles}), "utf-8")
    shelf.locator("[data-file]").set_input_files(file)
    expect(page.locator("[data-kind=episode-profiles] [data-refused]")).to_contain_text("<b>broken</b>")
    expect(card.get_by_role("link")).to_have_text(EVIL)
    own = next(one for one in person.api("GET", "episode-profiles") if not one["shipped"])
    assert own.items() >= wanted.items()
    for content in ("no JSON", "[]", '{"profiles": []}'):
        file.write_text(content, "utf-8")
        shelf.locator("[data-file]").set_input_files(file)
        expect(page.get_by_text("mine.json")).to_be_visible()
        page.locator(".toast", has_text="mine.json").evaluate("toast => toast.remove()")

    page.get_by_role("button", name="Duplicate Tech discussion").click()
    page.get_by_label("Description").fill("For the evening.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved.")).to_be_visible()
    names = {one["name"]: one["description"] for one in person.api("GET", "episode-profiles")}
    assert names["tech_discussion (copy)"] == "For the evening."
    refusals_told(person)
