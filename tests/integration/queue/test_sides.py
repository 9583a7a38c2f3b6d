"""Which hands take what, as crews come and go, on every database."""

from __future__ import annotations

from narrowcast.queue.queue import NewJob
from narrowcast.queue.shares import GONE_S, Engine, Shares
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.workers.side import Side

from .conftest import Line

THEIRS = Crew("far", "celery", ["episode"], 4, 0, "1")


class Sides:
    """Both sides' hands, at a time that tests set."""

    def __init__(self, line: Line, share: int) -> None:
        self.line, self.share = line, share
        self.now = self.unreachable_s = 0.0
        self.local = self._side(Engine.LOCAL)

    def _side(self, engine: Engine, *, patient: bool = True) -> Side:
        # A queue of its own, for it keeps who is there for some seconds.
        return Side(
            self.line.with_limits(self.line.limits), Shares(self.share), engine, ["episode"],
            unreachable_s=lambda: self.unreachable_s, patient=patient, clock=lambda: self.now,
        )  # fmt: skip

    async def taken(self, engine: Engine) -> int | None:
        """The lot of the next job that this side takes."""
        side = self._side(engine, patient=False) if engine is Engine.CELERY else self.local
        job = await self.line.queue.claim("hand", parts=await side.parts())
        return job.lot if job else None


async def add(line: Line, *chances: float) -> None:
    for chance in chances:
        line.clock.pass_(0.001)  # so that their order is told by more than chance
        await line.with_chance(chance).enqueue(NewJob(await line.owner(), "episode", {}))


async def test_each_side_takes_its_share_until_the_other_is_gone_for_a_while(line: Line) -> None:
    sides = Sides(line, 30)
    await add(line, 0.1, 0.2, 0.5)
    await line.jobs.on_duty.report(THEIRS)
    assert await sides.taken(Engine.LOCAL) == 50
    assert await sides.taken(Engine.LOCAL) is None
    assert await sides.taken(Engine.CELERY) == 10
    sides.unreachable_s = GONE_S
    assert await sides.taken(Engine.LOCAL) == 20, "whose hands are there, and hear of nothing"


async def test_standing_by_is_no_work_until_nobody_else_is_there(line: Line) -> None:
    sides = Sides(line, 100)
    assert sides.local.stands_by
    await add(line, 0.1)
    assert await sides.taken(Engine.LOCAL) is None, "they may be starting"
    sides.now = GONE_S - 1
    assert await sides.taken(Engine.LOCAL) is None
    sides.now = GONE_S
    assert await sides.taken(Engine.LOCAL) == 10
    assert not sides.local.stands_by


async def test_celerys_hands_take_all_where_nobody_else_is_and_nothing_without_a_share(line: Line) -> None:
    await add(line, 0.9)
    assert await Sides(line, 10).taken(Engine.CELERY) == 90
    await add(line, 0.9)
    await line.jobs.on_duty.report(Crew("near", "local", ["episode"], 2, 0, "1"))
    assert await Sides(line, 10).taken(Engine.CELERY) is None
    assert await Sides(line, 0).taken(Engine.CELERY) is None
