"""What may be spent, what was spent, and what open calls may still cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from narrowcast.errors import BudgetError

RAISE_HINT = "What was paid for is kept: run the same command with a higher --budget to go on from here."


class Payment:
    """What one call costs: at most `worst_usd`, unless `settle` says what it came to.

    `limited` tells that a limit rests on `worst_usd`, so that the call must not be able to cost more.
    """

    def __init__(self, worst_usd: float, *, limited: bool) -> None:
        self.worst_usd = worst_usd
        self.limited = limited
        self.settled_usd: float | None = None

    def settle(self, cost_usd: float | None) -> None:
        """What the call really cost; none where nobody knows, then its worst case counts."""
        self.settled_usd = self.worst_usd if cost_usd is None else cost_usd


class Budget:
    """Money in USD for one run, or for all that someone does in a month; `limit_usd` none: as much as it takes.

    A call's worst case is held back while it is open, so that calls side by side do not exceed the limit together.
    A budget `within` another one takes from both, and neither is exceeded. `name` and `hint` are for who meets the
    limit: whose it is, and what to do then.
    """

    def __init__(
        self,
        limit_usd: float | None = None,
        *,
        within: Budget | None = None,
        spent_usd: float = 0.0,
        name: str = "the budget",
        hint: str = RAISE_HINT,
    ) -> None:
        self.limit_usd = limit_usd
        self.spent_usd = spent_usd
        self.name = name
        self.hint = hint
        self.within = within
        self.held_usd = 0.0
        self._waiting: dict[asyncio.Future[None], None] = {}
        self._mine: dict[asyncio.Future[None], None] = {}
        self._closed = False

    @property
    def left_usd(self) -> float | None:
        """What may still be spent, here and in the budget around; none without any limit."""
        lefts = [each.limit_usd - each.spent_usd - each.held_usd for each in self._all() if each.limit_usd is not None]
        return max(0.0, min(lefts)) if lefts else None

    def close(self) -> None:
        """Begin no further calls: whoever waits for money is cancelled; calls in flight go on."""
        self._closed = True
        while self._mine:
            self._mine.popitem()[0].cancel()

    def raise_to(self, limit_usd: float | None) -> None:
        """Another limit from now on; who waits looks again."""
        self.limit_usd = limit_usd
        self._wake()

    @asynccontextmanager
    async def paying(self, worst_usd: float | None, what: str) -> AsyncIterator[Payment]:
        """Make one call that costs at most `worst_usd` (none: not known); `what` names who is paid.

        Where only what open calls hold back stands in its way, it waits until they have settled. On leaving, what was
        settled counts as spent; where nothing was, the worst case, or nothing if the call failed. Raises `BudgetError`
        before the call where the limit would be exceeded or the price is not known.
        """
        payment = Payment(self._known(worst_usd, what), limited=self._limiting() is not None)
        await self._afford(payment.worst_usd, what)
        for each in self._all():
            each.hold(payment.worst_usd)
        succeeded = False
        try:
            yield payment
            succeeded = True
        finally:
            unsettled = payment.worst_usd if succeeded else 0.0
            spent = unsettled if payment.settled_usd is None else payment.settled_usd
            for each in self._all():
                each.release(payment.worst_usd, spent)

    def hold(self, worst_usd: float) -> None:
        """Hold back what an open call may cost."""
        self.held_usd += worst_usd

    def release(self, worst_usd: float, spent_usd: float) -> None:
        """A call has ended: count what it cost instead of what was held back; who waits looks again."""
        self.held_usd -= worst_usd
        self.spent_usd += spent_usd
        self._wake()

    def exceeded_by(self, more_usd: float) -> bool:
        """Whether so much more would exceed the limit, as things are now."""
        return self.limit_usd is not None and self.spent_usd + self.held_usd + more_usd > self.limit_usd + 1e-9

    async def room(self, waiters: dict[asyncio.Future[None], None]) -> None:
        """Wait until a call ends or the limit changes; `waiters` holds the wait meanwhile, for who may cancel it."""
        settled = asyncio.get_running_loop().create_future()
        self._waiting[settled] = waiters[settled] = None
        try:
            await settled
        finally:
            self._waiting.pop(settled, None)
            waiters.pop(settled, None)

    def _all(self) -> Iterator[Budget]:
        """This budget and those around it."""
        each: Budget | None = self
        while each is not None:
            yield each
            each = each.within

    def _limiting(self) -> Budget | None:
        return next((each for each in self._all() if each.limit_usd is not None), None)

    def _known(self, worst_usd: float | None, what: str) -> float:
        if worst_usd is None and (limiting := self._limiting()) is not None:
            raise BudgetError(
                f"The price of {what} is not known, so {limiting.name} cannot be kept.", hint=limiting.unknown_hint
            )
        return worst_usd or 0.0

    @property
    def unknown_hint(self) -> str:
        """What to do where a price is not known."""
        way = "Go on without --budget, or choose" if self.hint == RAISE_HINT else "Choose"
        return f"{way} a model and voices whose price is known or that run locally."

    async def _afford(self, worst_usd: float, what: str) -> None:
        """Wait until there is room for `worst_usd`. Raises `BudgetError` where there will be none."""
        while (tight := self._without_room(worst_usd)) is not None:
            if tight.spent_usd + worst_usd > (tight.limit_usd or 0.0) + 1e-9:
                raise BudgetError(
                    f"Going on would exceed {tight.name} of {usd(tight.limit_usd or 0.0)}: {usd(tight.spent_usd)} "
                    f"spent, up to {usd(worst_usd)} for the next call to {what}.",
                    hint=tight.hint,
                )
            if self._closed:
                raise asyncio.CancelledError
            await tight.room(self._mine)

    def _without_room(self, worst_usd: float) -> Budget | None:
        return next((each for each in self._all() if each.exceeded_by(worst_usd)), None)

    def _wake(self) -> None:
        for settled in self._waiting:
            if not settled.done():
                settled.set_result(None)


def usd(amount: float) -> str:
    """`1.20 USD`; small amounts with the digits that tell them from nothing."""
    digits = 2 if amount == 0 or amount >= 0.1 else 4
    return f"{amount:.{digits}f} USD"
