"""Every place where a process may die, on PostgreSQL: `make check` has a sample there, and all of them on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.workers.crashing import PLACES, Cases, Processes, dies_and_another_completes, is_given_up

from running import Simulator
from servers import Postgres


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Processes that ask a simulator."""
    simulator = Simulator(tmp_path_factory.mktemp("provider") / "ledger.jsonl", "--speed=200")
    processes = Processes(simulator)
    yield processes
    processes.end()
    simulator.stop()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Cases]:
    """Homes with a database of a server."""
    cases = Cases(tmp_path_factory.mktemp("template"), postgres)
    yield cases
    cases.end()


@pytest.mark.parametrize(("asked_for", "place"), PLACES)
def test_dying_there_the_next_process_completes_the_job(
    asked_for: str, place: str, cases: Cases, processes: Processes, tmp_path: Path
) -> None:
    dies_and_another_completes(cases.new(tmp_path / "all"), processes, asked_for, place)


def test_a_job_that_kills_its_process_again_and_again_is_given_up(
    cases: Cases, processes: Processes, tmp_path: Path
) -> None:
    is_given_up(cases.new(tmp_path / "all"), processes)
