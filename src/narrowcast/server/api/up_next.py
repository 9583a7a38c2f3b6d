"""`/me/up-next`: the episodes that play after what is on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Principal, Reads

router = APIRouter(tags=["Listening"])

MOST = 200


class WaitingEpisode(BaseModel):
    """An episode of the list."""

    episode_id: str
    title: str
    duration: float | None = Field(description="Seconds.")
    playable: bool = Field(description="Whether there is a finished rendering of it.")


class UpNextList(BaseModel):
    """What plays next, in order."""

    items: list[WaitingEpisode]


class UpNextOrder(BaseModel):
    """Which episodes are to be in the list, in order; the same twice counts once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"episode_ids": []}]})

    episode_ids: Annotated[list[UUID], Field(max_length=MOST)]


@router.get("/me/up-next", responses=documented(401, 403))
async def read_up_next(who: Reads, here: Here) -> UpNextList:
    """What plays next, on whichever device an episode ends."""
    return await _told(who, here)


@router.put("/me/up-next", responses=documented(401, 403, 404, 422))
async def set_up_next(who: Reads, here: Here, order: UpNextOrder) -> UpNextList:
    """Put a list in the place of the one that is there; where two devices do, the later one holds."""
    await here.store.up_next.put(who.id, [str(each) for each in order.episode_ids])
    return await _told(who, here)


async def _told(who: Principal, here: Here) -> UpNextList:
    return UpNextList(
        items=[
            WaitingEpisode(
                episode_id=each.episode_id,
                title=each.title,
                duration=None if each.duration_ms is None else each.duration_ms / 1000,
                playable=each.revision > 0,
            )
            for each in await here.store.up_next.get(who.id)
        ]
    )
