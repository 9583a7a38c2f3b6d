"""`narrowcast voices`: the voices that a provider has for a language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from narrowcast.tts.base import Voice


def voices(
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="Such as en or de.")] = "en",
    tts: Annotated[str, typer.Option(metavar="PROVIDER", help="The provider.")] = "espeak",
) -> None:
    """List the voices that a provider has for a language, best first."""
    from narrowcast.cli.running import run_async

    for voice in run_async(_voices(tts, language)):
        typer.echo(
            f"{voice.id:<24} {voice.name}{f', {voice.gender}' if voice.gender else ''}  {voice.description}".rstrip()
        )


async def _voices(tts: str, language: str) -> Sequence[Voice]:
    from narrowcast.settings import read_settings
    from narrowcast.studio import Studio

    async with Studio.open(read_settings()) as studio:
        return await studio.voices(tts, language)
