"""How calls to language models go out: through shared slots, retried, each held against the budget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from narrowcast.errors import ProviderError
from narrowcast.money.budget import Budget, Payment
from narrowcast.pipeline.slots import Slots
from narrowcast.writers.base import Usage


class ModelCaller:
    """The `Caller` of one episode's writer.

    Every call is held against the budget at `worst_usd` while it is open; `on_usage` settles what it came to.
    """

    def __init__(self, slots: Slots, budget: Budget, worst_usd: float | None, what: str) -> None:
        self._slots = slots
        self._budget = budget
        self._worst_usd = worst_usd
        self._what = what
        self._open: list[Payment] = []

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Held while a call is open. Raises `BudgetError` when it might exceed the budget."""
        return self._slot()

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        async with self._slots.slot():
            with self._budget.paying(self._worst_usd, self._what) as payment:
                self._open.append(payment)
                try:
                    yield
                finally:
                    if payment in self._open:
                        self._open.remove(payment)

    def on_usage(self, usage: Usage) -> None:
        """What one of the open calls came to; all are held at the same worst case, so any of them may be settled."""
        if self._open:
            self._open.pop(0).settle(usage.cost_usd)

    async def before_retry(self, error: ProviderError, attempt: int) -> None:
        """Wait before attempt `attempt` + 1, or raise `error`."""
        await self._slots.before_retry(error, attempt)
