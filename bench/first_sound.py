"""How soon after Generate the first sound can be played, beside what the providers alone take until then.

A real server against the simulated provider. Bound: until the first outline entry is on the wire, then until the
first turn is, then its voice, as the provider's own ledger has them, and one second. Measured: until a client that was
told of the first segment has its bytes, and those before it. Both in one run, each time for another text.

Usage: python bench/first_sound.py [--rounds 5] [--speed 1]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from ledger import Call
from running import Simulator
from submit import TEXT, Server

ALLOWED_S = 1.0


def first_sound(client: httpx2.Client, title: str) -> float:
    """Seconds from the request to the end of the first segment."""
    wish = {"content": f"# {title}\n\n{TEXT.read_text()}", "llm": "openai:sim", "tts": "openai:sim", "minutes": 5}
    begun = time.monotonic()
    asked = client.post("podcasts/generate", json=wish).raise_for_status().json()
    live = f"podcasts/{asked['episode_id']}/live"
    with client.stream("GET", f"{live}/events") as told:
        for line in told.iter_lines():
            if line == "event: segment":
                break
    client.get(f"{live}/init.mp4").raise_for_status()
    client.get(f"{live}/1.m4s").raise_for_status()
    took = time.monotonic() - begun
    client.post(f"podcasts/jobs/{asked['job_id']}/cancel").raise_for_status()
    return took


def bound(calls: list[Call]) -> float:
    """What the providers took of one episode's calls, and the second that is allowed."""
    outline = next(call for call in calls if call.stage == "outline" and call.item_ends)
    words = next(call for call in calls if call.stage == "transcript" and call.item_ends)
    voice = min((call for call in calls if call.stage == "speech" and call.end), key=lambda call: call.start)
    return outline.item_ends[0] + words.item_ends[0] + ((voice.end or 0.0) - voice.start) + ALLOWED_S


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--speed", type=float, default=1, help="of the simulated provider")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(Path(folder) / "ledger.jsonl", f"--speed={asked.speed}")
        server = Server(Path(folder) / "home", simulator)
        ratios = []
        try:
            print(f"load at start {os.getloadavg()[0]:.1f}")
            headers = {"Authorization": f"Bearer {server.token}"}
            with httpx2.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=120) as client:
                for number in range(1, asked.rounds + 1):
                    before = len(simulator.calls())
                    took = first_sound(client, f"Round {number}")
                    # What was cancelled lets its calls end, and only then stands in the ledger.
                    while client.get("podcasts/jobs", params={"status": "running"}).json()["items"]:
                        time.sleep(0.1)
                    allowed = bound(simulator.calls()[before:])
                    ratios.append(took / allowed)
                    print(f"{number}: first sound {took:.2f} s, bound {allowed:.2f} s, ratio {ratios[-1]:.2f}")
        finally:
            server.stop()
            simulator.stop()
    verdict = "holds" if statistics.median(ratios) <= 1 else "DOES NOT HOLD"
    print(f"first sound / bound: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f} ({verdict})")


if __name__ == "__main__":
    main()
