"""The queue's laws hold in any order of events; and the machine that says so sees when they do not.

On PostgreSQL a sample; the rest is in `tests/long`.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.claims import Claims

from .conftest import NewDatabase
from .machine import QUICK, explore, hunt
from .mutants import MUTANTS


def test_any_order_of_events_keeps_the_laws(new_sqlite: NewDatabase) -> None:
    explore(new_sqlite, QUICK)


def test_any_order_of_events_keeps_the_laws_on_postgresql(new_postgresql_database: NewDatabase) -> None:
    explore(new_postgresql_database, settings(QUICK, max_examples=3))


@pytest.mark.parametrize(("claims", "queue", "seen"), MUTANTS)
def test_the_machine_sees_what_is_broken(
    new_sqlite: NewDatabase, claims: type[Claims], queue: type[Queue], seen: str
) -> None:
    hunt(new_sqlite, claims, queue, seen)
