"""The server from its first start to a second user, told by what a person does: real processes, a provider's ledger."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter

from tests.acceptance.client import PASSWORD, Client
from tests.acceptance.program import Program
from tests.acceptance.server import free_port, serving
from tests.integration.sources.conftest import build

from running import Simulator, StartSimulator

UNSAVED_S = 0.3
SIMULATED = {"minutes": 2, "num_segments": 2, "llm": "openai:sim", "tts": "openai:sim"}
PARAGRAPHS = (
    "When the canal company ran out of level ground in 1796, its engineers had two choices: dig a long tunnel,",
    "or lift every boat over the ridge. They chose the lift, because rock was expensive and water was not.",
    "A lock is a box with a gate at each end. A boat goes in, the gate shuts behind it, and water raises it.",
    "One lock lifts a boat by about eight feet. The ridge was two hundred and thirty feet high.",
    "The company built twenty-nine locks in a single flight. Boatmen called it the staircase.",
    "Each passage uses sixty thousand gallons of water. On a busy day forty boats went up.",
)


def paper() -> bytes:
    """A PDF of one page."""
    lines = [(72.0, 760.0, 20.0, "F2", "The canal that climbed a hill")]
    lines += [(72.0, 720.0 - 14 * at, 10.0, "F1", text) for at, text in enumerate(PARAGRAPHS)]
    return build([lines])


def paid_once(simulator: Simulator, *kills: float) -> None:
    """Nothing that was answered was asked for again, but for what was in flight at a kill (wall-clock times)."""
    calls = simulator.calls()
    times = Counter(call.hash for call in calls if call.ok)
    for digest, count in times.items():
        same = [call for call in calls if call.hash == digest]
        # What was answered this shortly before the kill may not have reached the disk yet.
        in_flight = sum(
            any(call.start_time < kill and (call.end_time is None or call.end_time > kill - UNSAVED_S) for call in same)
            for kill in kills
        )
        assert count <= 1 + in_flight, same


def said(simulator: Simulator) -> list[str]:
    """The texts that were voiced so far."""
    return [call.text for call in simulator.calls("speech")]


def test_the_story(program: Program, start_simulator: StartSimulator) -> None:
    """Sign in, a notebook, a PDF, an episode through two kills, its audio, an edit, a render; nobody else sees any."""
    simulator = start_simulator(speed=10)
    port = free_port()
    with Client(port) as olga, Client(port) as nils:
        through_two_kills(Program(program.folder, program.home, simulator.env), port, simulator, olga, nils)


def through_two_kills(program: Program, port: str, simulator: Simulator, olga: Client, nils: Client) -> None:
    """The story itself."""
    with serving(program, "--port", port) as server:
        olga.by_link(server)
        olga.post("users", json={"email": "nils@example.org", "password": PASSWORD})
        notebook = olga.post("notebooks", json={"name": "Canals"})["id"]
        source = olga.post("sources", data={"notebook_id": notebook}, files={"file": ("Ein Päper.pdf", paper())})
        assert (source["format"], source["origin"]) == ("pdf", "Ein Päper.pdf")
        accepted = olga.post("podcasts/generate", json={"notebook_id": notebook, **SIMULATED})
        assert re.fullmatch(r"Queued: position 1, (less than a|about a|about \d+) minutes?", accepted["message"])
        job_id, episode_id = accepted["job_id"], accepted["episode_id"]
        watching = olga.watch(job_id)
        watching.until(lambda now: "turn_written" in now.kinds())
        server.kill()
        kills = [time.time()]

    with serving(program, "--port", port) as server:
        olga.watch(job_id, watching)
        watching.until(lambda now: now.kinds().count("turn_ready") >= 3)
        server.kill()
        kills.append(time.time())

    with serving(program, "--port", port):
        olga.watch(job_id, watching)
        done = olga.ended(job_id)
        assert (done["status"], done["progress_percentage"]) == ("completed", 100), done
        watching.until(lambda now: now.kinds()[-1] == "completed")
        assert watching.ids == sorted(set(watching.ids)), "nothing is told twice"
        assert watching.percentages() == sorted(watching.percentages()), "it never goes back"
        paid_once(simulator, *kills)

        episode = olga.get(f"podcasts/{episode_id}")
        assert (episode["status"], episode["revision"]) == ("completed", 1)
        assert episode["step_details"] == done["step_details"]
        assert done["step_details"]["current_speaker"] is None
        first = olga.audio(episode["audio_url"])
        assert len(first) == episode["size_bytes"]

        read = olga.http.get(f"podcasts/{episode_id}/script")
        script = read.json()
        script["segments"][0]["turns"][0]["text"] = "This opening was written by hand."
        olga.ask("PUT", f"podcasts/{episode_id}/script", json=script, headers={"If-Match": read.headers["ETag"]})
        before = said(simulator)
        render = olga.post(f"podcasts/{episode_id}/render", json={})
        assert olga.ended(render["job_id"])["status"] == "completed"
        assert said(simulator)[len(before) :] == ["This opening was written by hand."]
        newest, earlier = olga.get(f"podcasts/{episode_id}")["revisions"]
        assert (newest["number"], earlier["number"]) == (2, 1)
        assert olga.audio(newest["audio_url"]) != first
        assert olga.audio(earlier["audio_url"]) == first, "the earlier one can still be heard"

        nils.by_password("nils@example.org")
        for listed in ("podcasts", "podcasts/jobs", "notebooks", "sources", "inbox"):
            assert olga.get(listed)["items"], listed
            assert nils.get(listed)["items"] == [], listed
        for path in (
            f"podcasts/{episode_id}",
            f"podcasts/{episode_id}/script",
            f"podcasts/{episode_id}/audio",
            newest["audio_url"],
            f"podcasts/jobs/{job_id}",
            f"podcasts/jobs/{job_id}/events",
            f"notebooks/{notebook}",
            f"sources/{source['id']}",
        ):
            assert nils.http.get(nils.where(path)).status_code == 404, path
        assert nils.http.post("podcasts/generate", json={"notebook_id": notebook}).status_code == 404


def test_read_before_it_is_paid_cancelled_and_retried_and_given_back_at_a_stop(
    program: Program, start_simulator: StartSimulator
) -> None:
    simulator = start_simulator(speed=4)
    # One voice at a time: the rest of a render takes seconds after its first turn is told of.
    program = Program(program.folder, program.home, {**simulator.env, "NARROWCAST_TTS_CONCURRENCY": "1"})
    token = program.run("token", "create", "story").done().out.strip()
    port = free_port()
    with Client(port, token=token) as olga:
        with serving(program, "--port", port) as server:
            wish = {"content": program.path("canal.md").read_text("utf-8"), "stop_after": "script", **SIMULATED}
            script = olga.post("podcasts/generate", json=wish)
            assert olga.ended(script["job_id"])["status"] == "completed"
            assert olga.get(f"podcasts/{script['episode_id']}")["status"] == "script_ready"
            assert said(simulator) == []

            render = olga.post(f"podcasts/{script['episode_id']}/render", json={})
            olga.watch(render["job_id"]).until(lambda now: "turn_ready" in now.kinds())
            olga.post(f"podcasts/jobs/{render['job_id']}/cancel")
            assert olga.ended(render["job_id"])["status"] == "cancelled"

            again = olga.post(f"podcasts/jobs/{render['job_id']}/retry")
            watching = olga.watch(again["job_id"])
            watching.until(lambda now: "turn_ready" in now.kinds())
            assert server.end(signal.SIGTERM) == 0, server.told()
            assert "Traceback" not in server.told()

        with serving(program, "--port", port):
            olga.watch(again["job_id"], watching)
            done = olga.ended(again["job_id"])
            assert (done["status"], done["failures"]) == ("completed", 0), done
            watching.until(lambda now: now.kinds()[-1] == "completed")
            assert "queued" in watching.kinds(), "it was given back"
            assert watching.percentages() == sorted(watching.percentages())
            olga.audio(f"podcasts/{script['episode_id']}/audio")
            paid_once(simulator)


def test_offline_with_nothing_set(program: Program) -> None:
    token = program.run("token", "create", "story").done().out.strip()
    port = free_port()
    wish = {"content": program.path("canal.md").read_text("utf-8"), "num_segments": 1}
    with Client(port, token=token) as olga, serving(program, "--port", port):
        estimate = olga.post("podcasts/estimate", json=wish)
        assert (estimate["cost_usd"], estimate["prompt_tokens"]) == (0, 0)
        accepted = olga.post("podcasts/generate", json=wish)
        assert accepted["estimated_time"]["seconds"] <= 60, "a fixed guess for all would be longer"
        assert olga.ended(accepted["job_id"])["status"] == "completed"
        episode = olga.get(f"podcasts/{accepted['episode_id']}")
        olga.audio(episode["audio_url"])
        assert olga.http.get(olga.where(episode["transcript_urls"]["vtt"])).text.startswith("WEBVTT")
        assert olga.get("usage")["total"]["cost_usd"] == 0
