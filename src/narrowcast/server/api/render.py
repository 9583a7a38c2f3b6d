"""`/podcasts/{id}/render` and `/rewrite`: the sound of a script as it now is, and parts of it written anew."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.script.dialogue import Script
from narrowcast.script.hidden_keys import hidden_in_script
from narrowcast.script.script_file import dump_script, parse_script
from narrowcast.server.api.generate import MODEL, VOICES, Estimated, Usd, estimated
from narrowcast.server.api.jobs import Accepted, accepted, provisional
from narrowcast.server.api.script import PLACE, EpisodeId
from narrowcast.server.conditions import IfMatch, require_match
from narrowcast.server.context import Context, Here
from narrowcast.server.describing import bears
from narrowcast.server.idempotency import IdempotencyKey, once
from narrowcast.server.problems import documented
from narrowcast.server.who import Principal, Writes
from narrowcast.store.episodes.scripts import KeptScript
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.rewriting import Wish

router = APIRouter(tags=["Scripts"])


class RenderWish(BaseModel):
    """How to make the sound. With `If-Match` only the script that you read is rendered."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"format": "mp3"}]})

    format: Literal["mp3", "m4a", "opus"] | None = Field(default=None, description="As it was made, if not given.")
    tts: Annotated[str, Field(pattern=VOICES, description="`auto`: the voices that the script names.")] = "auto"
    priority: int | None = Field(default=None, ge=-100, le=100)
    budget_usd: Usd | None = Field(default=None, description="Stop before spending more.")


class RewriteWish(BaseModel):
    """Which part to write anew, a segment (from 1) or a turn, and what to change."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"turn": "s1t2", "instruction": "Say it simpler."}]}
    )

    segment: Annotated[int | None, Field(ge=1, le=10_000)] = None
    turn: Annotated[str | None, Field(max_length=40)] = None
    instruction: Annotated[str, Field(min_length=1, max_length=4_000)]
    llm: Annotated[str, Field(pattern=MODEL)] = "auto"
    budget_usd: Usd | None = None
    apply: bool = Field(
        default=True, description="False: only show what it would be. To keep that, put the script; asking is paid for."
    )


class RewrittenScript(BaseModel):
    """The whole script after the change, or as it would be then, and what that took."""

    script: Script
    etag: str = Field(description="What a further change names in If-Match.")
    turns: list[str] = Field(description="The ids of the turns that are new.")
    warnings: list[str] = Field(description="What the cited passages do not hold: look at it.")
    cached: bool = Field(description="The same was asked for before, and cost nothing now.")
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None = Field(description="Null where the price is not known.")


@router.post(
    "/podcasts/{episode_id}/render",
    status_code=HTTPStatus.ACCEPTED,
    response_model=Accepted,
    responses=documented(401, 402, 403, 404, 409, 412, 413, 422, 429, 503)
    | {200: {"model": Accepted, "description": "This very script is being rendered already."}},
)
async def render(
    who: Writes,
    here: Here,
    request: Request,
    episode_id: EpisodeId,
    wish: RenderWish,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Make the sound of the script as it now is: the episode's next revision. Only new turns are paid for."""
    async with once(here.store.idempotency, who.id, idempotency_key, request, wish) as this:
        if this.before:
            return this.before
        kept, asked = await _asked(here, who, str(episode_id), wish, if_match)
        submitted = await here.submitting.render(
            who.user,
            kept,
            asked,
            wish.priority,
            lambda ids: this.beside(HTTPStatus.ACCEPTED, provisional(ids)),
        )
        return await this.answer(HTTPStatus.OK if submitted.existing else HTTPStatus.ACCEPTED, accepted(submitted))


@router.post(
    "/podcasts/{episode_id}/render/estimate", responses=documented(401, 403, 404, 409, 412, 422, 429, 502, 503)
)
async def estimate_render(
    who: Writes, here: Here, episode_id: EpisodeId, wish: RenderWish, if_match: IfMatch = None
) -> Estimated:
    """Which turns' sound must be made, and what that costs. Spends nothing."""
    _, asked = await _asked(here, who, str(episode_id), wish, if_match)
    return estimated(await here.estimating.estimate(who.id, asked))


@router.post(
    "/podcasts/{episode_id}/rewrite",
    response_model=RewrittenScript,
    responses=documented(401, 402, 403, 404, 409, 412, 413, 422, 429, 502) | {200: bears("ETag")},
)
async def rewrite(
    who: Writes,
    here: Here,
    request: Request,
    episode_id: EpisodeId,
    wish: RewriteWish,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Have a language model write a segment or turn anew. Answers when it is written; sound follows by a render."""
    async with once(here.store.idempotency, who.id, idempotency_key, request, wish) as this:
        if this.before:
            return this.before
        kept = await here.store.scripts.get(who.id, str(episode_id))
        if if_match is not None:
            require_match(if_match, kept.etag)
        asked = await here.submitting.rendering(who.user, kept)
        asked_for = Wish(wish.instruction, wish.segment, wish.turn, wish.llm, wish.budget_usd, wish.apply)
        kept, rewritten = await here.rewriting.rewrite(who.id, kept, asked.profile, asked_for)
        answer = await this.answer(
            HTTPStatus.OK,
            RewrittenScript(
                script=parse_script(hidden_in_script(dump_script(rewritten.script).encode()).decode(), PLACE),
                etag=kept.etag,
                turns=[turn.id for turn in rewritten.turns],
                warnings=list(rewritten.warnings),
                cached=rewritten.cached,
                prompt_tokens=rewritten.prompt_tokens,
                completion_tokens=rewritten.completion_tokens,
                cost_usd=rewritten.cost_usd,
            ),
        )
        answer.headers["ETag"] = kept.etag
        return answer


async def _asked(
    here: Context, who: Principal, episode_id: str, wish: RenderWish, if_match: str | None
) -> tuple[KeptScript, EpisodeRequest]:
    """The script as it is, and what its render comes to."""
    kept = await here.store.scripts.get(who.id, episode_id)
    if if_match is not None:
        require_match(if_match, kept.etag)
    asked = await here.submitting.rendering(who.user, kept, wish.format)
    return kept, asked.model_copy(update={"tts": wish.tts, "budget_usd": wish.budget_usd})
