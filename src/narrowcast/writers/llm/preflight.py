"""Whether a model can be used, as far as that can be known without paying."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import httpx2
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, OpenAIError

from narrowcast.errors import ProviderError, SettingError
from narrowcast.writers.models import ModelChoice

TIMEOUT_S = 10.0
_COMPLETE_LISTS = {"openai", "ollama", "deepseek"}
"""Providers whose list holds every model that the key may use; other servers often list a part, or nothing."""


async def check_model(choice: ModelChoice) -> None:
    """Ask an OpenAI-compatible provider for its list of models, which costs nothing.

    Raises `SettingError` for a refused key, or a model that is not in a list known to be complete; `ProviderError`
    where nothing answers. A server that has no such list, or keeps it to itself, passes; so do providers that speak
    another protocol, whose key has been seen to be there: their first call tells.
    """
    client = getattr(choice.model.provider, "client", None)
    if not isinstance(client, AsyncOpenAI):
        return
    try:
        listed = await client.with_options(timeout=TIMEOUT_S, max_retries=0).models.list()
        names = [model.id for model in listed.data]
    except APIStatusError as error:
        if error.status_code in {401, 403}:
            raise SettingError(
                f"{choice.provider} refused the key in {choice.key_setting}."
                if choice.key
                else f"{choice.provider} at {choice.base_url} wants a key.",
                hint=f"Set {choice.key_setting} to one that may use {choice.name}.",
            ) from error
        return
    except (APIConnectionError, httpx2.HTTPError) as error:
        raise ProviderError(
            f"Nothing answers at {choice.base_url}, where {choice.spec} should be.",
            provider=choice.provider,
            retryable=True,
            hint=_start_hint(choice),
        ) from error
    except (OpenAIError, AttributeError, TypeError, ValueError):
        return  # it speaks, and has no list of models
    _check_listed(choice, names)


def _check_listed(choice: ModelChoice, names: list[Any]) -> None:
    known = {str(name) for name in names}
    complete = choice.provider in _COMPLETE_LISTS and (choice.provider != "openai" or not choice.foreign)
    if not complete or not known or {choice.name, f"{choice.name}:latest"} & known:
        return
    near = get_close_matches(choice.name, sorted(known), n=3, cutoff=0.3)
    get = f"Get it with: ollama pull {choice.name}. " if choice.provider == "ollama" else ""
    raise SettingError(
        f"{choice.provider} has no model {choice.name!r}.",
        hint=f"{get}It has {', '.join(near)}." if near else f"{get}It has {len(known)} others.",
    )


def _start_hint(choice: ModelChoice) -> str:
    if choice.provider == "ollama":
        return "Start it with: ollama serve. Or set OLLAMA_BASE_URL to where it runs."
    if choice.foreign:
        return "Check OPENAI_BASE_URL, and that the server runs."
    return "Check the connection to the network."
