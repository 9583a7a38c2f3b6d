"""Listening in a real browser: the sound really plays, the words follow it, and both outlive pages and networks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import httpx2
from playwright.sync_api import Page, expect
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving
from tests.browser.conftest import PHONE, Person, Sits, finished

from running import StartSimulator

AUDIO = "document.querySelector('#player audio')"


def until(page: Page, script: str, holds: Callable[[Any], bool], timeout_s: float = 60) -> Any:
    """What `script` gives, once that holds: the page's policy lets Playwright's own waiting evaluate nothing."""
    end = time.monotonic() + timeout_s
    while not holds(found := page.evaluate(script)):
        assert time.monotonic() < end, f"{script}: {found}"
        page.wait_for_timeout(30)
    return found


def plays_beyond(page: Page, seconds: float) -> None:
    """The sound gets beyond that moment."""
    until(page, f"{AUDIO}?.currentTime ?? 0", lambda at: at > seconds)


def loudest(page: Page) -> float:
    """The loudest sample that is heard until one is no silence: six seconds at most."""
    heard: float = page.evaluate(
        """async () => {
            const context = new AudioContext();
            const sound = document.querySelector('#player audio').captureStream();
            const analyser = context.createAnalyser();
            context.createMediaStreamSource(sound).connect(analyser);
            const samples = new Float32Array(analyser.fftSize);
            let loudest = 0;
            for (let looks = 0; looks < 300 && loudest < 0.02; looks += 1) {
                await new Promise((done) => setTimeout(done, 20));
                analyser.getFloatTimeDomainData(samples);
                loudest = Math.max(loudest, ...samples.map(Math.abs));
            }
            await context.close();
            return loudest;
        }"""
    )
    return heard


def canal(person: Person) -> str:
    """The id of the stocked episode."""
    return str(person.api("GET", "podcasts")["items"][0]["episode_id"])


def test_an_episode_is_heard_read_and_left_playing(stocked: Server, sits: Sits) -> None:
    person = sits(stocked)
    identity = canal(person)
    cues = person.api("GET", f"podcasts/{identity}/cues")
    starts = [part["start"] for turn in cues["turns"] for part in turn["sentences"]]
    page = person.go(f"/episodes/{identity}")
    expect(page.get_by_role("heading", level=1)).to_have_text("The canal")
    expect(page.locator(".said")).to_have_count(len(starts))
    person.accessible()
    person.fits()

    # It plays, and not silence; the words are marked when they are said.
    page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('.said')];
            window.lags = [];
            new MutationObserver((changes) => {
                for (const change of changes) {
                    if (!change.target.classList.contains('now')) continue;
                    window.lags.push([all.indexOf(change.target), document.querySelector('#player audio').currentTime]);
                }
            }).observe(document.querySelector('[data-script]'), { subtree: true, attributeFilter: ['class'] });
        }"""
    )
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").click()
    plays_beyond(page, 0.5)
    assert loudest(page) >= 0.02
    plays_beyond(page, starts[2] + 0.3)
    lags = [at - starts[index] for index, at in page.evaluate("window.lags") if 0 < index < 3]
    assert lags, "sentences that began to be said while it was looked"
    # Never before it is said; how soon after that is up to the machine as well.
    assert all(-0.002 <= lag <= 0.5 for lag in lags), lags
    told = page.evaluate(
        "[navigator.mediaSession.metadata.title, navigator.mediaSession.playbackState, "
        "navigator.mediaSession.metadata.artwork[0].sizes]"
    )
    assert told == ["The canal", "playing", "256x256"]

    # To any sentence by a click; to what is looked for, however it is written.
    page.locator(".said").nth(5).click()
    plays_beyond(page, starts[5])
    expect(page.locator(".said").nth(5)).to_have_attribute("aria-current", "true")
    page.get_by_label("Search the transcript").fill("CANÁL")
    matches = sum(part["text"].lower().count("canal") for turn in cues["turns"] for part in turn["sentences"])
    expect(page.locator("[data-found]")).to_have_text(f"1 of {matches}")
    page.get_by_role("button", name="The next match").click()
    expect(page.locator("[data-found]")).to_have_text(f"2 of {matches}")
    page.get_by_label("Search the transcript").fill("zymurgical")
    expect(page.locator("[data-found]")).to_have_text("Not in here")
    page.locator(".cite:not(.unsure)").first.click()
    expect(page.locator("[data-source] blockquote").first).to_contain_text("canal")

    # The same element goes on while one moves to another page, and back.
    page.evaluate(
        f"window.same = {AUDIO}; window.gap = 0; window.same.addEventListener('pause', () => window.gap += 1)"
    )
    before = page.evaluate("window.same.currentTime")
    page.get_by_role("link", name="Queue").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    mini = page.get_by_role("region", name="Player", exact=True)
    expect(mini).to_be_visible()
    until(page, "window.same.currentTime", lambda at: at > before + 0.5)
    assert page.evaluate(f"window.same === {AUDIO} && window.gap === 0 && !window.same.paused")
    person.accessible()
    mini.get_by_role("link", name="The canal").click()
    expect(page.locator(".said").first).to_be_visible()
    expect(page.get_by_label("Player of this episode").get_by_role("button", name="Pause")).to_be_visible()

    # After a reload it stands where it was.
    left = page.evaluate("window.same.currentTime")
    page.reload()
    page.get_by_role("link", name="Queue").first.click()
    expect(mini.get_by_role("button", name="Play", exact=True)).to_be_visible()
    mini.get_by_role("button", name="Play", exact=True).click()
    until(page, f"{AUDIO}.paused ? 0 : {AUDIO}.currentTime", lambda at: at > left - 4)


def test_keys_alone_and_what_a_listener_prefers(stocked: Server, sits: Sits) -> None:
    person = sits(stocked, color_scheme="dark")
    identity = canal(person)
    page = person.go(f"/episodes/{identity}?t=8")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^0:08 / "))
    expect(page.locator(".said").first).to_be_visible()
    press = page.keyboard.press
    press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press("Escape")
    press("/")
    page.keyboard.type("k 5 m")
    assert page.evaluate(f"!{AUDIO} || {AUDIO}.paused"), "none while typing"
    press("Escape")
    page.locator("body").click(position={"x": 3, "y": 3})
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").focus()
    press("Enter")
    plays_beyond(page, 8)
    press("k")
    until(page, f"{AUDIO}.paused", bool)
    page.evaluate("document.activeElement.blur()")
    at = page.evaluate(f"{AUDIO}.currentTime")
    press("ArrowRight")
    until(page, f"{AUDIO}.currentTime", lambda now: abs(now - at - 30) < 0.1)
    press("ArrowLeft")
    until(page, f"{AUDIO}.currentTime", lambda now: abs(now - at - 15) < 0.1)
    press("5")
    until(page, f"{AUDIO}.currentTime / {AUDIO}.duration", lambda share: abs(share - 0.5) < 0.01)
    press("Shift+ArrowUp")
    press("Shift+ArrowUp")
    press("m")
    press("ArrowDown")
    assert page.evaluate(f"[{AUDIO}.playbackRate, {AUDIO}.preservesPitch, {AUDIO}.volume]") == [1.2, True, 0.9]
    expect(page.locator("[data-speed]")).to_have_text("1.2×")
    press("l")
    expect(page.locator("[data-chapters] button").nth(1)).to_have_attribute("aria-current", "true")
    press("Shift+Tab")
    page.locator('.said[tabindex="0"]').focus()
    press("ArrowDown")
    press("Enter")
    until(page, f"!{AUDIO}.paused", bool)
    press("k")

    # A note, by its key; as text whatever is in it, and at its place again after a reload.
    press("b")
    page.get_by_label("Note", exact=True).fill("<img src=x onerror=alert(1)> look this up")
    page.get_by_role("button", name="Keep", exact=True).click()
    note = page.locator("[data-bookmark]")
    expect(note).to_contain_text("<img src=x onerror=alert(1)> look this up")
    page.get_by_role("button", name=re.compile("Edit the note")).click()
    page.get_by_label("Note", exact=True).fill("later")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(note).to_contain_text("later")
    person.accessible()
    page.reload()
    expect(note).to_contain_text("later")
    expect(page.locator("[data-speed]")).to_have_text("1.2×")
    page.get_by_role("button", name=re.compile("Delete the note")).click()
    expect(note).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(note).to_have_count(1)
    assert [each["note"] for each in person.api("GET", "bookmarks")["items"]] == ["later"]


def test_it_sleeps_goes_on_with_the_next_and_says_what_is_wrong(stocked: Server, sits: Sits) -> None:
    person = sits(stocked, viewport=PHONE)
    identity = canal(person)
    sound = httpx2.get(f"{stocked.address}/audio/{identity}-1.mp3", cookies=cookies(person)).raise_for_status().content
    other = person.api(
        "POST",
        "podcasts",
        data={"title": "<script>alert('x')</script>"},
        files={"audio_file": ("a.mp3", sound), "transcript_file": ("a.txt", b"Maya: <b>Bees</b>\n" * 30)},
    )["episode_id"]
    page = person.context.new_page()
    person.watch(page)
    page.clock.install()
    page.goto(f"{stocked.address}/episodes/{identity}")
    expect(page.locator(".said").first).to_be_visible()
    page.get_by_role("button", name="Sleep timer, off").click()
    page.get_by_role("button", name="In 5 min").click()
    expect(page.locator("[data-sleep]")).to_have_text("5 min")
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").click()
    plays_beyond(page, 0.3)
    page.clock.run_for(5 * 60_000)
    until(page, f"{AUDIO}.paused", bool)
    expect(page.get_by_label("Player of this episode").get_by_role("button", name="Play")).to_be_visible()
    page.close()

    # What has a script for a title is shown as that; it is heard after this one, without a press.
    page = person.go(f"/episodes/{other}")
    expect(page.get_by_role("heading", level=1)).to_have_text("<script>alert('x')</script>")
    expect(page.locator(".said").first).to_have_text("<b>Bees</b>")
    person.fits()
    person.accessible()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Hear this later").click()
    expect(page.locator("[data-next-list] a")).to_have_text("<script>alert('x')</script>")
    page = person.go(f"/episodes/{identity}")
    expect(page.locator(".said").first).to_be_visible()
    length = person.api("GET", f"podcasts/{identity}")["duration"]
    page.locator(".said").last.click()
    plays_beyond(page, length - 20)
    page.evaluate(f"() => {{ {AUDIO}.currentTime = {length} - 0.4; }}")
    until(page, f"{AUDIO}.src", lambda address: other in address)
    plays_beyond(page, 0.1)
    assert person.api("GET", "me/up-next")["items"] == []

    # An address that does not work any more is asked for anew, and it goes on from where it was.
    faults = len(person.faults)
    page.locator(".mini-title").click()
    expect(page.locator("[data-controls]")).to_have_attribute("data-controls", other)
    page.locator(".said").nth(9).click()
    at = until(page, f"{AUDIO}.currentTime", lambda now: now > 5)
    page.evaluate(f"() => {{ {AUDIO}.src = '/audio/gone.mp3'; }}")
    until(page, f"{AUDIO}.src.includes('gone') || {AUDIO}.paused ? 0 : {AUDIO}.currentTime", lambda now: now > at)

    # Without a network it says so, and plays once that is back.
    page = person.go(f"/episodes/{identity}")
    expect(page.locator(".said").first).to_be_visible()
    person.context.set_offline(True)
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").click()
    expect(page.locator("[data-trouble]")).to_contain_text("You are offline.")
    person.context.set_offline(False)
    plays_beyond(page, 0.1)
    expect(page.locator("[data-trouble]")).to_have_text("")
    # The browser itself tells of each request that found nothing.
    del person.faults[faults:]


def test_an_earlier_rendering_stays_playable_and_notes_stay_with_their_words(stocked: Server, sits: Sits) -> None:
    person = sits(stocked)
    identity = canal(person)
    first = person.api("GET", f"podcasts/{identity}/cues")
    turn = first["turns"][3]
    person.api("POST", f"podcasts/{identity}/bookmarks", json={"position": turn["start"] + 0.2, "note": "Here"})
    page = person.go(f"/episodes/{identity}")
    page.get_by_label("Player of this episode").get_by_role("button", name="Play").click()
    plays_beyond(page, 0.1)
    page.keyboard.press("k")
    script = person.api("GET", f"podcasts/{identity}/script")
    # Of the turn before it less is said, so that all behind it is heard earlier.
    edited = next(each for segment in script["segments"] for each in segment["turns"] if each["id"] == "s1t2")
    edited["text"] = "In short: <i>it climbed</i>."
    person.api("PUT", f"podcasts/{identity}/script", json=script, headers={"If-Match": "*"})
    job = person.api("POST", f"podcasts/{identity}/render", json={})
    assert finished(person, job["job_id"])["status"] == "completed"
    second = person.api("GET", f"podcasts/{identity}/cues")
    moved = next(each for each in second["turns"] if each["turn_id"] == turn["turn_id"])
    assert moved["start"] < turn["start"] - 1
    person.go(f"/episodes/{identity}")
    expect(page.locator("[data-newer]")).to_be_visible()
    page.get_by_role("button", name=f"Play from {clock(turn['start'])}", exact=True).click()
    until(page, f"{AUDIO}.paused ? 0 : {AUDIO}.currentTime", lambda now: now >= turn["start"])
    page.get_by_role("button", name="Switch").click()
    until(page, f"{AUDIO}.src.includes('-2.') && !{AUDIO}.paused ? {AUDIO}.currentTime : 0", lambda now: now > 0.2)
    said = page.locator(".said.now")
    expect(said).to_have_text(re.compile("|".join(re.escape(part["text"]) for part in moved["sentences"])))
    expect(page.locator("[data-newer]")).to_be_hidden()
    expect(page.get_by_role("button", name=f"Play from {clock(moved['start'] + 0.2)}", exact=True)).to_be_visible()
    expect(page.locator(".said", has_text="In short: <i>it climbed</i>.")).to_have_count(1)
    page.get_by_role("button", name="Revision 1").click()
    until(page, f"{AUDIO}.src.includes('-1.') && !{AUDIO}.paused ? {AUDIO}.currentTime : 0", lambda now: now > 0.2)
    expect(page.locator(".said", has_text="In short")).to_have_count(0)


def test_what_is_still_being_made_plays_on_its_page_and_becomes_the_finished_episode(
    program: Program, start_simulator: StartSimulator, sits: Sits
) -> None:
    slow = start_simulator(speed=1.5)
    program = Program(program.folder, program.home, {**slow.env, "NARROWCAST_TTS_CONCURRENCY": "1"})
    with serving(program) as server:
        person = sits(server)
        content = program.path("canal.md").read_text("utf-8")
        wish = {"content": content, "minutes": 2, "num_segments": 2, "llm": "openai:sim", "tts": "openai:sim"}
        asked = person.api("POST", "podcasts/generate", json=wish)
        page = person.go(f"/episodes/{asked['episode_id']}")
        own = page.get_by_label("Player of this episode")
        own.get_by_role("button", name="Play").click()
        plays_beyond(page, 0.3)
        expect(page.locator(".said").first).to_be_visible()
        expect(page.locator(".job")).to_be_visible()
        assert person.api("GET", f"podcasts/{asked['episode_id']}")["revision"] == 0, "it is not finished yet"
        made = page.locator("[data-dial]").evaluate("dial => Number(dial.style.getPropertyValue('--made'))")
        assert 0 < made < 1, "how much there is of it shows on the dial"
        person.accessible()
        page.locator(".said").first.click()
        at = until(page, f"{AUDIO}.src.includes('/audio/') ? {AUDIO}.currentTime : 0", lambda now: now > 0.2, 180)
        until(page, f"{AUDIO}.paused ? 0 : {AUDIO}.currentTime", lambda now: now > at + 0.3)
        expect(page.locator(".job")).to_have_count(0)
        cues = person.api("GET", f"podcasts/{asked['episode_id']}/cues")
        expect(page.locator(".turn")).to_have_count(len(cues["turns"]))
        expect(own.get_by_role("button", name="Pause")).to_be_visible()


def clock(seconds: float) -> str:
    """As pages say it."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def cookies(person: Person) -> dict[str, str]:
    """Those of this person's browser."""
    return {cookie["name"]: cookie["value"] for cookie in person.context.cookies()}
