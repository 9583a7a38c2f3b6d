"""`/usage`: what was spent, on what, and what of the month's budget is left."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from narrowcast.money.monthly import Month, month_of, read_month
from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Admins, Reads
from narrowcast.store.people.spending import By, Sum

router = APIRouter(prefix="/usage", tags=["Money"])

AMonth = Annotated[
    str | None, Query(max_length=7, description="A calendar month in UTC, such as `2026-11`; by default this one.")
]


class Used(BaseModel):
    """What some calls to providers add up to."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    characters: int = Field(description="Spoken by voices.")
    cost_usd: float = Field(description="Of the calls whose price is known.")
    unknown_calls: int = Field(description="Calls whose price is not known.")


class DayUsed(Used):
    """One day's."""

    date: str


class ModelUsed(Used):
    """One model's, or one kind of voices'."""

    provider: str
    model: str


class EpisodeUsed(Used):
    """One episode's; null for what no episode that exists was made with: samples, and deleted ones."""

    episode_id: str | None
    title: str


class UserUsed(Used):
    """One user's."""

    user_id: str
    email: str


class Usage(BaseModel):
    """A month's own spending."""

    month: str
    total: Used
    budget_usd: float | None = Field(description="The monthly budget; null: none is set.")
    held_usd: float = Field(description="What calls that are open now may still cost.")
    left_usd: float | None = Field(description="What may still be spent this month; null without a budget.")
    stored_bytes: int = Field(description="What one's documents and episodes take in storage now.")
    storage_bytes: int | None = Field(description="What they may take; null: there is no limit.")
    days: list[DayUsed]
    models: list[ModelUsed]
    episodes: list[EpisodeUsed] = Field(description="The dearest first, at most 200.")


class UsageOfAll(BaseModel):
    """A month's spending of everybody."""

    month: str
    total: Used
    users: list[UserUsed]
    days: list[DayUsed]
    models: list[ModelUsed]


MOST_EPISODES = 200


@router.get("", operation_id="get_usage", responses=documented(401, 403, 422))
async def get_usage(here: Here, who: Reads, month: AMonth = None) -> Usage:
    """One's own spending in a month: in all, by day, model and episode, and what is left of the budget."""
    wanted = _month(month)
    ledger, begins, ends = here.store.spending, wanted.begins, wanted.ends
    allowance, stored, (total,), days, models, episodes = await asyncio.gather(
        here.studio.budgets.allowance(who.user, wanted),
        here.store.stored_bytes(who.id),
        ledger.sums(begins, ends, owner_id=who.id),
        ledger.sums(begins, ends, By.DAY, owner_id=who.id),
        ledger.sums(begins, ends, By.MODEL, owner_id=who.id),
        ledger.sums(begins, ends, By.EPISODE, owner_id=who.id),
    )
    return Usage(
        month=str(wanted),
        total=used(total),
        budget_usd=allowance.limit_usd,
        held_usd=allowance.held_usd,
        left_usd=allowance.left_usd,
        stored_bytes=stored,
        storage_bytes=here.settings.tiers.tier(who.user.tier).storage_bytes,
        days=_days(wanted, days),
        models=_models(models),
        episodes=[
            EpisodeUsed(episode_id=each.key or None, title=each.name, **_figures(each))
            for each in episodes[:MOST_EPISODES]
        ],
    )


@router.get("/all", operation_id="get_usage_of_all", responses=documented(401, 403, 422))
async def get_usage_of_all(here: Here, _who: Admins, month: AMonth = None) -> UsageOfAll:
    """Everybody's spending in a month, by user, day and model. For the owner."""
    wanted = _month(month)
    ledger, begins, ends = here.store.spending, wanted.begins, wanted.ends
    (total,), users, days, models = await asyncio.gather(
        ledger.sums(begins, ends),
        ledger.sums(begins, ends, By.OWNER),
        ledger.sums(begins, ends, By.DAY),
        ledger.sums(begins, ends, By.MODEL),
    )
    return UsageOfAll(
        month=str(wanted),
        total=used(total),
        users=[UserUsed(user_id=each.key, email=each.name, **_figures(each)) for each in users],
        days=_days(wanted, days),
        models=_models(models),
    )


def used(total: Sum) -> Used:
    """What calls add up to, as it is told."""
    return Used(**_figures(total))


def _month(text: str | None) -> Month:
    return month_of(datetime.now(UTC)) if text is None else read_month(text)


def _figures(total: Sum) -> dict[str, int | float]:
    return {name: getattr(total, name) for name in Used.model_fields}


def _days(month: Month, sums: list[Sum]) -> list[DayUsed]:
    return [DayUsed(date=f"{month}-{int(each.key):02}", **_figures(each)) for each in sums]


def _models(sums: list[Sum]) -> list[ModelUsed]:
    parts = [(each.key.partition(":"), each) for each in sums]
    return [ModelUsed(provider=provider, model=model, **_figures(each)) for (provider, _, model), each in parts]
