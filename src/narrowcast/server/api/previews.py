"""`/podcasts/{id}/turns/{turn_id}/preview`: how one line of a script sounds, before the whole is rendered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.errors import NotFoundError
from narrowcast.server.addresses import API
from narrowcast.server.api.generate import Usd
from narrowcast.server.api.script import EpisodeId
from narrowcast.server.conditions import IfMatch, require_match
from narrowcast.server.context import Here
from narrowcast.server.files import text_answer
from narrowcast.server.problems import documented
from narrowcast.server.served import served
from narrowcast.server.who import Reads, Writes

router = APIRouter(tags=["Scripts"])
TurnId = Annotated[str, Path(max_length=40, description="The turn's id, as the script has it.")]
PATH = "/podcasts/{episode_id}/turns/{turn_id:path}/preview"


class PreviewWish(BaseModel):
    """What it may cost. With `If-Match` only a turn of the script that you read is voiced."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"budget_usd": 0.05}]})

    budget_usd: Usd | None = None


class Preview(BaseModel):
    """A turn's sound, ready to be fetched."""

    turn_id: str
    url: str
    duration: float = Field(description="Seconds.")
    cached: bool = Field(description="It was there already, and cost nothing now.")
    cost_usd: float | None = Field(description="Null where the price is not known.")


@router.post(PATH, operation_id="make_preview", responses=documented(401, 402, 403, 404, 409, 412, 422, 429, 502, 503))
async def make_preview(
    who: Writes, here: Here, episode_id: EpisodeId, turn_id: TurnId, wish: PreviewWish, if_match: IfMatch = None
) -> Preview:
    """Have one turn of the script as it now is spoken. What is paid for here, a render does not pay for again."""
    kept = await here.store.scripts.get(who.id, str(episode_id))
    if if_match is not None:
        require_match(if_match, kept.etag)
    asked = await here.submitting.rendering(who.user, kept)
    heard = await here.previewing.made(who.id, kept, asked, turn_id, wish.budget_usd)
    base = (here.settings.public_url or "").rstrip("/")
    return Preview(
        turn_id=turn_id,
        url=f"{base}{API}/podcasts/{episode_id}/turns/{quote(turn_id, safe='')}/preview",
        duration=heard.seconds,
        cached=heard.cached,
        cost_usd=heard.cost_usd,
    )


@served(router, PATH, "audio/mpeg", besides=(401, 403, 409))
async def get_preview(request: Request, who: Reads, here: Here, episode_id: EpisodeId, turn_id: TurnId) -> Response:
    """The sound of one turn, where it is made already: by a preview, or by a render. Costs nothing."""
    kept = await here.store.scripts.get(who.id, str(episode_id))
    heard = await here.previewing.there(kept, await here.submitting.rendering(who.user, kept), turn_id)
    if heard is None:
        raise NotFoundError("This turn has no sound yet.", hint="POST to the same address makes it.")
    return text_answer(request, heard.data, "audio/mpeg", "turn.mp3", datetime.fromtimestamp(0, UTC))
