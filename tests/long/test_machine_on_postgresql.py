"""The queue's laws on PostgreSQL, in many orders of events; and each mutant is seen there too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from hypothesis import settings
from tests.integration.queue.machine import QUICK, explore, hunt
from tests.integration.queue.mutants import MUTANTS

from narrowcast.queue.queue import Queue
from narrowcast.store.jobs.claims import Claims


def test_any_order_of_events_keeps_the_laws(new_postgresql: Callable[[], str]) -> None:
    explore(lambda: nullcontext(new_postgresql()), settings(QUICK, max_examples=30))


@pytest.mark.parametrize(("claims", "queue", "seen"), MUTANTS)
def test_the_machine_sees_what_is_broken(
    new_postgresql: Callable[[], str], claims: type[Claims], queue: type[Queue], seen: str
) -> None:
    hunt(lambda: nullcontext(new_postgresql()), claims, queue, seen)
