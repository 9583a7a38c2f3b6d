"""A document, and the program to make an episode of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.program import MAKE, Program

from running import Simulator

DOCUMENT = Path(__file__).with_name("canal.md")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in a folder that holds `canal.md`, with an empty home and no key."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "canal.md").write_bytes(DOCUMENT.read_bytes())
    return Program(folder, tmp_path / "home")


@pytest.fixture
def simulated(program: Program, simulator: Simulator) -> Program:
    """The same, led to a simulator without faults."""
    return Program(program.folder, program.home, simulator.env)


@pytest.fixture(scope="module")
def kept_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulator without faults that lives through a module; count calls from where a test begins."""
    ledger = tmp_path_factory.mktemp("simulator") / "ledger.jsonl"
    simulator = Simulator(ledger, "--speed=50")
    yield simulator
    simulator.stop()


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory, kept_simulator: Simulator) -> Program:
    """An episode that was made once with `MAKE`; look at it, and leave it as it is."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "canal.md").write_bytes(DOCUMENT.read_bytes())
    program = Program(folder, tmp_path_factory.mktemp("home"), kept_simulator.env)
    program.run(*MAKE).done()
    return program


@pytest.fixture
def made(first_run: Program, tmp_path: Path) -> Program:
    """A copy of the first run, its home included, to do things to."""
    shutil.copytree(first_run.folder, tmp_path / "work")
    shutil.copytree(first_run.home, tmp_path / "home")
    return Program(tmp_path / "work", tmp_path / "home", first_run.env)
