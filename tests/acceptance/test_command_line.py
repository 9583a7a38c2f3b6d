"""What the command line promises: help, streams, exit codes, lengths, estimates, stopping after the script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.acceptance.program import COMMAND, MAKE, OFFLINE, SIMULATED, Program

from running import Simulator, StartSimulator

HEAVY = (
    "numpy",
    "av",
    "pydantic_ai",
    "openai",
    "sqlalchemy",
    "trafilatura",
    "obstore",
    "pypdfium2",
    "alembic",
)


def test_help_is_quick_and_light() -> None:
    """`--help` imports nothing heavy."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", COMMAND, "--help"], capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert not imported & set(HEAVY)
    assert "make" in done.stdout


@pytest.mark.parametrize("command", [[], ["make"], ["profiles"], ["voices"]])
def test_each_help_text_reads_well(program: Program, command: list[str]) -> None:
    """Every option has words of its own, and nothing of Python shows."""
    said = program.run(*command, "--help", env={"COLUMNS": "100"}).done().out
    assert "Usage: narrowcast" in said
    assert not re.search(r"None|pathlib|\[\[|\.\.\.\.|noqa", said)
    for option, rest in re.findall(r"^│ (--[a-z-]+)(.*)│$", said, re.MULTILINE):
        words = re.sub(r"-[ho]\b|<\w+>|\b[A-Z|:\[\]]+\b", " ", rest)
        assert len(words.split()) >= 2, option


def test_profiles_and_voices_list_what_there_is(program: Program) -> None:
    """The shipped profiles by name; voices for a language."""
    said = program.run("profiles").done().out
    assert all(name in said for name in ("tech_discussion", "solo_expert", "business_analysis", "diverse_panel"))
    assert len(program.run("voices", "de").done().out.splitlines()) >= 2
    program.run("voices", "xx").refused("xx")


def test_minutes_are_met(start_simulator: StartSimulator, program: Program) -> None:
    """Six minutes within 10 % when written in order, within 15 % side by side; segments as asked.

    Not at full speed: as with a real provider, clips are there before the next segment is begun.
    """
    simulated = Program(program.folder, program.home, start_simulator(speed=8).env)
    in_order = ("make", "canal.md", "-o", "order.mp3", "--minutes", "6", "--segments", "3", "--json", *SIMULATED)
    figures = simulated.run(*in_order).done().figures
    assert figures["seconds"] == pytest.approx(360, rel=0.10)
    assert figures["segments"] == len(simulated.script("order")["segments"]) == 3
    beside = ("make", "canal.md", "-o", "beside.mp3", "--minutes", "6", "--parallel", "--json", *SIMULATED)
    figures = simulated.run(*beside).done().figures
    assert figures["seconds"] == pytest.approx(360, rel=0.15)
    assert figures["segments"] == 5


def test_script_first_then_voices(simulated: Program, simulator: Simulator) -> None:
    """`--stop-after script` writes the script and its notes alone; `--script` makes the rest without a model."""
    ended = simulated.run(*MAKE, "--stop-after", "script").done()
    assert "make --script out.script.json" in ended.out
    assert simulated.names() == {"canal.md", "out.script.json", "out.notes.md"}
    assert simulator.calls("speech") == []
    script, before = simulated.script(), len(simulator.calls())
    simulated.run("make", "--script", "out.script.json", "--tts", "openai:sim").done()
    assert simulated.path("out.mp3").exists()
    assert simulated.script() == script
    assert {call.stage for call in simulator.calls()[before:]} == {"speech"}


def test_an_estimate_spends_nothing_and_comes_near(simulated: Program, simulator: Simulator) -> None:
    """No paid call, no file; its figures are of the size of what the run then takes."""
    estimate = simulated.run(*MAKE, "--estimate", "--json").done().figures
    assert simulator.calls() == []
    assert simulated.names() == {"canal.md"}
    plain = simulated.run(*MAKE, "--estimate").done().out
    assert "Nothing was spent" in plain
    made = simulated.run(*MAKE, "--json").done().figures
    assert made["cost_usd"] == estimate["cost_usd"] == 0
    assert 0.5 < made["characters"] / estimate["characters"] < 2
    assert 0.4 < made["prompt_tokens"] / estimate["prompt_tokens"] < 2.5


def test_a_budget_of_nothing_is_enough_for_what_is_free(made: Program) -> None:
    """A server on this machine costs nothing, and so does what is there already."""
    assert "no cost" in made.run(*MAKE, "--budget", "0").done().out


def test_only_the_object_goes_to_stdout(program: Program) -> None:
    """With --json stdout is one line of JSON; a title may hold anything."""
    title = 'A "title" / with\t\\ odd things: ünï ☂ <b>'
    ended = program.run("make", "canal.md", "--title", title, "--minutes", "0.5", "--json", *OFFLINE).done()
    assert ended.out.count("\n") == 1
    path = Path(ended.figures["path"])
    assert path.parent == Path()
    assert program.path(path.name).exists()
    assert program.script(path.stem)["title"].split() == title.split()


def test_a_reader_that_goes_away_and_a_full_output(made: Program) -> None:
    """stdout closed or full: no traceback, and the files are all there."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, *MAKE], cwd=made.folder, env=made.environ(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert made.path("out.mp3").exists()
    done = subprocess.run(
        ["sh", "-c", f"'{COMMAND}' profiles | head -1"], env=made.environ(), capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    assert done.stdout.count(b"\n") == 1


def test_plain_lines_when_not_on_a_terminal(made: Program) -> None:
    """No control characters, and each step is told."""
    err = made.run(*MAKE).done().err
    assert "\x1b" not in err
    assert "\r" not in err
    for word in ("Read ", "Writer: ", "Segment 1 of 2", "Script: out.script.json", "%"):
        assert word in err


def test_a_run_with_no_home_of_its_own(program: Program) -> None:
    """Without HOME and settings the user's data folder is used, or what is wrong is said."""
    env = {name: value for name, value in os.environ.items() if name not in {"HOME", "NARROWCAST_HOME"}}
    env["XDG_DATA_HOME"] = str(program.home)
    done = subprocess.run([COMMAND, "voices", "en"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (program.home / "narrowcast").is_dir()
