"""How far the making of an episode is: the same figures for an episode, its job, and the events of either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field


class StepDetails(BaseModel):
    """How many turns are said, and who speaks."""

    total_turns: int = 0
    completed_turns: int = 0
    current_speaker: str | None = None


class Progress(BaseModel):
    """How far it is; never goes back."""

    progress_percentage: float = Field(default=0, ge=0, le=100)
    current_step: str | None = Field(default=None, description="Null before the first and after the last.")
    step_details: StepDetails = StepDetails()
    estimated_time_remaining: int | None = Field(default=None, description="Seconds, as far as that is known.")


def progress_of(told: Mapping[str, Any], *, done: bool) -> dict[str, Any]:
    """The fields of `Progress`, from what a job told of itself; of one that is `done` there is nothing left to come."""
    progress = Progress.model_validate({name: told[name] for name in Progress.model_fields if name in told})
    if done:
        progress = progress.model_copy(
            update={
                "progress_percentage": 100,
                "current_step": None,
                "step_details": progress.step_details.model_copy(update={"current_speaker": None}),
                "estimated_time_remaining": None,
            }
        )
    return {name: getattr(progress, name) for name in Progress.model_fields}
