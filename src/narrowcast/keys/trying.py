"""Trying a key: one free question to its provider."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import httpx2

from narrowcast.answers import AnswerTooLongError, bounded
from narrowcast.keys.providers import Provider
from narrowcast.tts.elevenlabs.errors import NO_PERMISSION, codes_of
from narrowcast.tts.hosted import quoted

TIMEOUT_S, WHOLE_S = 10.0, 15.0
"""How long the provider may be silent, and how long all may take."""


class Verdict(StrEnum):
    """What became of trying a key."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"
    """It answers, but not whether the key is right."""


@dataclass(frozen=True)
class Tried:
    """The verdict, and what was said, in words for the person; never with the key in it."""

    verdict: Verdict
    said: str = ""


async def try_key(provider: Provider, api_key: str, base_url: str | None) -> Tried:
    """Ask the provider whether it takes the key (empty: whether it answers without one). Costs nothing."""
    headers = {provider.header: f"{provider.scheme}{api_key}"} if api_key else {}
    url = provider.url(base_url)
    try:
        async with (
            asyncio.timeout(WHOLE_S),
            # Plain HTTP needs no certificates. Redirects are not followed: the key is for this host alone.
            httpx2.AsyncClient(
                timeout=TIMEOUT_S, verify=url.startswith("https:"), event_hooks={"response": [bounded()]}
            ) as client,
        ):
            response = await client.get(url, headers={**headers, **provider.extra})
    except (AnswerTooLongError, httpx2.DecodingError):
        return Tried(Verdict.UNCLEAR, f"{provider.title} answers with something that cannot be read.")
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError):
        return Tried(Verdict.UNREACHABLE, f"{provider.title} cannot be reached at {base_url or provider.address}.")
    return _judged(provider, response, api_key)


def _judged(provider: Provider, response: httpx2.Response, api_key: str) -> Tried:
    status = response.status_code
    words = _words(response, api_key)
    said = f"{provider.title} says {status}{f': {words}' if words else ''}"
    if status == 200:
        return Tried(Verdict.ACCEPTED)
    # ElevenLabs' keys may be good for speech alone; Google answers a wrong key with 400.
    if status == 401 and codes_of(response) & NO_PERMISSION:
        return Tried(Verdict.ACCEPTED)
    if status in {401, 403} or (status == 400 and "API_KEY_INVALID" in response.text):
        return Tried(Verdict.REFUSED, said)
    return Tried(Verdict.UNREACHABLE if status >= 500 else Verdict.UNCLEAR, said)


def _words(response: httpx2.Response, api_key: str) -> str:
    """The provider's own message, in one short line without the key."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return ""
    for _ in range(4):
        if not isinstance(body, dict):
            break
        body = next((body[name] for name in ("error", "detail", "message") if body.get(name)), "")
    return quoted(body, api_key) if isinstance(body, str) else ""
