"""A provider that fails: what may pass is tried again, what is permanent is told at once and costs nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.acceptance.program import MAKE, SIMULATED, Program

from narrowcast.tts.spoken.normalise import for_speech
from running import Simulator, StartSimulator

SHORT = ("make", "canal.md", "-o", "out.mp3", "--minutes", "1", "--segments", "2")


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(["tts:429@1", "tts:500@2", "tts:reset@3", "tts:html@5"], id="refused speech"),
        pytest.param(["tts:truncated@1", "tts:silent@2", "tts:empty@3"], id="spoilt speech"),
        pytest.param(["llm:500@1", "llm:fenced@2", "llm:cutoff@3", "llm:429@4"], id="text, cut off"),
        pytest.param(["llm:thinking@1", "llm:reset@2", "llm:html@3"], id="text, broken off"),
    ],
)
def test_what_may_pass_is_tried_again(start_simulator: StartSimulator, program: Program, faults: list[str]) -> None:
    """The episode is complete; what was answered well is asked for once."""
    simulator = start_simulator(faults=faults, options=["--retry-after=1"])
    simulated = Program(program.folder, program.home, simulator.env)
    figures = simulated.run(*MAKE, "--json").done().figures
    assert figures["segments"] == 2
    assert figures["seconds"] == pytest.approx(60, rel=0.3)
    assert [call for call in simulator.calls() if not call.ok], "no fault happened"
    assert set(Counter(call.hash for call in simulator.calls() if call.ok).values()) == {1}
    texts = Counter(call.text for call in simulator.calls("speech") if call.ok)
    assert texts == Counter(for_speech(turn["text"], "en") for turn in simulated.turns())


def test_a_429_is_waited_for_and_told(start_simulator: StartSimulator, program: Program) -> None:
    """Nobody calls before the provider's own time is over, and the person is told why it takes long."""
    simulator = start_simulator(faults=["tts:429@1"], options=["--retry-after=2"])
    simulated = Program(program.folder, program.home, simulator.env)
    ended = simulated.run(*MAKE).done()
    assert "trying again in 2 s" in ended.err.casefold()
    refused, *later = simulator.calls("speech")
    assert refused.end
    assert all(call.start < refused.end + 0.1 or call.start >= refused.end + 1.95 for call in later)


@pytest.mark.parametrize(
    ("options", "env", "said"),
    [
        pytest.param(SIMULATED, {"OPENAI_API_KEY": "wrong"}, "key", id="key for both"),
        pytest.param(("--llm", "none", "--tts", "openai:sim"), {"OPENAI_API_KEY": "wrong"}, "key", id="key for voices"),
        pytest.param(("--llm", "openai:no-such", "--tts", "espeak"), {}, "no-such", id="model"),
        pytest.param(("--llm", "openai:sim", "--tts", "nope"), {}, "nope", id="voice provider"),
    ],
)
def test_what_is_permanent_is_told_before_anything_is_paid(
    simulated: Program, simulator: Simulator, options: tuple[str, ...], env: dict[str, str], said: str
) -> None:
    """Exit code 2, the thing is named, the ledger is empty, no key is shown."""
    ended = simulated.run(*SHORT, *options, env=env).refused(said)
    assert simulator.calls() == []
    assert "wrong" not in ended.err.replace("is wrong", "")
    assert simulated.names() == {"canal.md"}


def test_a_voice_model_that_another_server_refuses(simulated: Program, simulator: Simulator) -> None:
    """Such a server's list of models is not trusted, so this is known by the first call for speech: told at once."""
    simulated.run(*SHORT, "--llm", "openai:sim", "--tts", "openai:no-such").refused("no-such")
    assert simulator.calls("speech") == []
    assert not simulated.path("out.mp3").exists()


def test_a_server_that_is_not_there(program: Program) -> None:
    """It is named, with its address; a second try later goes on."""
    env = {"OPENAI_API_KEY": "sim", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    ended = program.run(*MAKE, env=env)
    assert ended.code in {1, 2}
    assert "Traceback" not in ended.err
    assert "127.0.0.1:9" in ended.err or "openai" in ended.err
    assert program.names() == {"canal.md"}


def test_a_provider_that_never_recovers_ends_with_what_there_is(
    start_simulator: StartSimulator, program: Program
) -> None:
    """Exit code 1 after the last try; the message says that the same command goes on."""
    simulator = start_simulator(faults=["llm:400"])
    simulated = Program(program.folder, program.home, simulator.env)
    ended = simulated.run(*MAKE)
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    assert "same command" in ended.err
    assert len(simulator.calls()) == 1
