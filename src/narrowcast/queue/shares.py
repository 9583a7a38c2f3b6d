"""Which jobs are whose where local and Celery hands work side by side.

Each job has a lot, 0 to 99 by chance. Celery's hands take those below the share that was set for them, local hands the
others. A share is for days on which one moves from one to the other, and no job shall wait for it: where one side has
no hands for a kind of job for `GONE_S`, or cannot be told of its jobs, the other takes them all; and what waits longer
than `OVERDUE_S` may be taken by either side, also by one that stands by without a share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from narrowcast.store.jobs.claims import Part
from narrowcast.store.jobs.on_duty import Crew

LOTS = range(100)
OVERDUE_S = 600.0
GONE_S = 60.0
"""How long a side is waited for that has no hands, or whose broker cannot be reached: a restart is shorter."""


class Engine(StrEnum):
    """Whose hands."""

    LOCAL = "local"
    CELERY = "celery"

    @property
    def other(self) -> Engine:
        """The other side."""
        return Engine.CELERY if self is Engine.LOCAL else Engine.LOCAL


@dataclass(frozen=True)
class Shares:
    """How jobs are shared out. `celery` is Celery's share of a hundred; none: there are no Celery hands at all."""

    celery: int | None = None

    def lots(self, engine: Engine) -> range:
        """The lots of one side while the other does its own."""
        if self.celery is None:
            return LOTS if engine is Engine.LOCAL else range(0)
        return range(self.celery) if engine is Engine.CELERY else range(self.celery, len(LOTS))

    def alone(self, engine: Engine) -> bool:
        """Whether everything is this side's, whatever becomes of the other."""
        return self.lots(engine) == LOTS

    def parts(self, engine: Engine, gone_s: Mapping[str, float], now: datetime) -> list[Part]:
        """What hands of this side may take now.

        `gone_s` has the kinds that they know, and for how many seconds the other side could do none of that kind.
        """
        if self.alone(engine):
            return [Part(sorted(gone_s))]
        parts = []
        if deserted := sorted(kind for kind, seconds in gone_s.items() if seconds >= GONE_S):
            parts.append(Part(deserted))
        if shared := sorted(set(gone_s) - set(deserted)):
            parts.append(Part(shared, self.lots(engine), now - timedelta(seconds=OVERDUE_S)))
        return parts


def served(crews: Sequence[Crew], engine: Engine) -> set[str]:
    """The kinds of job for which that side has hands."""
    return {kind for crew in crews if crew.engine == engine and crew.slots for kind in crew.kinds}
