"""`/m/{token}`: a moment that somebody shared, for whoever has its link."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from narrowcast.server.addresses import suffix_of
from narrowcast.server.context import Here
from narrowcast.server.moments import has_expired, moment_shown, open_moment, said_there
from narrowcast.server.public import base_of
from narrowcast.server.web import show

router = APIRouter(include_in_schema=False)


@router.api_route("/m/{token}", methods=["GET", "HEAD"])
async def shared_moment(request: Request, here: Here, token: Annotated[str, Path(max_length=200)]) -> Response:
    """Its episode's title and cover, what is said there, and the sound from there."""
    moment = await moment_shown(request, here, token)
    if has_expired(moment):
        answer = show(
            request,
            "notice",
            status_code=HTTPStatus.GONE,
            title="This moment has expired",
            message=f"It could be heard until {moment.expires:%d %B %Y}.",
            hint="Ask whoever shared it for another link.",
        )
    else:
        shared = await open_moment(here, moment)
        found = shared.found
        end_s = min(moment.end_ms or found.duration_ms, found.duration_ms) / 1000
        base = base_of(request, here)
        answer = show(
            request,
            "moment",
            title=await here.store.shelf.title(shared.owner_id, moment.episode_id),
            quoted=await said_there(here, shared),
            start_s=moment.start_ms / 1000,
            end_s=end_s if moment.end_ms else None,
            length_s=found.duration_ms / 1000,
            expires=moment.expires,
            below=f"/m/{token}",
            base=base,
            sound=f"sound{suffix_of(found.media_type, found.audio_key)}",
            media_type=found.media_type,
        )
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
