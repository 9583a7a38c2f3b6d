"""How soon after Generate the first sound is heard, beside what the providers alone take until then.

A real server against the simulated provider. Bound: until the first outline entry is on the wire, then until the
first turn is, then its voice, as the provider's own ledger has them, and one second. Measured in turns, each time for
another text: until a client that was told of the first segment has its bytes, and those before it; and in a real
Chromium, on a page of the server, until its player's sound moves. The first round after the server's start stands
apart: its hands may still import what they need.

Usage: python bench/first_sound.py [--rounds 4] [--speed 1]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx2
from playwright.sync_api import Page

from browsing import chromium, signed_in
from ledger import Call
from running import Simulator
from submit import TEXT, serving

ALLOWED_S = 1.0
LISTEN = """async (wish) => {
  const begun = performance.now();
  const { api } = await import(document.documentElement.dataset.static + "parts/api.js");
  const asked = await api("POST", "podcasts/generate", { json: wish });
  const { player } = await import(document.documentElement.dataset.static + "player/player.js");
  await player.play(asked.episode_id, { at: 0 });
  while (!(document.querySelector("#player audio")?.currentTime > 0)) {
    await new Promise((done) => setTimeout(done, 10));
  }
  const took = (performance.now() - begun) / 1000;
  player.close();
  return [asked.job_id, took];
}"""


def wish(title: str) -> dict[str, object]:
    """What is asked for."""
    return {"content": f"# {title}\n\n{TEXT.read_text()}", "llm": "openai:sim", "tts": "openai:sim", "minutes": 5}


def at_client(client: httpx2.Client, title: str) -> tuple[str, float]:
    """The job, and seconds from the request to the end of the first segment."""
    begun = time.monotonic()
    asked = client.post("podcasts/generate", json=wish(title)).raise_for_status().json()
    live = f"podcasts/{asked['episode_id']}/live"
    with client.stream("GET", f"{live}/events") as told:
        for line in told.iter_lines():
            if line == "event: segment":
                break
    client.get(f"{live}/init.mp4").raise_for_status()
    client.get(f"{live}/1.m4s").raise_for_status()
    return asked["job_id"], time.monotonic() - begun


def in_browser(page: Page, title: str) -> tuple[str, float]:
    """The same in a browser, to where its sound moves."""
    job_id, took = page.evaluate(LISTEN, wish(title))
    return job_id, took


def bound(calls: list[Call]) -> float:
    """What the providers took of one episode's calls, and the second that is allowed."""
    outline = next(call for call in calls if call.stage == "outline" and call.item_ends)
    words = next(call for call in calls if call.stage == "transcript" and call.item_ends)
    voice = min((call for call in calls if call.stage == "speech" and call.end), key=lambda call: call.start)
    return outline.item_ends[0] + words.item_ends[0] + ((voice.end or 0.0) - voice.start) + ALLOWED_S


def measure(client: httpx2.Client, page: Page, simulator: Simulator, rounds: int) -> None:
    """Everything, printed."""
    ratios: dict[str, list[float]] = {"client": [], "Chromium": []}
    for number in range(rounds + 1):
        for name, found in ratios.items():
            before, title = len(simulator.calls()), f"Round {number} {name}"
            job_id, took = at_client(client, title) if name == "client" else in_browser(page, title)
            client.post(f"podcasts/jobs/{job_id}/cancel").raise_for_status()
            # What was cancelled lets its calls end, and only then stands in the ledger.
            while client.get("podcasts/jobs", params={"status": "running"}).json()["items"]:
                time.sleep(0.1)
            allowed = bound(simulator.calls()[before:])
            if number:
                found.append(took / allowed)
            apart = "" if number else " (after the server's start: not counted)"
            print(
                f"{name}: first sound {took:.2f} s, bound {allowed:.2f} s, ratio {took / allowed:.2f}{apart}",
                flush=True,
            )
    for name, found in ratios.items():
        verdict = "holds" if statistics.median(found) <= 1 else "DOES NOT HOLD"
        print(f"first sound / bound, {name}: median {statistics.median(found):.2f}, worst {max(found):.2f} ({verdict})")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--speed", type=float, default=1, help="of the simulated provider")
    asked = parser.parse_args()
    print(f"load at start {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        simulator = Simulator(Path(folder) / "ledger.jsonl", f"--speed={asked.speed}")
        try:
            server = serving(Path(folder) / "home", simulator)
            try:
                page = browser.new_context(storage_state=signed_in(browser, server)).new_page()
                page.goto(server.url + "/", wait_until="load")
                with httpx2.Client(base_url=server.api, headers=server.headers, timeout=120) as client:
                    measure(client, page, simulator, asked.rounds)
            finally:
                server.stop()
        finally:
            simulator.stop()


if __name__ == "__main__":
    main()
