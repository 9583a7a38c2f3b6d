"""`/providers`: whom the server can ask, with whose key. Keys go in, and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Admins
from narrowcast.settings.kinds import HttpUrl
from narrowcast.studio.provider_keys import ProviderState

router = APIRouter(prefix="/providers", tags=["Providers"])

Verdict = Literal["accepted", "refused", "unreachable", "unclear", "untested", "locked"]


class Provider(BaseModel):
    """A provider of models or voices, and what this server has for it."""

    name: str
    title: str
    writes: bool = Field(description="It has language models.")
    speaks: bool = Field(description="It has voices.")
    source: Literal["entered", "environment"] | None = Field(description="Where its key or address is from.")
    has_key: bool
    ending: str = Field(description="The key's last characters, to tell it from others; empty for a short key.")
    base_url: str | None = Field(description="Where it is asked, if not at its own address.")
    base_url_can_be_set: bool
    verdict: Verdict = Field(description="What became of the last test.")
    tested_at: datetime | None
    shadows_environment: bool = Field(description="The environment has a key too, which is not used now.")


class Providers(BaseModel):
    """Every provider."""

    items: list[Provider]


class ProviderEntry(BaseModel):
    """A key, an address, or both: together they replace whatever was entered before."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr | None = Field(default=None, max_length=1000)
    base_url: Annotated[HttpUrl, Field(max_length=500)] | None = Field(
        default=None,
        description="Only where `base_url_can_be_set`. A key of the environment is never sent there.",
    )


class ProviderTest(BaseModel):
    """What the provider answered to a free question."""

    provider: Provider
    verdict: Verdict
    said: str = Field(description="In its own words, where it refused.")


@router.get("", operation_id="list_providers", responses=documented(401, 403))
async def list_providers(here: Here, _who: Admins) -> Providers:
    """Every provider: whether it has a key, from where, and what the last test said. For the owner."""
    return Providers(items=[_shape(state) for state in await here.keys.states()])


@router.put("/{name}", operation_id="enter_provider_key", responses=documented(401, 403, 404, 422, 502))
async def enter_provider_key(
    name: str,
    entry: Annotated[
        ProviderEntry,
        Body(
            openapi_examples={
                "server": {
                    "summary": "A server of one's own that speaks OpenAI's protocol",
                    "value": {"base_url": "http://127.0.0.1:8880/v1"},
                },
            }
        ),
    ],
    here: Here,
    who: Admins,
    *,
    force: Annotated[bool, Query(description="Keep it also if the provider cannot be reached now.")] = False,
) -> Provider:
    """Enter a provider's key or address. It is tried at once, at no cost; a key that is refused is not kept.

    It is kept encrypted, never shown again, and used by all work that begins from now on.
    """
    key = entry.api_key.get_secret_value().strip() if entry.api_key else ""
    return _shape(await here.keys.enter(name, api_key=key, base_url=entry.base_url, by=who.id, force=force))


@router.post("/{name}/test", operation_id="test_provider", responses=documented(401, 403, 404, 422))
async def try_provider(name: str, here: Here, _who: Admins) -> ProviderTest:
    """Ask a provider, at no cost, whether it takes the key that is in use."""
    state, tried = await here.keys.test(name)
    return ProviderTest(provider=_shape(state), verdict=tried.verdict.value, said=tried.said)


@router.delete("/{name}", operation_id="remove_provider_key", status_code=204, responses=documented(401, 403, 404))
async def remove_provider_key(name: str, here: Here, _who: Admins) -> Response:
    """Forget what was entered for a provider; what the environment sets holds again."""
    await here.keys.remove(name)
    return Response(status_code=204)


def _shape(state: ProviderState) -> Provider:
    provider = state.provider
    return Provider.model_validate(
        {
            "name": provider.name,
            "title": provider.title,
            "writes": provider.writes,
            "speaks": provider.speaks,
            "source": state.source,
            "has_key": state.has_key,
            "ending": state.ending,
            "base_url": state.base_url,
            "base_url_can_be_set": provider.own_address,
            "verdict": state.verdict,
            "tested_at": state.tested_at,
            "shadows_environment": state.shadows_environment,
        }
    )
