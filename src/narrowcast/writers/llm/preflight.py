"""Whether a model can be used, as far as that can be known without paying."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote

import httpx2

from narrowcast.answers import AnswerTooLongError, bounded
from narrowcast.errors import ProviderError, SettingError
from narrowcast.net import PublicTransport
from narrowcast.writers.models import ModelChoice

TIMEOUT_S, CHECK_S = 10.0, 15.0
"""How long the server may be silent, and how long all may take."""


@dataclass(frozen=True)
class _Question:
    """What is asked of a provider, below its base URL, and how its key is sent.

    `one` names the model in the path, so that 404 means that there is none. `complete` lists hold every model that the
    key may use; servers of other makers often list a part, or nothing.
    """

    path: str
    header: str = "authorization"
    scheme: str = "Bearer "
    extra: Mapping[str, str] | None = None
    one: bool = False
    complete: bool = True


_QUESTIONS = {
    "openai": _Question("models"),
    "ollama": _Question("models"),
    "deepseek": _Question("models"),
    "openrouter": _Question("key", complete=False),
    "groq": _Question("openai/v1/models"),
    "mistral": _Question("v1/models"),
    "anthropic": _Question("v1/models/{}", "x-api-key", "", {"anthropic-version": "2023-06-01"}, one=True),
    "google": _Question("v1beta/models/{}", "x-goog-api-key", "", one=True),
}
"""By each provider's own reference of its HTTP API."""


async def check_model(choice: ModelChoice) -> None:
    """Ask the provider for its models, which costs nothing.

    Raises `SettingError` for a refused key or an unknown model, `ProviderError` where nothing answers. What cannot be
    known this way passes: a server without such a list, one that is busy, a provider that we have no question for.
    """
    question = _Question("models", complete=False) if choice.foreign else _QUESTIONS.get(choice.provider)
    if question is None or not choice.base_url:
        return
    url = f"{choice.base_url.rstrip('/')}/{question.path.format(quote(choice.name, safe=''))}"
    headers = {question.header: f"{question.scheme}{choice.key}"} if choice.key else {}
    try:
        async with (
            asyncio.timeout(CHECK_S),
            httpx2.AsyncClient(
                timeout=TIMEOUT_S,
                event_hooks={"response": [bounded()]},
                transport=PublicTransport() if choice.public_only else None,
            ) as client,
        ):
            response = await client.get(url, headers={**headers, **(question.extra or {})})
    except (httpx2.ReadTimeout, TimeoutError, httpx2.DecodingError, AnswerTooLongError):
        return  # it is there, and slow, or its list tells nothing
    except httpx2.HTTPError as error:
        raise ProviderError(
            f"Nothing answers at {choice.base_url}, where {choice.spec} should be.",
            provider=choice.provider,
            retryable=True,
            hint=_start_hint(choice),
        ) from error
    _judge(choice, question, response)


def _judge(choice: ModelChoice, question: _Question, response: httpx2.Response) -> None:
    # Google answers a wrong key with 400.
    refused = response.status_code in {401, 403} or (response.status_code == 400 and "API_KEY_INVALID" in response.text)
    if refused:
        raise SettingError(
            f"{choice.provider} refused the key in {choice.key_setting}."
            if choice.key
            else f"{choice.provider} at {choice.base_url} wants a key.",
            hint=f"Set {choice.key_setting} to one that may use {choice.name}.",
        )
    if question.one:
        if response.status_code == 404:
            raise _unknown(choice, set())
    elif question.complete and response.status_code == 200:
        known = _listed(response)
        if known and not {choice.name, f"{choice.name}:latest"} & known:
            raise _unknown(choice, known)


def _listed(response: httpx2.Response) -> set[str]:
    """The names in a list of models; none where it is no such list."""
    try:
        entries = response.json()["data"]
        return {str(entry["id"]) for entry in entries}
    except (ValueError, LookupError, TypeError, RecursionError):
        return set()


def _unknown(choice: ModelChoice, known: set[str]) -> SettingError:
    near = get_close_matches(choice.name, sorted(known), n=3, cutoff=0.3)
    get = f"Get it with: ollama pull {choice.name}. " if choice.provider == "ollama" else ""
    has = f"It has {', '.join(near)}." if near else "Check its name in the provider's list of models."
    return SettingError(f"{choice.provider} has no model {choice.name!r}.", hint=get + has)


def _start_hint(choice: ModelChoice) -> str:
    if choice.provider == "ollama":
        return "Start it with: ollama serve. Or set OLLAMA_BASE_URL to where it runs."
    if choice.foreign:
        return "Check OPENAI_BASE_URL, and that the server runs."
    return "Check the connection to the network."
