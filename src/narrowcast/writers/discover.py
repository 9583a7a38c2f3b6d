"""Which models a server in reach offers: an OpenAI-compatible one that is set, and an Ollama that runs here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

from narrowcast.answers import bounded
from narrowcast.script.one_line import one_line

NOT_FOR_TEXT = (
    "embed",
    "whisper",
    "tts",
    "rerank",
    "image",
    "dall-e",
    "moderation",
    "transcri",
    "speech",
    "guard",
    "kokoro",
    "piper",
)
LOCAL_S, HOSTED_S = 0.5, 5.0
"""How long a server may be silent; all may take twice that."""
LONGEST_NAME = 200


async def discover(base_urls: Mapping[str, str], keys: Mapping[str, str]) -> list[str]:
    """Models by `provider:model`, in the server's order; a server that does not answer offers nothing.

    OpenAI itself is not asked: its default is known.
    """
    found: list[str] = []
    for provider in ("openai", "ollama"):
        url = base_urls.get(provider)
        if url and urlsplit(url).hostname != "api.openai.com":
            found += [f"{provider}:{name}" for name in await _models(url, keys.get(provider, ""), provider)]
    return found


async def _models(base_url: str, key: str, provider: str) -> list[str]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    timeout = LOCAL_S if provider == "ollama" else HOSTED_S
    try:
        async with (
            asyncio.timeout(2 * timeout),
            httpx2.AsyncClient(
                timeout=timeout, trust_env=provider != "ollama", event_hooks={"response": [bounded()]}
            ) as client,
        ):
            response = await client.get(f"{base_url}/models", headers=headers)
            listed = response.json()["data"] if response.status_code == 200 else []
            names = [str(model["id"]) for model in listed]
    except (httpx2.HTTPError, TimeoutError, ValueError, LookupError, TypeError, RecursionError):
        return []
    return [
        name
        for name in names
        if not any(part in name.lower() for part in NOT_FOR_TEXT)
        and len(name) <= LONGEST_NAME
        and name == one_line(name)
    ]
