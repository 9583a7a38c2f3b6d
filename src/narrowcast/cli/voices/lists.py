"""`narrowcast voices` and `narrowcast voices list`: providers, and a provider's voices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from narrowcast.tts.base import Voice
    from narrowcast.tts.readiness import ProviderState

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Provider = Annotated[str, typer.Option(metavar="PROVIDER", help="The provider; see narrowcast voices.")]


def overview(
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="Such as en or de.")] = "en", as_json: AsJson = False
) -> None:
    """Show every provider: whether it works here and now, what it needs, which one auto takes."""
    from narrowcast.cli.running import run_async

    states = run_async(_states(checked_language(language)))
    if as_json:
        typer.echo(json.dumps([asdict(state) for state in states], ensure_ascii=False))
        return
    for state in states:
        typer.echo(_line(state))
    typer.echo("\nIts voices: narrowcast voices LANGUAGE --tts PROVIDER. To hear one: narrowcast voices sample VOICE.")


def list_voices(
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="Such as en or de.")] = "en",
    tts: Provider = "espeak",
    as_json: AsJson = False,
) -> None:
    """List the voices that a provider has for a language, best first."""
    from narrowcast.cli.running import run_async
    from narrowcast.script.one_line import one_line

    found = run_async(_voices(tts, checked_language(language)))
    if as_json:
        typer.echo(json.dumps([asdict(voice) for voice in found], ensure_ascii=False))
        return
    for voice in found:
        about = f"{voice.name}{f', {voice.gender}' if voice.gender else ''}  {voice.description}"
        typer.echo(f"{one_line(voice.id):<24} {one_line(about)}")


def checked_language(language: str) -> str:
    """`language`, if it has the look of a tag. Raises `InputError`: it may be a command that was mistyped."""
    from narrowcast.errors import InputError
    from narrowcast.script.language import primary

    if primary(language) is None:
        raise InputError(
            f"{language!r} is no language and no command.", hint="Give a tag such as en or de-AT, or see --help."
        )
    return language.replace("_", "-")


def _line(state: ProviderState) -> str:
    mark = "  ← auto" if state.auto else ""
    if state.ready:
        return f"{state.name:<12} ready  {state.voices} voices{mark}"
    return f"{state.name:<12} -      {' '.join(part for part in (state.needs, state.hint) if part)}{mark}"


async def _states(language: str) -> list[ProviderState]:
    from narrowcast.studio import Studio

    async with Studio.open() as studio:
        return await studio.providers(language)


async def _voices(tts: str, language: str) -> Sequence[Voice]:
    from narrowcast.studio import Studio

    async with Studio.open() as studio:
        return await studio.voices(tts, language)
