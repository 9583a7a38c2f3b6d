"""A process that dies at a named place of a job: the next one completes it, paying again only for calls in flight.

All places on SQLite; on PostgreSQL those that rest most on the database, and all of them in `tests/long`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.workers.crashing import (
    PLACES,
    SAMPLE,
    Cases,
    Processes,
    dies_and_another_completes,
    is_given_up,
)

from running import Simulator
from servers import Postgres


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Processes that ask a simulator: one for all tests; each looks at its own calls."""
    simulator = Simulator(tmp_path_factory.mktemp("provider") / "ledger.jsonl", "--speed=200")
    processes = Processes(simulator)
    yield processes
    processes.end()
    simulator.stop()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """Homes with a file."""
    return Cases(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Cases]:
    """Homes with a database of a server."""
    cases = Cases(tmp_path_factory.mktemp("template"), postgres)
    yield cases
    cases.end()


@pytest.mark.parametrize(("asked_for", "place"), PLACES)
def test_dying_there_the_next_process_completes_the_job(
    asked_for: str, place: str, on_sqlite: Cases, processes: Processes, tmp_path: Path
) -> None:
    dies_and_another_completes(on_sqlite.new(tmp_path / "all"), processes, asked_for, place)


@pytest.mark.parametrize(("asked_for", "place"), [case for case in PLACES if case[1] in SAMPLE])
def test_dying_there_on_postgresql(
    asked_for: str, place: str, on_postgresql: Cases, processes: Processes, tmp_path: Path
) -> None:
    dies_and_another_completes(on_postgresql.new(tmp_path / "all"), processes, asked_for, place)


def test_a_job_that_kills_its_process_again_and_again_is_given_up(
    on_sqlite: Cases, processes: Processes, tmp_path: Path
) -> None:
    is_given_up(on_sqlite.new(tmp_path / "all"), processes)
