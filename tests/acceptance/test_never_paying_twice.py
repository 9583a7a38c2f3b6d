"""Whatever happens between two runs, only what is missing is asked for; the simulator's ledger is the witness."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from tests.acceptance.program import MAKE, SIDE_ENDINGS, Program, until

from narrowcast.tts.spoken.normalise import for_speech
from running import Simulator, StartSimulator

UNSAVED_S = 0.3


def test_figures_are_the_ledgers(simulated: Program, simulator: Simulator) -> None:
    """Tokens and characters are what the provider counted."""
    figures = simulated.run(*MAKE, "--json").done().figures
    text = [call for call in simulator.calls() if call.kind == "llm"]
    assert figures["prompt_tokens"] == sum(call.prompt_tokens for call in text) > 0
    assert figures["completion_tokens"] == sum(call.completion_tokens for call in text) > 0
    assert figures["characters"] == sum(call.characters for call in simulator.calls("speech"))
    assert figures["turns"] == len(simulated.turns())
    assert figures["cached"] == {"outlines": 0, "segments": 0, "clips": 0}


def test_a_second_run_asks_for_nothing_and_makes_the_same(made: Program, kept_simulator: Simulator) -> None:
    """Not one call; the same script and sound, also under another name in another folder."""
    before = len(kept_simulator.calls())
    script, sound = made.script(), made.path("out.mp3").read_bytes()
    made.path("elsewhere").mkdir()
    again = made.run(*MAKE[:3], "elsewhere/other.mp3", *MAKE[4:], "--json").done().figures
    assert len(kept_simulator.calls()) == before
    assert again["cached"] == {"outlines": 1, "segments": 2, "clips": again["turns"]}
    assert (again["prompt_tokens"], again["completion_tokens"], again["characters"]) == (0, 0, 0)
    assert made.script("elsewhere/other") == script
    assert made.path("elsewhere/other.mp3").read_bytes() == sound


def test_vectors_are_counted_and_paid_for_once(simulated: Program, simulator: Simulator) -> None:
    """With embeddings: each passage and each segment's question once; a second run asks for none of them."""
    env, script_only = {"NARROWCAST_EMBEDDINGS": "openai:sim"}, ("--stop-after", "script", "--json")
    figures = simulated.run(*MAKE, *script_only, env=env).done().figures
    embedded = simulator.calls("embeddings")
    texts = [text for call in embedded for text in call.items]
    assert len(texts) == len(set(texts)) > 3
    assert figures["prompt_tokens"] == sum(call.prompt_tokens for call in simulator.calls())
    before = len(simulator.calls())
    simulated.run(*MAKE, *script_only, env=env).done()
    assert len(simulator.calls()) == before
    refused = simulated.run(*MAKE, *script_only, env={"NARROWCAST_EMBEDDINGS": "text-embedding-3-small"})
    refused.refused("NARROWCAST_EMBEDDINGS", "openai:text-embedding-3-small")


def test_one_changed_turn_costs_one_call(made: Program, kept_simulator: Simulator) -> None:
    """Edit a turn, run with --script: one request for speech, with the new words, and none for text."""
    before = len(kept_simulator.calls())
    script = made.script()
    script["segments"][0]["turns"][1]["text"] = "Here stands a line that somebody wrote by hand."
    made.path("out.script.json").write_text(json.dumps(script), "utf-8")
    made.run("make", "--script", "out.script.json", "-o", "out.mp3", "--tts", "openai:sim").done()
    new = kept_simulator.calls()[before:]
    assert [(call.stage, call.text) for call in new] == [("speech", "Here stands a line that somebody wrote by hand.")]
    assert made.script() == script


@pytest.mark.parametrize(
    ("after", "mode"),
    [
        pytest.param(("outline", 0), (), id="outline"),
        pytest.param(("transcript", 1), (), id="second segment"),
        pytest.param(("speech", 4), ("--parallel",), id="clips"),
    ],
)
def test_kill_9_and_run_again(
    start_simulator: StartSimulator, program: Program, after: tuple[str, int], mode: Sequence[str]
) -> None:
    """Nothing that was answered is asked again, but for what was in flight; what was voiced stays in the script."""
    simulator = start_simulator(speed=12)
    simulated = Program(program.folder, program.home, simulator.env)
    stage, number = after
    command = (*MAKE, "--minutes", "2", *mode)
    process = simulated.start(*command)
    assert until(lambda: len(simulator.calls(stage)) > number, process)
    time.sleep(0.4)
    process.kill()
    killed_at = time.time()
    process.communicate()
    killed = simulator.calls()
    assert not simulated.path("out.mp3").exists()
    simulated.run(*command).done()
    calls = simulator.calls()
    times = Counter(call.hash for call in calls if call.ok)
    # What was answered this shortly before the kill may not have reached the disk yet.
    in_flight = {call.hash for call in killed if call.end_time is None or call.end_time > killed_at - UNSAVED_S}
    assert {digest: count for digest, count in times.items() if count > 1 + (digest in in_flight)} == {}
    kept = [call for call in killed if call.stage == "speech" and call.hash not in in_flight]
    assert {call.text for call in kept} <= {for_speech(turn["text"], "en") for turn in simulated.turns()}
    assert simulated.names() == {"canal.md", "out.mp3", *(f"out{ending}" for ending in SIDE_ENDINGS)}


def test_kill_9_in_the_middle_of_a_segment(start_simulator: StartSimulator, program: Program) -> None:
    """What the model had said stands: it is asked for the rest alone, and the turns stay as they were."""
    simulator = start_simulator(speed=2)
    simulated = Program(program.folder, program.home, simulator.env)
    process = simulated.start(*MAKE, "--minutes", "3")
    assert until(lambda: bool(simulator.calls("transcript")), process)
    time.sleep(1.4)
    process.kill()
    killed_at = time.time()
    process.communicate()
    time.sleep(0.5)
    cut = simulator.calls("transcript")[-1]
    said = [text for text, end in zip(cut.items, cut.item_ends, strict=False) if cut.start_time + end < killed_at - 0.3]
    assert cut.status == "aborted"
    assert said, "it was killed before the first turn"
    simulated.run(*MAKE, "--minutes", "3").done()
    assert [call.hash for call in simulator.calls()].count(cut.hash) == 1
    assert [turn["text"] for turn in simulated.turns()][: len(said)] == said


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_says_so_and_goes_on(
    program: Program, start_simulator: StartSimulator, sign: signal.Signals
) -> None:
    """Exit code 130 with one message; calls in flight are let finish and kept; the next run completes."""
    simulator = start_simulator(speed=12)
    simulated = Program(program.folder, program.home, simulator.env)
    process = simulated.start(*MAKE)
    assert until(lambda: len(simulator.calls("speech")) > 1, process)
    process.send_signal(sign)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "same command again" in said
    assert "Traceback" not in said
    speech = [call.status for call in simulator.calls("speech")]
    assert set(speech) == {"ok"}
    assert simulated.names() <= {"canal.md", "out.script.json"}
    simulated.run(*MAKE).done()
    answered = Counter(call.hash for call in simulator.calls("speech") if call.ok)
    assert set(answered.values()) == {1}


def test_a_provider_that_fails_for_good_costs_nothing_that_was_made(
    program: Program, start_simulator: StartSimulator
) -> None:
    """A key refused in mid-run ends it; the script can be finished without voices, and nothing is paid twice."""
    simulator = start_simulator(faults=["tts:401@3"])
    simulated = Program(program.folder, program.home, simulator.env)
    ended = simulated.run(*MAKE)
    assert ended.code in {1, 2}
    assert "Traceback" not in ended.err
    simulated.run(*MAKE, "--stop-after", "script").done()
    assert simulated.turns()
    simulated.run(*MAKE).done()
    answered = Counter(call.text for call in simulator.calls("speech") if call.ok)
    assert set(answered.values()) == {1}
    assert len([call for call in simulator.calls("outline") if call.ok]) == 1


def test_two_identical_runs_at_once_pay_once(simulated: Program, simulator: Simulator) -> None:
    """They share the home: whoever comes second waits for the other's answers; both finish."""
    other = [*MAKE[:3], "twin.mp3", *MAKE[4:]]
    runs = [simulated.start(*MAKE), simulated.start(*other)]
    for process in runs:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert set(Counter(call.hash for call in simulator.calls()).values()) == {1}
    assert simulated.script() == simulated.script("twin")


def test_what_was_lost_from_the_store_is_made_anew(made: Program, kept_simulator: Simulator) -> None:
    """Clips deleted or damaged between two runs are asked for again, no others."""
    before = len(kept_simulator.calls())
    clips = sorted(path for path in made.home.rglob("*.flac"))
    assert len(clips) > 2
    clips[0].unlink()
    clips[1].write_bytes(clips[1].read_bytes()[:-40])
    made.run(*MAKE).done()
    assert [call.stage for call in kept_simulator.calls()[before:]] == ["speech", "speech"]


def test_a_home_that_is_gone_or_broken(made: Program) -> None:
    """A damaged database is named, with the way out; nothing of it is thrown away."""
    (database,) = [path for path in made.home.rglob("*") if path.suffix in {".db", ".sqlite", ".sqlite3"}]
    database.write_bytes(b"this is no database" * 500)
    ended = made.run(*MAKE)
    assert ended.code in {1, 2}
    assert str(database) in ended.err or str(made.home) in ended.err
    assert "Traceback" not in ended.err
    assert database.read_bytes().startswith(b"this is no database")
    shutil.rmtree(made.home)
    made.run(*MAKE).done()
