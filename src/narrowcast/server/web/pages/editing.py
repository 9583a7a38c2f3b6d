"""`/episodes/{id}/edit`: the script of an episode, to be changed line by line."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.server.context import Here
from narrowcast.server.web import show
from narrowcast.server.who import Writes
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.scripts import BEING_MADE
from narrowcast.store.episodes.shelf import Shelved

router = APIRouter(include_in_schema=False)


@router.get("/episodes/{episode_id}/edit")
async def edit(request: Request, who: Writes, here: Here, episode_id: UUID) -> Response:
    """The editor; where there is no script, why not and what to do."""
    episode = await here.store.shelf.get(who.id, str(episode_id))
    job = episode.job.id if episode.job and episode.status in BEING_MADE else ""
    missing = "" if episode.has_script else _why_none(episode)
    return show(request, "edit", who, here="library", episode=episode, job=job, missing=missing)


def _why_none(episode: Shelved) -> str:
    if episode.uploaded:
        return "This episode was uploaded as a recording, so there is no script to edit."
    match episode.status:
        case EpisodeStatus.QUEUED:
            return "Its turn has not come yet, so there is no script to edit."
        case EpisodeStatus.GENERATING:
            return "It is being written just now. The script can be edited once it stands."
        case EpisodeStatus.CANCELLED:
            return "It was cancelled before its script was written."
        case _:
            return "Making it failed before its script was written."
