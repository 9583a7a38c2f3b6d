"""What all processes paid for since one moment, from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from narrowcast.store.people.spending import By, Spending, Sum

LATE = timedelta(hours=1)
"""A call is written down moments after it, or when a full disk or a database that was gone is there again; and clocks
differ. What is older is added up once, what is younger each time anew."""

Model = tuple[str, str]


@dataclass(frozen=True)
class Used:
    """What calls to a model add up to, in whole numbers and USD."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    characters: int = 0
    cost_usd: float = 0.0

    def and_(self, more: Sum) -> Used:
        """Both together."""
        return Used(
            self.calls + more.calls,
            self.prompt_tokens + more.prompt_tokens,
            self.completion_tokens + more.completion_tokens,
            self.characters + more.characters,
            self.cost_usd + more.cost_usd,
        )


class SpentSince:
    """Adds up the calls since `begins`, whoever made them."""

    def __init__(self, spending: Spending, begins: datetime) -> None:
        self._spending = spending
        self._settled_to = begins
        self._settled: Mapping[Model, Used] = {}

    async def __call__(self, now: datetime | None = None) -> Mapping[Model, Used]:
        """By provider and model. Raises `OutputError`."""
        now = now or datetime.now(UTC)
        if now - self._settled_to > 2 * LATE:
            self._settled = await self._with(self._settled, self._settled_to, now - LATE)
            self._settled_to = now - LATE
        return await self._with(self._settled, self._settled_to, now + LATE)

    async def _with(self, before: Mapping[Model, Used], begins: datetime, ends: datetime) -> Mapping[Model, Used]:
        found = dict(before)
        for each in await self._spending.sums(begins, ends, By.MODEL):
            provider, _, model = each.key.partition(":")
            found[provider, model] = found.get((provider, model), Used()).and_(each)
        return found
