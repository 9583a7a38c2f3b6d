"""`/voices`: who can speak here, and how they sound."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.errors import NarrowcastError, VoiceError
from narrowcast.keys.hosts import check_hosts
from narrowcast.server.context import Here
from narrowcast.server.hints import without_flags
from narrowcast.server.problems import documented
from narrowcast.server.who import Writes
from narrowcast.studio.samples import LONGEST, sample
from narrowcast.studio.spending import Account
from narrowcast.tts.sample_texts import sample_text

router = APIRouter(prefix="/voices", tags=["Voices"])

Language = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, description="BCP 47, such as `en` or `pt-BR`."
    ),
]


class AVoice(BaseModel):
    """One voice; `language` is empty where it speaks any."""

    voice_id: str
    name: str
    language: str
    gender: str
    description: str


class VoiceProvider(BaseModel):
    """A provider of voices: whether it works here and now, else what it needs and what to do about that."""

    provider: str
    ready: bool
    auto: bool = Field(description="It is taken for speakers whose profile names none.")
    needs: str
    hint: str
    voices: list[AVoice] = Field(description="Best first.")
    sample_usd: float | None = Field(description="What our sample costs the first time; null: not known.")


class Voices(BaseModel):
    """The providers, with their voices for one language."""

    language: str
    items: list[VoiceProvider]


class SampleOrder(BaseModel):
    """A voice, and what it is to say."""

    model_config = ConfigDict(extra="forbid")

    provider: str = Field(min_length=1, max_length=40)
    voice_id: str = Field(min_length=1, max_length=200)
    language: Language = "en"
    model: str | None = Field(default=None, max_length=200)
    config: dict[str, Any] = Field(default={}, description="As a speaker profile's `tts_config`.")
    text: str | None = Field(default=None, max_length=LONGEST, description="By default a short text of ours.")


@router.get("", operation_id="list_voices", responses=documented(401, 403, 422))
async def list_voices(
    here: Here,
    _who: Writes,
    language: Annotated[Language, Query()] = "en",
    provider: Annotated[str | None, Query(max_length=40, description="Only this one.")] = None,
) -> Voices:
    """The voices for a language, by provider. What is not ready says what it needs."""
    states = [state for state in await here.studio.providers(language) if provider in {None, state.name}]
    if not states:
        raise VoiceError(f"There is no voice provider {provider!r}.", hint="Leave it out to see all.")
    items = []
    for state in states:
        found, needs, hint, price = [], state.needs, state.hint, None
        if state.ready:
            try:
                found = [
                    AVoice(voice_id=v.id, name=v.name, language=v.language, gender=v.gender, description=v.description)
                    for v in await here.studio.voices(state.name, language)
                ]
                price = here.studio.price(state.name, len(sample_text(language) or "x" * LONGEST))
            except NarrowcastError as fault:
                needs, hint = fault.message, fault.hint
        ready = state.ready and not needs
        items.append(
            VoiceProvider(
                provider=state.name,
                ready=ready,
                auto=state.auto,
                needs=needs,
                hint=without_flags(hint),
                voices=found,
                sample_usd=price,
            )
        )
    return Voices(language=language, items=items)


@router.post(
    "/sample",
    operation_id="sample_voice",
    response_class=Response,
    responses={
        200: {"content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}}},
        **documented(401, 402, 403, 422, 502),
    },
)
async def sample_voice(
    wanted: Annotated[
        SampleOrder,
        Body(
            openapi_examples={
                "built in": {
                    "summary": "A voice that is always there",
                    "value": {"provider": "espeak", "voice_id": "en-us+f2", "language": "en", "text": "Good evening."},
                },
            }
        ),
    ],
    here: Here,
    who: Writes,
) -> Response:
    """Hear a voice before choosing it. What is hosted costs a little, once: the same sample again is free."""
    check_hosts({"config": wanted.config}, private_allowed=False)
    async with here.studio.budgets.purse(Account(who.id)) as purse:
        sound = await sample(
            here.studio,
            purse,
            provider=wanted.provider,
            voice_id=wanted.voice_id,
            language=wanted.language,
            model=wanted.model,
            config=wanted.config,
            text=wanted.text,
        )
    return Response(sound, media_type="audio/mpeg", headers={"Cache-Control": "private, max-age=86400"})
