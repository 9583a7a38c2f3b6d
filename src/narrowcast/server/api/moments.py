"""Sharing a moment of an episode: a link with an end, which whoever has it can hear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.accounts.address_tokens import Moment, moment_token
from narrowcast.accounts.server_secret import Purpose
from narrowcast.errors import InputError, NotFoundError
from narrowcast.server.addresses import suffix_of
from narrowcast.server.api.audio import AUDIO_TYPES, EpisodeId
from narrowcast.server.context import Here
from narrowcast.server.covers import cover_of
from narrowcast.server.dispositions import download_name
from narrowcast.server.files import Kept, blob_answer, text_answer
from narrowcast.server.moments import moment_shown, open_moment
from narrowcast.server.problems import documented
from narrowcast.server.public import base_of, opened_to_all
from narrowcast.server.ranges import Stored
from narrowcast.server.served import served
from narrowcast.server.who import Writes

router = APIRouter(tags=["Publishing"])
root = APIRouter(tags=["Publishing"])

LONGEST = timedelta(days=30)
USUAL = timedelta(days=7)
COVER_SIDE = 640
Token = Annotated[str, Path(max_length=200, description="What opens the moment, and nothing else.")]


class NewMoment(BaseModel):
    """From where in an episode, to where (by default: on and on), and for how many seconds the link is to work."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"start": 0.5, "expires_in": 86400}]})

    start: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, description="Seconds.")]
    end: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)] | None = None
    expires_in: Annotated[int, Field(ge=60, le=int(LONGEST.total_seconds()))] = int(USUAL.total_seconds())
    revision: Annotated[int | None, Field(ge=1, le=1_000_000)] = None


class SharedLink(BaseModel):
    """A link that lets whoever has it hear this rendering of the episode, beginning there."""

    url: str
    start: float
    end: float | None
    expires_at: datetime


@router.post(
    "/podcasts/{episode_id}/moments",
    status_code=HTTPStatus.CREATED,
    responses=documented(401, 403, 404, 422),
)
async def share_moment(request: Request, who: Writes, here: Here, episode_id: EpisodeId, wish: NewMoment) -> SharedLink:
    """Make a link to a moment. It opens the page of that moment and the sound of this rendering, and nothing else."""
    found = await here.store.revisions.get(who.id, str(episode_id), wish.revision)
    if found is None:
        raise NotFoundError("There is nothing to hear of this episode.", hint="Share it when it is ready.")
    length_s = found.duration_ms / 1000
    if wish.start >= length_s:
        raise InputError(f"It ends at {length_s:.1f} s.", hint="Begin before that.")
    if wish.end is not None and wish.end <= wish.start:
        raise InputError("The moment ends before it begins.", hint="Give an `end` behind its `start`, or none.")
    end = None if wish.end is None else min(wish.end, length_s)
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=wish.expires_in)
    moment = Moment(found.episode_id, found.number, int(wish.start * 1000), int((end or 0) * 1000), expires)
    token = moment_token(here.secret.key(Purpose.MOMENTS), moment)
    url = f"{base_of(request, here)}/m/{token}"
    return SharedLink(url=url, start=moment.start_ms / 1000, end=end, expires_at=expires)


@served(root, "/m/{token}/{filename}", *AUDIO_TYPES, "image/jpeg", besides=(429,))
async def get_moment_file(
    request: Request, here: Here, token: Token, filename: Annotated[str, Path(max_length=100)]
) -> Response:
    """The sound or the cover of a moment's episode, as its page names them; until it expires."""
    shared = await open_moment(here, await moment_shown(request, here, token))
    found, title = shared.found, await here.store.shelf.title(shared.owner_id, shared.found.episode_id)
    suffix = suffix_of(found.media_type, found.audio_key)
    if filename == "cover.jpg":
        picture = await cover_of(here, found.files.get(".cover.jpg"), title, COVER_SIDE)
        answer = text_answer(request, picture, "image/jpeg", download_name(title, ".jpg"), found.created_at)
    elif filename == f"sound{suffix}":
        stored = Stored(f'"{found.sha256}"', found.size_bytes, found.created_at)
        kept = Kept(stored, found.media_type, download_name(title, suffix))
        answer = await blob_answer(request, here.store.blobs, found.audio_key, kept)
    else:
        raise NotFoundError("There is no such file.")
    return opened_to_all(answer)
