"""The line of simulated days serves as the real one does: the same job for every claim, whoever runs how many."""

from __future__ import annotations

import random

import pytest
from tests.integration.queue.conftest import Line

from narrowcast.queue import order
from narrowcast.queue.outcome import Completed
from narrowcast.store.jobs.claims import Load, Part
from narrowcast.store.jobs.rows import Job
from simulated_day import Line as Simulated
from simulated_day import _Task


@pytest.mark.parametrize("seed", range(3))
async def test_it_serves_whom_the_database_serves(line: Line, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    owners = {await line.owner(tier): tier for tier in ("free", "free", "standard", "standard", "standard")}
    running: list[Job] = []
    simulated, claims = Simulated(), 0

    def turns() -> list[Load]:
        held = [job.owner_id for job in running]
        return [Load(owner, owners[owner], held.count(owner)) for owner in dict.fromkeys(held)]

    for _ in range(120):
        line.clock.pass_(chance.choice([1, 60, 400]))
        owner = chance.choice(list(owners))
        if chance.random() < 0.5 and line_has_room(simulated, owner, owners[owner]):
            job = await line.add(owner, priority=chance.choice([0, 0, 1, 3]))
            simulated.add(_Task(job, owners[owner], 1.0))
        elif chance.random() < 0.6:
            task = simulated.take(order.turns(turns(), lambda tier: line.limits.of(tier).running), [Part(["episode"])])
            claimed = await line.queue.claim("hand")
            assert (task.job.id if task else None) == (claimed.id if claimed else None)
            if claimed:
                claims += 1
                running.append(claimed)
        elif running:
            ended = running.pop(chance.randrange(len(running)))
            assert await line.queue.finish(ended.id, ended.epoch, Completed({}))
    assert claims > 20


def line_has_room(simulated: Simulated, owner: str, tier: str) -> bool:
    """Whether the owner may have one more wait."""
    waiting = [task for beside in simulated._ranks.values() for _, _, task in beside if task.job.owner_id == owner]
    return tier != "free" or len(waiting) < 3
