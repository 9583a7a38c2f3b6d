"""Importing beforehand what a run would import in its midst: a second and more that would stand in everybody's way."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from importlib import import_module

MAKING = (
    "av",
    "PIL.Image",
    "num2words",
    "narrowcast.sources.from_markdown",
    "narrowcast.sources.from_text",
    "narrowcast.sources.joining",
    "narrowcast.writers.extractive.languages.en",
)
WRITING = (
    "narrowcast.writers.llm.preflight",
    "narrowcast.writers.llm.prompts",
    "narrowcast.writers.llm.writer",
    "narrowcast.writers.models",
)


def warm_up(providers: Collection[str]) -> None:
    """Import what making needs, and with `providers` (those whose key is known) their libraries. For a thread."""
    for name in MAKING:
        import_module(name)
    if providers:
        for name in WRITING:
            import_module(name)
    for provider in providers:
        for name in (
            f"pydantic_ai.models.{provider}",
            f"pydantic_ai.providers.{provider}",
            f"narrowcast.tts.{provider}.provider",
        ):
            # Some only write, some only speak, and some are extras that are not installed.
            with suppress(ImportError):
                import_module(name)
