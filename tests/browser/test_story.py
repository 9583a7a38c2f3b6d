"""All of listening in one go, by what a person does: from a server that nobody owns to signing out of it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import dropwhile, pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect
from tests.acceptance.program import Program
from tests.acceptance.server import Server, free_port, serving
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.test_listening import AUDIO, loudest, plays_beyond, until

from running import Simulator, StartSimulator

PASSWORD = "three quiet green boats"
LINE = "Nobody had expected that a boat could climb, and yet it did."
LOUD, JUMP_S = 0.02, 0.3
SLOW_MS = 60_000
GONE = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
UNREACHED = ("ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "Failed to fetch")
WATCH = f"""
async () => {{
  const {{ player }} = await import(document.documentElement.dataset.static + "player/player.js");
  window.watched = [];
  const look = () => {{
    const {{ at, live, playing, fault }} = player.state;
    const now = performance.now() / 1000;
    watched.push({{ now, at, live, playing, fault: fault?.message ?? null, src: {AUDIO}.src }});
    window.watching = setTimeout(look, 25);
  }};
  look();
}}
"""
HELD = """async () => [
  ...await caches.keys(), ...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ...(await indexedDB.databases()).map(({ name }) => name),
  ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
]"""


@dataclass
class Told:
    """What one chapter of the story leaves to the next."""

    episode: str = ""
    turn: int = 0
    at: float = 0.0


@contextmanager
def device(chromium: Browser, server: Server, **options: Any) -> Iterator[Person]:
    """A browser that nobody ever used; its faults are looked at when it is put away."""
    context = chromium.new_context(**options)
    context.set_default_timeout(30_000)
    person = Person(server, context, context.new_page())
    person.watch(person.page)
    try:
        yield person
        assert not person.faults, person.faults
    finally:
        context.close()


@pytest.fixture
def provider(start_simulator: StartSimulator) -> Simulator:
    """Who writes and speaks: one turn after the other, each in about a tenth of the time that it is heard."""
    return start_simulator(speed=2)


def test_from_a_fresh_server_to_signing_out(
    program: Program, provider: Simulator, chromium: Browser, tmp_path: Path
) -> None:
    program = Program(program.folder, program.home, {"NARROWCAST_TTS_CONCURRENCY": "1"})
    port, told = free_port(), Told()
    with serving(program, "--port", port) as server, device(chromium, server, viewport=DESKTOP) as person:
        begins(person, provider)
        makes(person, told, provider)
        listens(person)
        server.kill()
        sounds_on(person)
        with serving(program, "--port", port):
            hears_the_rest(person, told)
            reads_along(person, told)
            changes_a_line(person, told, provider)
            keeps_it_and_goes_away(person, told)
            with device(chromium, server, viewport=PHONE, color_scheme="dark", has_touch=True) as phone:
                goes_on_elsewhere(phone, told)
                subscribes(phone, told, tmp_path)
                leaves(person, phone, told)


def begins(person: Person, provider: Simulator) -> None:
    """Own the server, enter a key that works, and have a sample to hear."""
    page = person.go("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Begin with Narrowcast")
    page.get_by_label("Your name").fill("Mia")
    page.get_by_label("E-mail address").fill("mia@localhost")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    openai = page.locator('[data-provider="openai"]')
    openai.locator("summary").click()
    openai.get_by_label("Key").fill("sim")
    openai.get_by_label("Address of your own server").fill(provider.base_url)
    openai.get_by_role("button", name="Test and keep").click()
    expect(openai).to_contain_text("works", timeout=SLOW_MS)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_label("Maya", exact=True)).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    expect(page.locator(".job .badge")).to_have_text("ready", timeout=SLOW_MS)
    page.get_by_role("link", name="Make your first episode").click()


def makes(person: Person, told: Told, provider: Simulator) -> None:
    """Files, a profile, Generate; what it takes is told before."""
    page = person.page
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall we read for you?")
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Files").click()
    choosing.value.set_files(person.server.program.path("canal.md"))
    expect(page.locator("[data-chosen-list] li")).to_have_count(1)
    page.locator(".pick").nth(1).click()
    page.get_by_text("Instructions, length, language").click()
    page.get_by_role("spinbutton", name="Minutes").fill("2")
    told_before = re.compile(r"about 2 min of listening · first words in .+ · free · ready in")
    expect(page.locator("[data-estimate]")).to_contain_text(told_before, timeout=SLOW_MS)
    assert provider.calls() == [], "an estimate asks nobody"
    page.get_by_role("button", name="Generate").click()
    page.wait_for_url(re.compile(r"/episodes/[0-9a-f-]{36}$"))
    told.episode = page.url.rpartition("/")[2]


def listens(person: Person) -> None:
    """Press play at once: it sounds while it is made, and there is more of it all the time."""
    page = person.page
    player = page.get_by_label("Player of this episode")
    player.get_by_role("button", name="Play", exact=True).click()
    page.evaluate(WATCH)
    plays_beyond(page, 0.3)
    now = page.evaluate("watched.at(-1)")
    assert (now["live"], now["fault"]) == (True, None)
    assert now["src"].startswith("blob:"), "segments as they are made, not a file"
    assert loudest(page) >= LOUD
    # There is some in hand, and the words of it.
    until(page, f"{AUDIO}.buffered.end(0) - {AUDIO}.currentTime", lambda ahead: ahead > 12, 60)
    expect(page.locator(".turn:not(.writing) .said").first).to_be_visible()
    assert page.evaluate("watched.at(-1).live"), "it is still being made"


def sounds_on(person: Person) -> None:
    """Whoever makes it died in the middle: it is not heard."""
    page = person.page
    at = page.evaluate("watched.at(-1).at")
    plays_beyond(page, at + 1)
    assert loudest(page) >= LOUD


def hears_the_rest(person: Person, told: Told) -> None:
    """It is made to its end, and the finished file goes on where the listener is."""
    page = person.page
    until(page, "watched.at(-1)", lambda now: not now["live"] and now["src"].endswith("-1.mp3"), 120)
    at = page.evaluate("watched.at(-1).at")
    plays_beyond(page, at + 1)
    assert loudest(page) >= LOUD
    page.evaluate("clearTimeout(watching)")
    watched = list(dropwhile(lambda one: not one["playing"], page.evaluate("watched")))
    for one, following in pairwise(watched):
        moved = following["at"] - one["at"]
        assert -JUMP_S < moved < following["now"] - one["now"] + JUMP_S, (one, following)
    assert all(one["playing"] for one in watched), [one for one in watched if not one["playing"]][:1]
    assert len({one["fault"] for one in watched}) == 1, {one["fault"] for one in watched}
    # The page has become that of a finished episode, without being loaded anew.
    expect(page.get_by_role("button", name="Keep offline")).to_be_visible()
    person.accessible()
    assert person.api("GET", f"podcasts/{told.episode}")["revision"] == 1
    person.faults[:] = [fault for fault in person.faults if not any(part in fault for part in GONE)]


def reads_along(person: Person, told: Told) -> None:
    """A sentence is a place to go to, a citation opens what was read, a moment is kept with a note."""
    page = person.page
    cues = person.api("GET", f"podcasts/{told.episode}/cues")
    passages = {each["number"]: each for each in person.api("GET", f"podcasts/{told.episode}/script/passages")["items"]}
    cited = [number for number, turn in enumerate(cues["turns"]) if turn["cites"] and number > 3]
    told.turn = cited[0]
    turn = cues["turns"][told.turn]
    words = page.locator(".turn").nth(told.turn)
    words.locator(".said").last.click()
    plays_beyond(page, turn["sentences"][-1]["start"])
    expect(words.locator(".said").last).to_have_attribute("aria-current", "true")
    words.locator(".cite:not(.unsure)").first.click()
    expect(page.locator("[data-source] blockquote p")).to_have_text(passages[turn["cites"][0]]["text"])
    page.get_by_label("Player of this episode").get_by_role("button", name="Pause").click()
    page.get_by_label("Player of this episode").get_by_role("button", name="Note").click()
    page.get_by_label("Note", exact=True).fill("Ask about this.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("[data-bookmark]")).to_contain_text("Ask about this.")
    bookmark = marked(person, told, 1)
    assert turn["start"] <= bookmark["position"] <= turn["end"] + 1


def changes_a_line(person: Person, told: Told, provider: Simulator) -> None:
    """One line costs one call; both renderings play, and the note went with its words."""
    page, before = person.page, person.api("GET", f"podcasts/{told.episode}/cues?revision=1")
    bookmark = marked(person, told, 1)
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.locator(".editor-bar .cost")).to_have_text("The newest rendering says just this.")
    spoken = len(provider.calls("speech"))
    page.locator(".paper .words").nth(1).fill(LINE)
    expect(page.locator(".editor-bar .cost")).to_contain_text(f"1 of {len(before['turns'])} lines need")
    expect(page.locator(".editor-bar .state")).to_have_text("Saved")
    page.get_by_role("button", name="Render", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Rendering 2 is ready", timeout=SLOW_MS)
    assert [call.text for call in provider.calls("speech")[spoken:]] == [LINE]

    after = person.api("GET", f"podcasts/{told.episode}/cues?revision=2")
    later = after["turns"][told.turn]["start"] - before["turns"][told.turn]["start"]
    assert abs(later) > 1, "what comes behind the line moved"
    assert marked(person, told, 2)["position"] == pytest.approx(bookmark["position"] + later, abs=0.05)
    page.get_by_role("link", name="Listen to it").click()
    page.locator("[data-rendering='2']").click()
    until(page, f"{AUDIO}.src", lambda address: address.endswith("-2.mp3"))
    page.get_by_role("button", name=re.compile("Play from")).click()
    plays_beyond(page, bookmark["position"] + later)
    assert loudest(page) >= LOUD
    begun, at = time.monotonic(), page.evaluate(f"{AUDIO}.currentTime")
    page.locator("[data-rendering='1']").click()
    until(page, f"{AUDIO}.src", lambda address: address.endswith("-1.mp3"))
    # At the same words, and so elsewhere; it plays on meanwhile.
    now = until(page, f"{AUDIO}.paused ? 0 : {AUDIO}.currentTime", bool)
    assert -2 < now - (at - later) < 2 + time.monotonic() - begun
    page.locator("[data-rendering='2']").click()
    until(page, f"{AUDIO}.src", lambda address: address.endswith("-2.mp3"))
    until(page, f"{AUDIO}.paused ? 0 : {AUDIO}.currentTime", bool)


def keeps_it_and_goes_away(person: Person, told: Told) -> None:
    """Kept, it is heard and read without a network, from anywhere in it; what was heard is told once there is one."""
    page = person.page
    page.get_by_role("button", name="Keep offline").click()
    expect(page.get_by_role("button", name="Kept on this device")).to_be_visible(timeout=SLOW_MS)
    with person.expecting(*UNREACHED):
        person.context.set_offline(True)
        page.reload()
        sentences = page.locator(".said")
        expect(sentences.first).to_be_visible()
        sentences.nth(sentences.count() // 2).click()
        cues = person.api("GET", f"podcasts/{told.episode}/cues?revision=2")
        starts = [each["start"] for turn in cues["turns"] for each in turn["sentences"]]
        plays_beyond(page, starts[len(starts) // 2] + 2)
        page.get_by_label("Player of this episode").get_by_role("button", name="Pause").click()
        told.at = until(page, f"{AUDIO}.paused ? {AUDIO}.currentTime : 0", bool)
        person.context.set_offline(False)
        arrived(person, told)


def goes_on_elsewhere(phone: Person, told: Told) -> None:
    """Another device knows where one was, and fits a hand."""
    page = phone.go(f"/episodes/{told.episode}")
    page.get_by_label("E-mail address").fill("mia@localhost")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/episodes/{told.episode}")
    expect(page.locator(".said").first).to_be_visible()
    phone.fits()
    phone.accessible()
    page.get_by_label("Player of this episode").get_by_role("button", name="Play", exact=True).tap()
    at = until(page, f"{AUDIO} && !{AUDIO}.paused ? {AUDIO}.currentTime : 0", bool)
    assert told.at - 30 <= at <= told.at + 10, "a little before the place"
    plays_beyond(page, at + 1)
    page.get_by_role("link", name="Library").last.tap()
    expect(page.get_by_role("region", name="Player", exact=True)).to_be_visible()
    phone.fits()
    phone.accessible()
    page.get_by_role("region", name="Player", exact=True).get_by_role("button", name="Pause").tap()


def subscribes(phone: Person, told: Told, folder: Path) -> None:
    """An app that knows nothing of us but one address gets the very bytes."""
    podget = shutil.which("podget")
    if podget is None:
        pytest.skip("there is no podget here: apt-get install podget")
    page = phone.go("/feeds")
    page.get_by_role("button", name="Feed of the library").tap()
    expect(page.locator("[data-url]")).to_be_visible()
    phone.fits()
    library, config = folder / "podcasts", folder / "podget"
    library.mkdir()
    config.mkdir()
    command = [podget, "-d", str(config), "--dir_session", str(folder / "session"), "-l", str(library)]
    home = {**os.environ, "HOME": str(folder)}
    subprocess.run([*command, "--create-config", "podgetrc"], env=home, capture_output=True, timeout=60, check=False)
    (config / "serverlist").write_text(f"{page.locator('[data-url]').input_value()} Narrowcast Library\n")
    ran = subprocess.run([*command, "-vv"], env=home, capture_output=True, text=True, timeout=120, check=False)
    names = sorted(path.name for path in library.rglob("*.mp3"))
    assert len(names) == 2, (names, ran.stdout, ran.stderr)
    [file] = library.rglob(f"{told.episode}-2.mp3")
    served = page.request.get(f"{phone.server.address}/audio/{told.episode}-2.mp3").body()
    assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(served).digest()


def leaves(person: Person, phone: Person, told: Told) -> None:
    """Signed out, the browser holds nothing and opens nothing; what was heard last was told before."""
    page = person.page
    page.reload()
    sentences = page.locator(".said")
    expect(sentences.first).to_be_visible()
    sentences.nth(sentences.count() - 4).click()
    at = until(page, f"{AUDIO}.paused ? 0 : {AUDIO}.currentTime", lambda at: at > told.at)
    plays_beyond(page, at + 1)
    page.get_by_role("link", name="Settings").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    last = page.evaluate(f"{AUDIO}.currentTime")
    page.get_by_role("button", name="Sign out here").click()
    page.wait_for_url("**/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to Narrowcast")
    # What the sign-in page itself brings, whoever opens it, is nobody's.
    anyones = ("shell:", person.server.address)
    until(page, HELD, lambda held: [one for one in held if not one.startswith(anyones)] == [])
    assert not [one for one in person.context.cookies() if "session" in one["name"]]
    told.at = last
    arrived(phone, told)
    with person.expecting("status of 401"):
        assert person.go(f"/episodes/{told.episode}").url.startswith(f"{person.server.address}/sign-in")
    with person.expecting(*UNREACHED):
        person.context.set_offline(True)
        with pytest.raises(Error):
            person.go(f"/episodes/{told.episode}")


def marked(person: Person, told: Told, revision: int) -> dict[str, Any]:
    """The one bookmark, as that rendering has it."""
    [bookmark] = person.api("GET", f"podcasts/{told.episode}/bookmarks?revision={revision}")["items"]
    return dict(bookmark)


def arrived(person: Person, told: Told) -> None:
    """The server knows that place, or one further on."""
    end = time.monotonic() + 30
    while (known := person.api("GET", f"podcasts/{told.episode}/progress"))["current_position"] < told.at - 0.5:
        assert time.monotonic() < end, (known, told)
        person.page.wait_for_timeout(100)
