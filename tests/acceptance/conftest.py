"""A document, and the program to make an episode of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.program import Program
from tests.conftest import Simulator

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
