"""What may be spent, what was spent, and what open calls may still cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from narrowcast.errors import BudgetError


class Payment:
    """What one call costs: at most `worst_usd`, unless `settle` says what it came to."""

    def __init__(self, worst_usd: float) -> None:
        self.worst_usd = worst_usd
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

    @contextmanager
    def paying(self, worst_usd: float | None, what: str) -> Iterator[Payment]:
        """Make one call that costs at most `worst_usd` (none: not known); `what` names who is paid.

        On leaving, what was settled counts as spent; where nothing was, the worst case, or nothing if the call failed.
        Raises `BudgetError` before the call where the limit would be exceeded or the price is not known.
        """
        payment = Payment(self._checked(worst_usd, what))
        self._held_usd += payment.worst_usd
        succeeded = False
        try:
            yield payment
            succeeded = True
        finally:
            self._held_usd -= payment.worst_usd
            unsettled = payment.worst_usd if succeeded else 0.0
            self.spent_usd += unsettled if payment.settled_usd is None else payment.settled_usd

    def _checked(self, worst_usd: float | None, what: str) -> float:
        if self.limit_usd is None:
            return worst_usd or 0.0
        if worst_usd is None:
            raise BudgetError(
                f"The price of {what} is not known, so a budget cannot be kept.",
                hint="Go on without --budget, or choose a model and voices whose price is known or that run locally.",
            )
        if self.spent_usd + self._held_usd + worst_usd > self.limit_usd + 1e-9:
            raise BudgetError(
                f"Going on would exceed the budget of {usd(self.limit_usd)}: {usd(self.spent_usd)} spent, "
                f"{usd(self._held_usd)} held for open calls, up to {usd(worst_usd)} for the next one to {what}.",
                hint="What was paid for is kept: run the same command with a higher --budget to go on from here.",
            )
        return worst_usd


def usd(amount: float) -> str:
    """`1.20 USD`; small amounts with the digits that tell them from nothing."""
    digits = 2 if amount == 0 or amount >= 0.1 else 4
    return f"{amount:.{digits}f} USD"
