"""Language models by `provider:model`: opened with given keys, priced, and checked before money is spent.

Importing this module imports pydantic-ai (0.5 s): import it where a model is really wanted.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx2
from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model, create_async_httpx2_client, infer_model
from pydantic_ai.providers import Provider, infer_provider_class

from narrowcast.answers import bounded
from narrowcast.errors import SettingError
from narrowcast.net import PublicTransport
from narrowcast.script.hosts import is_loopback, is_openai

CONNECT_S = 10
FIRST_WORD_S = 300
"""How long a model may think, or a local one load, before its answer begins."""
LARGEST_ANSWER, LARGEST_EVENT = 32 * 10**6, 10**6
"""Bytes of a whole streamed answer and of one event in it: a hundred times what a long segment takes."""

_BASE_URLS = {"openai": "https://api.openai.com/v1", "ollama": "http://127.0.0.1:11434/v1"}
_KEYED = ("openai", "anthropic", "google", "groq", "mistral", "openrouter", "deepseek")
_ALIASES = {"openai-compatible": "openai", "openai_compatible": "openai", "gemini": "google", "vertex": "google-cloud"}
_EXTRAS = {"anthropic", "google", "groq", "mistral"}


class _Config(BaseModel):
    """What a profile's `outline_config` or `transcript_config` may set; the rest of it is another program's."""

    model_config = ConfigDict(extra="ignore")

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=1)] | None = None
    max_tokens: Annotated[int, Field(ge=256)] | None = None
    seed: int | None = None


@dataclass(frozen=True)
class ModelChoice:
    """An opened language model. `settings` go with every request; `key` is only for keeping it out of messages.

    `local` is true for a model on this machine, which costs nothing. `public_only` as for `open_model`.
    """

    spec: str
    provider: str
    name: str
    model: Model
    settings: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = ""
    local: bool = False
    key: str = field(default="", repr=False)
    http_client: httpx2.AsyncClient | None = field(default=None, repr=False, compare=False)
    public_only: bool = False

    @property
    def key_setting(self) -> str:
        """The setting that holds this provider's key."""
        return key_setting(self.provider)

    @property
    def foreign(self) -> bool:
        """Whether another host speaks OpenAI's protocol."""
        return self.provider == "openai" and not is_openai(self.base_url)

    @property
    def thinks(self) -> bool:
        """Whether the model may think before it answers; thoughts are paid for, and count towards `max_tokens`."""
        return bool(self.model.profile.get("supports_thinking"))

    def identity(self) -> Mapping[str, Any]:
        """What of the model decides its answers."""
        return {"model": self.spec, "base_url": self.base_url, "settings": answer_settings(self.settings)}

    def cost_usd(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """The price of a call by genai-prices' list; 0 for a local model, none where the list has no such model."""
        if self.local:
            return 0.0
        usage = PricedUsage(input_tokens=prompt_tokens, output_tokens=completion_tokens)
        if self.base_url:
            with suppress(LookupError, ValueError):
                return float(calc_price(usage, self.name, provider_api_url=self.base_url).total_price)
        if self.foreign:
            return None  # another host's prices are not those of the provider whose wire it speaks
        with suppress(LookupError, ValueError):
            return float(calc_price(usage, self.name, provider_id=self.provider).total_price)
        return None

    def prices(self) -> tuple[float, float] | None:
        """USD for a prompt token and a completion token, none where the list has no such model."""
        prompt, completion = self.cost_usd(1_000, 0), self.cost_usd(0, 1_000)
        return None if prompt is None or completion is None else (prompt / 1_000, completion / 1_000)

    async def aclose(self) -> None:
        """Close the connections; may be called twice."""
        if self.http_client is not None:
            await self.http_client.aclose()
        own = self.model.provider
        if own is not None:
            # Entered once here so that leaving it closes the client which the provider made for itself.
            async with own:
                pass


def key_setting(provider: str) -> str:
    """The setting that holds a provider's key: `openai` → `OPENAI_API_KEY`."""
    return f"{provider.removesuffix('-chat').upper().replace('-', '_')}_API_KEY"


def answer_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a model's settings that can change its answer."""
    return {name: settings[name] for name in sorted(_Config.model_fields) if settings.get(name) is not None}


def open_model(
    spec: str,
    *,
    keys: Mapping[str, str],
    base_urls: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
    public_only: bool = False,
) -> ModelChoice:
    """The model that `provider:model` names; nothing is sent.

    `keys` and `base_urls` are by provider (`openai`, `anthropic`, `google`, `groq`, `mistral`, `openrouter`,
    `deepseek`, `ollama`, and any other that pydantic-ai knows). An `openai` base URL that is not OpenAI's own is
    spoken to by chat completions and needs no key. `config` holds `temperature`, `top_p`, `top_k`, `max_tokens` and
    `seed`, the rest of it is not read. `public_only`: the base URL is a stranger's word, and may lead to public
    addresses alone. Raises `SettingError`.
    """
    provider, _, name = spec.partition(":")
    provider, name = _ALIASES.get(provider.strip().lower(), provider.strip().lower()), name.strip()
    if not provider or not name:
        raise SettingError(
            f"There is no language model {spec!r}.", hint="Write it as provider:model, such as openai:gpt-5-mini."
        )
    key = keys.get(provider, "")
    base_url = (base_urls or {}).get(provider, "") or _BASE_URLS.get(provider, "")
    settings = _settings(spec, config or {}, openai=provider == "openai" and is_openai(base_url))
    hosted_elsewhere = provider == "openai" and not is_openai(base_url)
    if not key and not hosted_elsewhere and provider in _KEYED:
        raise SettingError(
            f"{key_setting(provider)} is not set, and {spec} needs it.", hint="Set it, or make do with --llm none."
        )
    opened: list[httpx2.AsyncClient] = []
    client = partial(_http_client, opened, public_only=public_only)
    make = _foreign_openai(base_url, key, client) if hosted_elsewhere else _provider(base_url, key, client)
    try:
        model = infer_model(f"openai-chat:{name}" if hosted_elsewhere else f"{provider}:{name}", make)
    except ImportError as error:
        package = f"narrowcast[{provider}]" if provider in _EXTRAS else f"pydantic-ai-slim[{provider}]"
        raise SettingError(f"{spec} needs a package that is not installed.", hint=f'pip install "{package}"') from error
    except ValueError as error:
        raise SettingError(
            f"There is no provider of language models named {provider!r}.",
            hint=f"Known: {', '.join([*_KEYED, 'ollama'])}, and the others of pydantic-ai.",
        ) from error
    except UserError as error:
        raise SettingError(f"{spec} cannot be used: {error.message.split(' To try Pydantic AI')[0]}") from error
    return ModelChoice(
        spec=f"{provider}:{name}",
        provider=provider,
        name=name,
        model=model,
        settings=settings,
        base_url=base_url or (model.base_url or ""),
        local=is_loopback(base_url) or (provider == "ollama" and not name.endswith("-cloud")),
        key=key,
        http_client=opened[0] if opened else None,
        public_only=public_only,
    )


def _settings(spec: str, config: Mapping[str, Any], *, openai: bool) -> dict[str, Any]:
    try:
        wanted = _Config.model_validate(dict(config)).model_dump(exclude_none=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingError(f"The {first['loc'][0]} set for {spec} is wrong: {first['msg']}.") from error
    # Retries are the pipeline's: it knows the limits that all calls share. Nothing said should be kept by the provider.
    return {**wanted, "max_retries": 0, "timeout": FIRST_WORD_S, **({"openai_store": False} if openai else {})}


def _http_client(opened: list[httpx2.AsyncClient], *, public_only: bool) -> httpx2.AsyncClient:
    client = create_async_httpx2_client(
        timeout=httpx2.Timeout(FIRST_WORD_S, connect=CONNECT_S), transport=PublicTransport() if public_only else None
    )
    client.event_hooks["response"].append(bounded(LARGEST_ANSWER, most_of_an_event=LARGEST_EVENT))
    opened.append(client)
    return client


def _foreign_openai(
    base_url: str, key: str, client: Callable[[], httpx2.AsyncClient]
) -> Callable[[str], Provider[Any]]:
    def make(_: str) -> Provider[Any]:
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        return OpenAICompatibleProvider(
            urlsplit(base_url).netloc, base_url=base_url, api_key=key or None, http_client=client()
        )

    return make


def _provider(base_url: str, key: str, client: Callable[[], httpx2.AsyncClient]) -> Callable[[str], Provider[Any]]:
    def make(provider: str) -> Provider[Any]:
        kind = infer_provider_class(provider)
        accepted = inspect.signature(kind.__init__).parameters
        arguments: dict[str, Any] = {"api_key": key} if key else {}
        if base_url:
            arguments["api_base" if "api_base" in accepted else "base_url"] = base_url
        if "openai_client" in accepted and "http_client" in accepted:
            arguments["http_client"] = client()
        return kind(**{name: value for name, value in arguments.items() if name in accepted})

    return make
