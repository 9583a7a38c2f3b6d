"""Tiers: how much of the server a user gets. Built in, and changed or added to by `NARROWCAST_TIERS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

USUAL = "standard"
LEAST = "free"
GB = 1_000_000_000


class Tier(BaseModel):
    """What users of a tier get.

    A step of priority is worth ten minutes of waiting: see `queue`. None where there is no limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    priority: int = Field(default=3, ge=-100, le=100, description="What a job has that asks for none.")
    lowest_priority: int = Field(default=-5, ge=-100, le=100)
    highest_priority: int = Field(default=5, ge=-100, le=100)
    running: int = Field(default=2, ge=1, le=1_000, description="Jobs at once.")
    queued: int = Field(default=50, ge=1, le=100_000, description="Jobs that wait.")
    monthly_budget_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    storage_bytes: int | None = Field(default=None, ge=0)
    longest_minutes: int | None = Field(default=None, ge=1, description="Of one episode.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.lowest_priority <= self.priority <= self.highest_priority:
            raise ValueError("priority is to lie between lowest_priority and highest_priority")
        return self


BUILT_IN: Mapping[str, Tier] = {
    "free": Tier(
        priority=0,
        highest_priority=0,
        running=1,
        queued=5,
        monthly_budget_usd=1.0,
        storage_bytes=GB,
        longest_minutes=30,
    ),
    "standard": Tier(storage_bytes=20 * GB),
    "premium": Tier(priority=6, highest_priority=10, running=4, queued=200),
}


class Tiers:
    """The tiers of one server, by name."""

    def __init__(self, tiers: Mapping[str, Tier] = BUILT_IN) -> None:
        self._tiers = dict(tiers)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all."""
        return tuple(self._tiers)

    def tier(self, name: str) -> Tier:
        """That tier; of a name that the settings do not know any more, the least."""
        return self._tiers.get(name) or self._tiers[LEAST]


def tiers_with(changes: Mapping[str, Mapping[str, Any]]) -> Tiers:
    """The built-in tiers with `changes` by name: what is not said stays as it was, and for a new name as in `standard`.

    Raises `ValueError` (pydantic's too) for what a tier does not have.
    """
    tiers = dict(BUILT_IN)
    for name, change in changes.items():
        if not name.isidentifier() or len(name) > 32:
            raise ValueError(f"{name!r} is no name for a tier: use letters, digits and _")
        tiers[name] = Tier.model_validate({**tiers.get(name, tiers[USUAL]).model_dump(), **change})
    return Tiers(tiers)
