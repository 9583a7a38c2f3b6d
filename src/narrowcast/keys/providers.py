"""The providers whose keys and addresses can be entered, and how each is asked at no cost whether it takes a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from narrowcast.errors import InputError, NotFoundError

SHORTEST_SHOWN = 12
"""Characters of a key of which the last four may be shown: of a shorter one they would tell too much."""


@dataclass(frozen=True)
class Provider:
    """Who writes or speaks. `question` is a free GET below the address; `header` and `scheme` carry the key.

    By each provider's own reference of its HTTP API. `own_address`: another address than the provider's may be set.
    """

    name: str
    title: str
    address: str
    question: str = "models"
    header: str = "authorization"
    scheme: str = "Bearer "
    extra: Mapping[str, str] = field(default_factory=dict)
    writes: bool = True
    speaks: bool = False
    own_address: bool = False
    keyed: bool = True

    def url(self, base_url: str | None) -> str:
        """What is asked, at the provider's own address or at `base_url`."""
        base = (base_url or self.address).rstrip("/")
        return f"{base.removesuffix('/v1') if self.question.startswith('v1/') else base}/{self.question}"


PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", "OpenAI or compatible", "https://api.openai.com/v1", speaks=True, own_address=True),
        Provider(
            "anthropic", "Anthropic", "https://api.anthropic.com/v1",
            header="x-api-key", scheme="", extra={"anthropic-version": "2023-06-01"},
        ),
        Provider(
            "google", "Google", "https://generativelanguage.googleapis.com/v1beta", header="x-goog-api-key", scheme=""
        ),
        Provider(
            "elevenlabs", "ElevenLabs", "https://api.elevenlabs.io",
            question="v1/models", header="xi-api-key", scheme="", writes=False, speaks=True, own_address=True,
        ),
        Provider("groq", "Groq", "https://api.groq.com/openai/v1"),
        Provider("mistral", "Mistral", "https://api.mistral.ai/v1"),
        Provider("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", question="key"),
        Provider("deepseek", "DeepSeek", "https://api.deepseek.com"),
        Provider("ollama", "Ollama", "http://127.0.0.1:11434/v1", own_address=True, keyed=False),
    )
}  # fmt: skip


def provider_named(name: str) -> Provider:
    """That provider. Raises `NotFoundError`."""
    if name not in PROVIDERS:
        raise NotFoundError(f"There is no provider {name[:40]!r}.", hint=f"There are {', '.join(PROVIDERS)}.")
    return PROVIDERS[name]


def check_entry(provider: Provider, api_key: str, base_url: str | None) -> None:
    """Refuse what the provider cannot be asked with. The key itself is in no message. Raises `InputError`."""
    if not api_key and not base_url:
        raise InputError(f"Nothing was entered for {provider.name}.", hint="Send an api_key, a base_url, or both.")
    if base_url and not provider.own_address:
        raise InputError(
            f"{provider.title} has no address that can be set.",
            hint="For another server that speaks OpenAI's protocol, enter it for openai.",
        )
    if base_url and "@" in urlsplit(base_url).netloc:
        raise InputError("The base_url holds a name or password.", hint="Send the key as api_key.")
    if not api_key and provider.keyed and not provider.own_address:
        raise InputError(f"{provider.title} needs an api_key.")
    if api_key and not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
        raise InputError("The api_key holds characters that no key has.", hint="Copy it again, as a whole.")


def ending_of(api_key: str) -> str:
    """The last four characters, to tell keys apart; none of a short one."""
    return api_key[-4:] if len(api_key) >= SHORTEST_SHOWN else ""
