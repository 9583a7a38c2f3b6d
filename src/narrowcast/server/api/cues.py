"""`/podcasts/{id}/cues`: a rendering's transcript with its times, citations and flags, as the player shows it."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from pydantic import Field

from narrowcast.script.cue_sheet import CueSheet
from narrowcast.server.api.audio import EpisodeId, Number, revision_of
from narrowcast.server.conditions import IfNoneMatch, is_known
from narrowcast.server.context import Context, Here
from narrowcast.server.describing import bears
from narrowcast.server.packing import packed
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads
from narrowcast.store.episodes.revisions import Revision
from narrowcast.studio import cue_sheets

router = APIRouter(tags=["Listening"])


class Cues(CueSheet):
    """Who says what when in a rendering. It never changes; times are seconds."""

    revision: int = Field(description="The rendering whose times these are.")


@router.get(
    "/podcasts/{episode_id}/cues",
    response_model=Cues,
    responses=documented(401, 403, 404, 422)
    | {200: bears("ETag"), 304: {"description": "It is what you have.", **bears("ETag")}},
)
async def read_cues(
    request: Request,
    who: Reads,
    here: Here,
    episode_id: EpisodeId,
    number: Number = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A rendering's chapters, turns and sentences with their times, what each turn cites, and which words are flagged.

    A recording that was uploaded, or that an earlier version made, has no citations, and turns without ids.
    """
    found = await revision_of(here, who.id, str(episode_id), number)
    etag = f'"cues-{found.number}-{found.sha256[:16]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if is_known(if_none_match, etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    sheet = await sheet_of(here, found)
    told = Cues(**{name: getattr(sheet, name) for name in CueSheet.model_fields}, revision=found.number)
    return packed(request, Response(told.model_dump_json(), media_type="application/json", headers=headers))


async def sheet_of(here: Context, found: Revision) -> CueSheet:
    """The cues of a rendering. Raises `NotFoundError` when their file is gone."""
    return await cue_sheets.sheet_of(here.store.blobs, found.files, found.duration_ms)
