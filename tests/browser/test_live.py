"""Listening while it is made, in a real Chromium: what is there plays, what comes joins it, the end is the file."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.program import Program
from tests.acceptance.server import free_port, serving
from tests.browser.conftest import Person, Sits

from running import Simulator, StartSimulator

LISTEN = """
async (id) => {
  const { openLive } = await import(document.documentElement.dataset.static + "live/live.js");
  const audio = document.createElement("audio");
  const heard = { cues: [], chapters: [], statuses: [], ready: null, fault: null, at: null };
  document.body.append(audio);
  Object.assign(window, { audio, heard });
  window.live = openLive(audio, id, {
    onCue: (turn) => heard.cues.push(turn),
    onChapter: (chapter) => heard.chapters.push(chapter),
    onStatus: (status) => heard.statuses.push(status),
    onFault: (fault) => { heard.fault = fault.message; },
    onReady: (address, final) => {
      heard.ready = { address, final, at: audio.currentTime };
      window.live.close();
      audio.src = address;
      audio.currentTime = heard.ready.at;
      audio.play();
    },
  });
  audio.play().catch(() => {});
}
"""
WISH = {"minutes": 2, "num_segments": 2, "llm": "openai:sim", "tts": "openai:sim"}


def heard(person: Person) -> dict[str, Any]:
    """What the page was told so far, and where its sound is."""
    told: dict[str, Any] = person.page.evaluate(
        """() => ({...heard, made: live.made, duration: live.duration, time: audio.currentTime, length: audio.duration,
        src: audio.src, end: audio.buffered.length ? audio.buffered.end(audio.buffered.length - 1) : 0})"""
    )
    return told


def until(person: Person, true: str, timeout_s: float = 90) -> dict[str, Any]:
    """Wait until something is so in the page; what it was told by then."""
    # Playwright's own waiting makes a script of a string, which the pages' policy forbids.
    waited = """new Promise((resolve) => {
      const end = performance.now() + TIME;
      const look = () => {
        if (TRUE) resolve(true);
        else if (performance.now() > end) resolve(false);
        else setTimeout(look, 20);
      };
      look();
    })"""
    came = person.page.evaluate(waited.replace("TIME", str(timeout_s * 1000)).replace("TRUE", true))
    now = heard(person)
    assert came, f"{true} never came: {now}"
    return now


@pytest.fixture
def slow(start_simulator: StartSimulator) -> Simulator:
    """A provider whose voices take about a fifth of the time that they speak, one turn after the other."""
    return start_simulator(speed=1.5)


def test_it_plays_while_it_is_made_through_a_death_and_goes_on_with_the_file(
    program: Program, slow: Simulator, sits: Sits
) -> None:
    program = Program(program.folder, program.home, {**slow.env, "NARROWCAST_TTS_CONCURRENCY": "1"})
    port = free_port()
    with serving(program, "--port", port) as server:
        person = sits(server)
        wish = {"content": program.path("canal.md").read_text("utf-8"), **WISH}
        asked = person.api("POST", "podcasts/generate", json=wish)
        person.page.evaluate(LISTEN, asked["episode_id"])
        first = until(person, "audio.currentTime > 0.2")
        assert (first["ready"], first["fault"]) == (None, None), "it is not finished yet"
        assert first["length"] >= 110, "how long it will be is told early"
        grown = until(person, f"audio.buffered.end(0) > {first['end']} + 15 && heard.cues.length >= 2")
        assert grown["ready"] is None
        person.page.evaluate("audio.currentTime = 1")
        until(person, "!audio.seeking && audio.currentTime > 1.3")
        server.kill()
        sounding = heard(person)["time"]

    with serving(program, "--port", port):
        on = until(person, f"audio.currentTime > {sounding} + 0.5")
        assert on["fault"] is None
        ready = until(person, "heard.ready")
        assert "offline" in ready["statuses"]
        assert ready["ready"]["final"]["revision"] == 1
        after = until(
            person, "!audio.src.startsWith('blob:') && !audio.paused && audio.currentTime > heard.ready.at + 0.3"
        )
        assert after["time"] - ready["ready"]["at"] < 3
        made = person.api("GET", f"podcasts/{asked['episode_id']}/cues")
        assert {cue["turn_id"]: cue["start"] for cue in after["cues"]}.items() <= {
            turn["turn_id"]: turn["start"] for turn in made["turns"]
        }.items(), "what was told while it was made is what the finished file has"
        person.faults[:] = [
            fault
            for fault in person.faults
            # Nobody is there, breaks off, or mixes it still.
            if not any(part in fault for part in ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE", "status of 503"))
        ]
