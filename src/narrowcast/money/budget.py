"""What may be spent, what was spent, and what open calls may still cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from narrowcast.errors import BudgetError


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
    """Money for one run in USD; `limit_usd` none: as much as it takes.

    A call's worst case is held back while it is open, so that calls side by side do not exceed the limit together.
    """

    def __init__(self, limit_usd: float | None = None) -> None:
        self.limit_usd = limit_usd
        self.spent_usd = 0.0
        self._held_usd = 0.0
        self._waiting: list[asyncio.Future[None]] = []
        self._closed = False

    def close(self) -> None:
        """Begin no further calls: whoever waits for money is cancelled; calls in flight go on."""
        self._closed = True
        while self._waiting:
            self._waiting.pop().cancel()

    @asynccontextmanager
    async def paying(self, worst_usd: float | None, what: str) -> AsyncIterator[Payment]:
        """Make one call that costs at most `worst_usd` (none: not known); `what` names who is paid.

        Where only what open calls hold back stands in its way, it waits until they have settled. On leaving, what was
        settled counts as spent; where nothing was, the worst case, or nothing if the call failed. Raises `BudgetError`
        before the call where the limit would be exceeded or the price is not known.
        """
        payment = Payment(self._known(worst_usd, what), limited=self.limit_usd is not None)
        await self._afford(payment.worst_usd, what)
        self._held_usd += payment.worst_usd
        succeeded = False
        try:
            yield payment
            succeeded = True
        finally:
            self._held_usd -= payment.worst_usd
            unsettled = payment.worst_usd if succeeded else 0.0
            self.spent_usd += unsettled if payment.settled_usd is None else payment.settled_usd
            self._wake()

    def _known(self, worst_usd: float | None, what: str) -> float:
        if worst_usd is None and self.limit_usd is not None:
            raise BudgetError(
                f"The price of {what} is not known, so a budget cannot be kept.",
                hint="Go on without --budget, or choose a model and voices whose price is known or that run locally.",
            )
        return worst_usd or 0.0

    async def _afford(self, worst_usd: float, what: str) -> None:
        """Wait until there is room for `worst_usd`. Raises `BudgetError` where there will be none."""
        if self.limit_usd is None:
            return
        while self.spent_usd + self._held_usd + worst_usd > self.limit_usd + 1e-9:
            if self.spent_usd + worst_usd > self.limit_usd + 1e-9:
                raise BudgetError(
                    f"Going on would exceed the budget of {usd(self.limit_usd)}: {usd(self.spent_usd)} spent, up to "
                    f"{usd(worst_usd)} for the next call to {what}.",
                    hint="What was paid for is kept: run the same command with a higher --budget to go on from here.",
                )
            if self._closed:
                raise asyncio.CancelledError
            settled = asyncio.get_running_loop().create_future()
            self._waiting.append(settled)
            await settled

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for settled in waiting:
            if not settled.done():
                settled.set_result(None)


def usd(amount: float) -> str:
    """`1.20 USD`; small amounts with the digits that tell them from nothing."""
    digits = 2 if amount == 0 or amount >= 0.1 else 4
    return f"{amount:.{digits}f} USD"
