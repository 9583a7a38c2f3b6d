"""What pages cost in a real Chromium: their weight, how soon the next is there, how late a sentence lights up, what a
killed tab loses.

Usage: python bench/pages.py [--rounds 5]: a server of its own, with an uploaded recording of 130 sentences.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
import wave
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from playwright.sync_api import Browser, Error, Page, StorageState

from browsing import chromium, signed_in
from serving import Server

SENTENCES = 130
SENTENCE_S = 0.8
RATE = 8_000
HEAVIEST = 100_000
LATEST_MS = 60
MOST_LOST_S = 2.0

VISIT = """async (place) => {
  const old = document.querySelector("main");
  const begun = performance.now();
  document.querySelector(`.nav a[data-place="${place}"]`).click();
  await new Promise((done) => {
    const look = () => requestAnimationFrame(document.querySelector("main") !== old ? done : look);
    look();
  });
  return performance.now() - begun;
}"""
PLAYER = """async () => {
  const { player } = await import(document.documentElement.dataset.static + "player/player.js");
  window.player = player;
}"""
# A sentence is seen with the frame that is painted after it was marked: the clock is read then.
FOLLOW = """async ([id, rate, cues]) => {
  const starts = cues.turns.flatMap((turn) => turn.sentences.map((each) => each.start));
  await player.play(id, { at: 0 });
  player.setRate(rate);
  const said = () => [...document.querySelectorAll(".said")];
  const late = [];
  await new Promise((done) => {
    let last = -1;
    const look = () => {
      const audio = document.querySelector("#player audio");
      const now = said().findIndex((each) => each.getAttribute("aria-current") === "true");
      const at = audio ? audio.currentTime : 0;
      if (now !== last && now > 0 && audio.playbackRate === rate) late.push(((at - starts[now]) / rate) * 1000);
      last = now;
      if (at > starts.at(-1) + 0.3 || audio?.ended) done();
      else requestAnimationFrame(look);
    };
    look();
  });
  player.pause();
  return late;
}"""


@dataclass
class Asked:
    """What a page asked for: bytes over the wire by kind, and whoever else was asked."""

    sizes: dict[str, int] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def recording() -> tuple[bytes, str]:
    """Quiet sound, and the words of two people who take turns in it, a sentence each."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * int(RATE * SENTENCE_S * (SENTENCES + 1))))
    lines = ["WEBVTT", ""]
    for number in range(SENTENCES):
        begin, end = number * SENTENCE_S, (number + 1) * SENTENCE_S
        name = ("Maya", "Daniel")[number % 2]
        lines += [f"{stamp(begin)} --> {stamp(end)}", f"<v {name}>This is sentence {number + 1}.", ""]
    return sound.getvalue(), "\n".join(lines)


def stamp(seconds: float) -> str:
    """A time as WebVTT has it."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"00:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def uploaded(client: httpx2.Client, title: str) -> str:
    """The episode's id."""
    sound, words = recording()
    files = {"audio_file": ("a.wav", sound, "audio/wav"), "transcript_file": ("a.vtt", words.encode(), "text/vtt")}
    told = client.post("podcasts", data={"title": title}, files=files).raise_for_status().json()
    return str(told["episode_id"])


def weighed(browser: Browser, server: Server, state: StorageState, path: str) -> Asked:
    """Open a page with nothing in the cache."""
    context = browser.new_context(storage_state=state, service_workers="block")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    asked, kinds = Asked(), dict[str, str]()

    def sent(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event.get("type", "Other")
        url = event["request"]["url"]
        if urlsplit(url).scheme in {"http", "https"} and not url.startswith(server.url):
            asked.others.append(url)

    def came(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        asked.sizes[kind] = asked.sizes.get(kind, 0) + int(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", sent)
    devtools.on("Network.loadingFinished", came)
    page.goto(server.url + path, wait_until="networkidle")
    context.close()
    return asked


def soft(page: Page, server: Server, rounds: int) -> list[float]:
    """Milliseconds from a click to the next page on the screen, sorted; the first of each page are left out."""
    page.goto(server.url + "/", wait_until="load")
    took = []
    for number in range(rounds + 1):
        for place in ("library", "make"):
            taken = page.evaluate(VISIT, place)
            if number:
                took.append(taken)
    return sorted(took)


def followed(page: Page, client: httpx2.Client, server: Server, identity: str, rate: float) -> list[float]:
    """Milliseconds from each sentence's first sample to the frame that shows it marked, sorted."""
    cues = client.get(f"podcasts/{identity}/cues").raise_for_status().json()
    page.goto(f"{server.url}/episodes/{identity}", wait_until="load")
    page.evaluate(PLAYER)
    return sorted(page.evaluate(FOLLOW, [identity, rate, cues]))


def lost(browser: Browser, client: httpx2.Client, server: Server, state: StorageState, number: int) -> float:
    """Seconds of listening that are gone when a tab is killed and the episode is opened anew."""
    identity = uploaded(client, f"Killed {number}")
    context = browser.new_context(storage_state=state)
    page = context.new_page()
    page.goto(f"{server.url}/episodes/{identity}", wait_until="load")
    page.evaluate(PLAYER)
    page.evaluate("(id) => player.play(id, { at: 0 })", identity)
    at = 0.0
    # Each time at another moment of the outbox's second.
    while at < 3 + number * 0.37:
        at = page.evaluate("async () => document.querySelector('#player audio')?.currentTime ?? 0")
    with suppress(Error):
        page.goto("chrome://crash", timeout=1_500)
    heir = context.new_page()
    # What crashed holds up its context: the heir's own "load" may never be told.
    heir.goto(f"{server.url}/episodes/{identity}", wait_until="commit")
    until, known = time.monotonic() + 20, 0.0
    while time.monotonic() < until and not known:
        known = client.get(f"podcasts/{identity}/progress").raise_for_status().json()["current_position"]
        time.sleep(0.1)
    context.close()
    return at - known


def tell(name: str, times: list[float], target: float | None = None, unit: str = "ms") -> None:
    """One line."""
    p95 = times[int(len(times) * 0.95)]
    verdict = f" (target {target:g}: {'holds' if times[-1] <= target else 'DOES NOT HOLD'})" if target else ""
    print(
        f"{name}: median {statistics.median(times):.1f} {unit}, p95 {p95:.1f} {unit}, "
        f"worst {times[-1]:.1f} {unit}{verdict}, n={len(times)}",
        flush=True,
    )


def measure(browser: Browser, server: Server, rounds: int, rates: list[float]) -> None:
    """Everything, printed."""
    state = signed_in(browser, server)
    with httpx2.Client(base_url=server.api, headers=server.headers, timeout=60) as client:
        identity = uploaded(client, "A recording")
        for path in ("/", "/library", f"/episodes/{identity}"):
            asked = weighed(browser, server, state, path)
            whole = sum(asked.sizes.values())
            verdict = "holds" if whole <= HEAVIEST and not asked.others else "DOES NOT HOLD"
            parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sorted(asked.sizes.items()))
            print(
                f"{path[:10]}: {whole / 1000:.1f} kB ({parts}), third parties {len(asked.others)} ({verdict})",
                flush=True,
            )
        context = browser.new_context(storage_state=state)
        page = context.new_page()
        tell("soft navigation", soft(page, server, 2 * rounds))
        for rate in rates:
            tell(f"highlight at {rate:g} x", followed(page, client, server, identity, rate), LATEST_MS)
        context.close()
        gone = sorted(lost(browser, client, server, state, number) for number in range(rounds))
        tell("lost with a killed tab", gone, MOST_LOST_S, "s")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rates", type=float, nargs="*", default=[1, 2], help="at which highlighting is measured")
    asked = parser.parse_args()
    print(f"load at start {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = Server(Path(folder) / "home", {})
        try:
            measure(browser, server, asked.rounds, asked.rates)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
