"""One side of the work, local or Celery's: what its hands may take now, given who else is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from narrowcast.queue.queue import Queue
from narrowcast.queue.shares import Engine, Shares, served
from narrowcast.store.jobs.claims import Part


def _reached() -> float:
    return 0.0


class Side:
    """Hands of one engine, of these kinds.

    `unreachable_s` tells since when the broker could not be reached. The other side is waited for from the start, as
    after a time that it was there, unless `patient` is false: then it is there, or not, as it is seen now.
    """

    def __init__(
        self,
        queue: Queue,
        shares: Shares,
        engine: Engine,
        kinds: Sequence[str],
        *,
        unreachable_s: Callable[[], float] = _reached,
        patient: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._shares = shares
        self._engine = engine
        self._unreachable_s = unreachable_s
        self._clock = clock
        self._seen = dict.fromkeys(kinds, clock() if patient else float("-inf"))
        self.stands_by = not shares.lots(engine)
        """Whether these hands have no lots as things are: others do it all, but for what is overdue."""

    async def parts(self) -> Sequence[Part]:
        """What may be taken. Raises `OutputError` when the database does not answer."""
        other = self._engine.other
        if not self._shares.alone(self._engine):
            there = served(await self._queue.crews(), other)
            now = self._clock()
            self._seen.update(dict.fromkeys(there & self._seen.keys(), now))
        deaf_s = self._unreachable_s() if other is Engine.CELERY else 0.0
        gone_s = {kind: max(self._clock() - seen, deaf_s) for kind, seen in self._seen.items()}
        parts = self._shares.parts(self._engine, gone_s, self._queue.now())
        self.stands_by = not any(part.lots for part in parts)
        return parts
