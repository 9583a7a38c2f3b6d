"""`/podcasts/generate` and `/estimate`: asking for an episode, and what it would take."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from narrowcast.keys.sealing import Sealer
from narrowcast.pipeline.estimate import EpisodeEstimate
from narrowcast.pipeline.order import MAX_MINUTES, MAX_SEGMENTS
from narrowcast.queue.standing import in_words
from narrowcast.server.api.jobs import Accepted, EstimatedTime, accepted, provisional
from narrowcast.server.api.script import ScriptText
from narrowcast.server.context import Here
from narrowcast.server.idempotency import IdempotencyKey, once
from narrowcast.server.problems import documented
from narrowcast.server.who import Writes
from narrowcast.studio.wanted import MAX_SOURCES, Wanted

router = APIRouter(tags=["Making"])

MOST_CONTENT = 1_000_000
MOST_USD = 1_000_000
LANGUAGE = r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"
MODEL = r"^(auto|none|[a-z0-9_-]{1,40}:\S{1,200})$"
VOICES = r"^(auto|[a-z0-9_-]{1,40}(:\S{1,200})?)$"
CONTENT = """# On bees

A bee that has found flowers dances on the comb. The angle of the dance tells the direction, its length how far it is.
"""
EXAMPLES: list[Any] = [
    {"content": CONTENT, "episode_name": "How bees tell the way", "num_segments": 1, "language": "en"},
]

Usd = Annotated[float, Field(ge=0, le=MOST_USD, allow_inf_nan=False)]


class EpisodeWish(BaseModel):
    """What an episode is made from, exactly one of `notebook_id`, `source_ids`, `content`, `script`; and how."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": EXAMPLES})

    notebook_id: uuid.UUID | None = None
    source_ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=MAX_SOURCES)] | None = None
    content: Annotated[str | None, Field(min_length=1, max_length=MOST_CONTENT, description="Text or Markdown.")] = None
    script: ScriptText | None = Field(default=None, description="Voiced as it is; nothing is written.")

    episode_profile: Annotated[str | None, Field(max_length=100, description="Name or id; your own go first.")] = None
    speaker_profile: Annotated[
        str | None, Field(max_length=100, description="Name or id; without it the one that the episode profile names.")
    ] = None
    episode_name: Annotated[str | None, Field(max_length=300)] = None
    briefing_suffix: Annotated[
        str, Field(max_length=10_000, description="What it should do, besides what the profile says.")
    ] = ""
    num_segments: Annotated[int | None, Field(ge=1, le=MAX_SEGMENTS)] = None
    language: Annotated[str | None, Field(max_length=35, pattern=LANGUAGE, description="A BCP 47 tag.")] = None
    minutes: Annotated[float | None, Field(gt=0, le=MAX_MINUTES, allow_inf_nan=False)] = None
    format: Literal["mp3", "m4a", "opus"] = "mp3"
    llm: Annotated[str, Field(pattern=MODEL, description="`auto`, `none`, or `PROVIDER:MODEL`.")] = "auto"
    tts: Annotated[str, Field(pattern=VOICES, description="`auto`, `PROVIDER` or `PROVIDER:MODEL`.")] = "auto"
    parallel: bool = Field(default=False, description="Write all segments side by side: sooner, a little less joined.")

    priority: int | None = Field(default=None, ge=-100, le=100, description="Within the bounds of your tier.")
    run_at: AwareDatetime | None = Field(default=None, description="Not before then.")
    off_peak: bool = Field(default=False, description="Not before the server's next off-peak hours, where it has any.")
    stop_after: Literal["script"] | None = Field(default=None, description="Make no sound yet: render it later.")
    budget_usd: Usd | None = Field(default=None, description="Stop before spending more.")

    @model_validator(mode="after")
    def _made_from_one_thing(self) -> Self:
        given = [self.notebook_id, self.source_ids, self.content, self.script]
        if sum(each is not None for each in given) != 1:
            raise ValueError("give exactly one of notebook_id, source_ids, content, script")
        if self.script is not None and self.stop_after:
            raise ValueError("a script is there already: there is nothing to stop after")
        return self

    def wanted(self, sealer: Sealer) -> Wanted:
        """The same in the studio's words. Raises `ScriptError`, which names the turn that is wrong."""
        return Wanted(
            notebook_id=str(self.notebook_id) if self.notebook_id else None,
            source_ids=[str(each) for each in self.source_ids or ()],
            content=self.content,
            script=self.script.script(None, sealer) if self.script is not None else None,
            episode_profile=self.episode_profile,
            speaker_profile=self.speaker_profile,
            title=self.episode_name,
            instructions=self.briefing_suffix,
            num_segments=self.num_segments,
            language=self.language,
            minutes=self.minutes,
            format=self.format,
            llm=self.llm,
            tts=self.tts,
            parallel=self.parallel,
            stop_after_script=self.stop_after == "script",
            budget_usd=self.budget_usd,
            priority=self.priority,
            run_at=self.run_at,
            off_peak=self.off_peak,
        )


class Estimated(BaseModel):
    """What it would take. With `exact` the text is known and counted, not guessed."""

    prompt_tokens: int
    completion_tokens: int
    characters: int = Field(description="That voices are asked to say; those that are paid for already do not count.")
    cost_usd: float | None = Field(description="Null where a price is not known.")
    unknown_price: str = Field(description="Whose price is not known.")
    seconds: int = Field(description="That making takes, once it begins.")
    estimated_time: EstimatedTime
    audio_seconds: int = Field(description="That one listens.")
    exact: bool
    first_words_seconds: int = Field(description="Until it can be listened to, once making begins; 0 with no sound.")
    clips_there: int = Field(description="Turns whose sound is there already.")
    turns_to_make: list[str] = Field(description="The ids of the turns whose sound must be made, where `exact`.")


class WishEstimated(Estimated):
    """The same, and where it would stand in the queue if it were asked for now."""

    queue_position: int | None = Field(
        description="Jobs of anyone that would stand before it, plus one; null if later."
    )
    starts_in_seconds: int
    ready_in: EstimatedTime = Field(description="From now, the wait included.")


def estimated(estimate: EpisodeEstimate) -> Estimated:
    """An estimate as it is shown."""
    return Estimated(
        prompt_tokens=estimate.prompt_tokens,
        completion_tokens=estimate.completion_tokens,
        characters=estimate.characters,
        cost_usd=estimate.cost_usd,
        unknown_price=estimate.unknown_price,
        seconds=round(estimate.seconds),
        estimated_time=EstimatedTime(
            seconds=round(estimate.seconds), human_readable=in_words(max(1, estimate.seconds))
        ),
        audio_seconds=round(estimate.audio_seconds),
        exact=estimate.exact,
        first_words_seconds=round(estimate.first_words_s),
        clips_there=estimate.clips_there,
        turns_to_make=list(estimate.turns_to_make),
    )


@router.post(
    "/podcasts/generate",
    status_code=HTTPStatus.ACCEPTED,
    response_model=Accepted,
    responses=documented(401, 402, 403, 404, 409, 413, 422, 429, 503)
    | {200: {"model": Accepted, "description": "The same was asked for before, and is on its way."}},
)
async def generate(
    who: Writes, here: Here, request: Request, wish: EpisodeWish, idempotency_key: IdempotencyKey = None
) -> Response:
    """Ask for an episode. Nothing is spent by asking: it is checked, written down, and stands in the queue."""
    async with once(here.store.idempotency, who.id, idempotency_key, request, wish) as this:
        if this.before:
            return this.before
        submitted = await here.submitting.generate(
            who.user,
            wish.wanted(here.sealer),
            lambda ids: this.beside(HTTPStatus.ACCEPTED, provisional(ids)),
            anew=bool(this.key),
        )
        return await this.answer(HTTPStatus.OK if submitted.existing else HTTPStatus.ACCEPTED, accepted(submitted))


@router.post("/podcasts/estimate", responses=documented(401, 403, 404, 413, 422, 429, 502, 503))
async def estimate(who: Writes, here: Here, wish: EpisodeWish) -> WishEstimated:
    """What an episode would take: tokens, characters, USD, seconds. Spends nothing, and leaves nothing in the queue."""
    wanted = wish.wanted(here.sealer)
    resolved = await here.submitting.resolved(who.user, wanted)
    standing = await here.submitting.foreseen(who.user, wanted, resolved)
    takes = await here.estimating.estimate(who.id, resolved.request)
    return WishEstimated(
        **dict(estimated(takes)),
        queue_position=standing.position,
        starts_in_seconds=round(standing.starts_in_s),
        ready_in=EstimatedTime(seconds=round(standing.seconds), human_readable=standing.human),
    )
