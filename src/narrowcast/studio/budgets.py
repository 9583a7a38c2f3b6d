"""Monthly budgets: what someone may still spend, told at submit, and kept to by all their jobs together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from narrowcast.accounts.tiers import Tiers
from narrowcast.errors import BudgetError, NotFoundError
from narrowcast.money.budget import Budget, usd
from narrowcast.money.monthly import Allowance, Month, month_hint, month_of, monthly_limit
from narrowcast.money.paid import Purse
from narrowcast.store.home import Store
from narrowcast.store.people.accounts import User
from narrowcast.studio.means import Access
from narrowcast.studio.paying_parts import may_spend
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.spending import Account, keeping

MONTHLY = "your monthly budget"
JOB_HINT = "What was paid for is kept: retry with a higher budget_usd to go on from here."


@dataclass
class _Running:
    """The budget that one owner's runs in this process share, and how many of them there are."""

    budget: Budget
    runs: int = 0


class Budgets:
    """The monthly budgets of a store's users.

    All runs of one owner in this process draw from one `Budget`, so that they cannot exceed it together. It is counted
    from the ledger when the first of them begins; the local engine lets no second process run jobs beside.
    """

    def __init__(self, store: Store, tiers: Tiers, access: Access) -> None:
        self._store = store
        self._tiers = tiers
        self._access = access
        self._running: dict[tuple[str, Month], _Running] = {}
        self._opening = asyncio.Lock()

    async def allowance(self, user: User, month: Month | None = None) -> Allowance:
        """What that user may spend in a month (this one), did spend, and what open calls hold back."""
        month = month or month_of(datetime.now(UTC))
        spent = await self._spent(user.id, month)
        running = self._running.get((user.id, month))
        if running is None:
            return Allowance(month, self._limit(user), spent)
        # What was paid a moment ago may still be on its way to the ledger.
        return Allowance(month, self._limit(user), max(spent, running.budget.spent_usd), running.budget.held_usd)

    async def check(self, user: User, request: EpisodeRequest) -> None:
        """Refuse work that would be paid for when the month's money is used up. Raises `BudgetError`.

        Nothing is asked of anyone. Work that can cost nothing (voices and models of this machine) always goes.
        """
        if self._limit(user) is None or not may_spend(request, self._access.keys(), self._access.base_urls()):
            return
        allowance = await self.allowance(user)
        if allowance.used_up:
            raise BudgetError(
                f"Your monthly budget of {usd(allowance.limit_usd or 0.0)} is used up: "
                f"{usd(allowance.spent_usd)} spent in {allowance.month}.",
                hint=f"{month_hint(allowance.month)} Voices and models that run locally cost nothing.",
            )

    @asynccontextmanager
    async def purse(self, account: Account, budget_usd: float | None = None) -> AsyncIterator[Purse]:
        """What a run for `account` pays from: at most `budget_usd`, and at most what the month has left.

        What earlier attempts of the same job paid is part of its budget. All its paid calls are in the ledger when the
        block ends. Raises `NotFoundError` for a user who is gone.
        """
        user = await self._store.accounts.get(account.owner_id)
        if user is None:
            raise NotFoundError("There is no such user.")
        month = month_of(datetime.now(UTC))
        earlier_usd = await self._spent_on(account) if budget_usd is not None else 0.0
        running = await self._begin(user, month)
        budget = Budget(budget_usd, within=running.budget, spent_usd=earlier_usd, name="the budget", hint=JOB_HINT)
        try:
            async with keeping(self._store.spending, account) as book:
                yield Purse(budget, book.note)
        finally:
            running.runs -= 1
            if not running.runs:
                del self._running[user.id, month]

    async def _begin(self, user: User, month: Month) -> _Running:
        # One after the other: two that begin together must come to share one budget.
        async with self._opening:
            running = self._running.get((user.id, month))
            if running is None:
                spent = await self._spent(user.id, month)
                budget = Budget(self._limit(user), spent_usd=spent, name=MONTHLY, hint=month_hint(month))
                running = self._running[user.id, month] = _Running(budget)
            else:
                running.budget.raise_to(self._limit(user))
            running.runs += 1
            return running

    def _limit(self, user: User) -> float | None:
        return monthly_limit(user.monthly_budget_usd, self._tiers.tier(user.tier).monthly_budget_usd)

    async def _spent_on(self, account: Account) -> float:
        if account.job_id is None:
            return 0.0
        return (await self._store.spending.of_job(account.owner_id, account.job_id)).cost_usd

    async def _spent(self, owner_id: str, month: Month) -> float:
        (total,) = await self._store.spending.sums(month.begins, month.ends, owner_id=owner_id)
        return total.cost_usd
