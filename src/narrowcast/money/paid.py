"""Calls that were paid for, as they happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from narrowcast.money.budget import Budget


@dataclass(frozen=True)
class Paid:
    """One call to a provider; `cost_usd` is none where nobody knows the price. Local models and voices cost 0."""

    provider: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    characters: int = 0
    cost_usd: float | None = 0.0


def nobody(_paid: Paid) -> None:
    """Nobody keeps the books."""


@dataclass(frozen=True)
class Purse:
    """What a run may spend, and who is told of each call at once, also of those that end after the run was stopped."""

    budget: Budget = field(default_factory=Budget)
    note: Callable[[Paid], None] = nobody
