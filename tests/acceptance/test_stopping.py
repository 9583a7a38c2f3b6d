"""Stopping a run in the middle of its sound, and what a fault late in the episode does at once."""

from __future__ import annotations

import json
import signal

import pytest
from tests.acceptance.program import OFFLINE, SIMULATED, Program

from running import StartSimulator


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_mixing_ends_the_run_and_loses_nothing(program: Program, stop: signal.Signals) -> None:
    arguments = ("make", "canal.md", "-o", "out.mp3", *OFFLINE)
    running = program.start(*arguments)
    assert running.stdout is not None
    said = ""
    while "mixed" not in said:
        line = running.stdout.readline()
        assert line, said
        said += line
    running.send_signal(stop)
    rest, _ = running.communicate(timeout=120)
    assert running.returncode == 130, said + rest
    assert "Run the same command again" in rest
    assert not list(program.folder.glob(".*")), "nothing unfinished is left"
    again = program.run(*arguments, "--json").done()
    assert again.figures["cached"]["clips"] > 0


def test_a_turn_that_cannot_be_voiced_is_told_at_once(start_simulator: StartSimulator, program: Program) -> None:
    """A clip that is refused fails the run long before its turn would be heard."""
    slow_first = "The first turn takes long to say. " * 60
    turns = [{"id": f"a{n}", "speaker": "Maya", "text": f"Turn {n}. {'' if n else slow_first}"} for n in range(200)]
    speakers = [{"name": "Maya", "voice_id": "nova", "tts_provider": "openai", "tts_model": "sim"}]
    script = {"title": "T", "language": "en", "speakers": speakers, "segments": [{"title": "S", "turns": turns}]}
    program.path("t.script.json").write_text(json.dumps(script))
    simulator = start_simulator(speed=5, faults=["tts:401@6"])
    told = Program(program.folder, program.home, simulator.env).run("make", "--script", "t.script.json", *SIMULATED[2:])
    assert told.code in {1, 2}, told.err
    assert "mixed" not in told.err, "the first turn was still being voiced"
    assert len(simulator.calls("speech")) < 30, "most of the other turns were never asked for"


def test_a_script_without_its_sources_flags_nothing(program: Program) -> None:
    program.run("make", "canal.md", "-o", "out.mp3", *OFFLINE, "--stop-after", "script").done()
    told = program.run("make", "--script", "out.script.json", "--tts", "espeak").done()
    assert "to check" not in told.err
