"""Which language model writes, or none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from narrowcast.errors import SettingError
from narrowcast.script.profile import EpisodeProfile

AUTO = "auto"
NONE = "none"
DEFAULT_MODELS = {
    "anthropic": "claude-sonnet-5-5",
    "openai": "gpt-6-luna",
    "google": "gemini-3.8-flash",
}
"""In the order that `auto` takes them; models that write good dialogue at a moderate price (November 2026)."""


@dataclass(frozen=True)
class ModelNames:
    """The models for outline and turns, each as `provider:model`; both none: no language model writes."""

    outline: str | None
    transcript: str | None


def choose_models(
    asked: str, profile: EpisodeProfile, available: Collection[str], offered: Collection[str] = ()
) -> ModelNames:
    """The models to write with.

    `asked` is `auto`, `none` or `provider:model`. `available` are the providers whose key is set. `offered` are models
    by `provider:model` that a server in reach offers (an OpenAI-compatible one, Ollama), best first. `auto` takes the
    first that is there: the profile's own, Anthropic, OpenAI or a compatible server, Google, Ollama, else none.
    Raises `SettingError`.
    """
    if asked == NONE:
        return ModelNames(None, None)
    if asked != AUTO:
        provider, colon, model = asked.partition(":")
        if not (provider and colon and model):
            raise SettingError(
                f"--llm {asked!r} is no model.",
                hint="Give PROVIDER:MODEL such as anthropic:claude-sonnet-5-5, auto or none.",
            )
        return ModelNames(asked, asked)
    available = {*available, *(name.partition(":")[0] for name in offered)}
    fallback = _fallback(available, offered)
    outline = _own(profile.outline_provider, profile.outline_model, available) or fallback
    transcript = _own(profile.transcript_provider, profile.transcript_model, available) or fallback
    return ModelNames(outline or transcript, transcript or outline)


def _own(provider: str, model: str, available: Collection[str]) -> str | None:
    return f"{provider}:{model}" if provider != AUTO and provider in available else None


def _fallback(available: Collection[str], offered: Collection[str]) -> str | None:
    for provider, model in DEFAULT_MODELS.items():
        if served := next((name for name in offered if name.startswith(f"{provider}:")), None):
            return served
        if provider in available:
            return f"{provider}:{model}"
    return next(iter(offered), None)
