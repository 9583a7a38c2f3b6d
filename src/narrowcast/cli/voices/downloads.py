"""`narrowcast voices catalogue`, `download`, `installed`, `remove`: voices that run on this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.telling import tell
from narrowcast.cli.voices.lists import AsJson, checked_language

if TYPE_CHECKING:
    from narrowcast.settings import Settings
    from narrowcast.tts.downloads.offers import Offer

Ids = Annotated[list[str], typer.Argument(metavar="PROVIDER:VOICE", help="As in the catalogue.", show_default=False)]


def catalogue(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="piper or kokoro. Default: both.")] = "",
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="Such as en or de. Default: all.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the voices that can be downloaded; asks the server that has them."""
    from narrowcast.cli.running import run_async
    from narrowcast.script.one_line import one_line
    from narrowcast.tts.downloads import catalogue as voices

    language = checked_language(language) if language else ""
    offers = run_async(voices.catalogue(provider, language, _server(_settings())))
    if as_json:
        typer.echo(json.dumps([_shown(offer) for offer in offers], ensure_ascii=False))
        return
    for offer in offers:
        several = f"{offer.speakers} speakers" if offer.speakers > 1 else ""
        about = ", ".join(part for part in (offer.language, offer.quality, several, offer.description) if part)
        typer.echo(f"{one_line(offer.id):<36} {_size(offer.size):>7}  {one_line(about)}")
    cards = sorted({offer.card for offer in offers if offer.provider == "kokoro"})
    if any(offer.provider == "piper" for offer in offers):
        cards.append("each piper voice has its own, see --json")
    if cards:
        tell(f"Licences: {'; '.join(cards)}")


def download(voices: Ids) -> None:
    """Download voices. Cut off, run it again: it goes on from there."""
    from narrowcast.cli.running import run_async
    from narrowcast.tts.downloads import catalogue as known

    settings = _settings()
    for voice in voices:
        paths = run_async(known.download(voice, _folder(settings), _progress(voice), _server(settings)))
        size = sum(path.stat().st_size for path in paths)
        tell(f"{voice}  {_size(size)}, in {_folder(settings)}")
        provider, _, name = voice.partition(":")
        if provider == "piper" or not name.startswith("model"):
            tell(f"Hear it: narrowcast voices sample {name} --tts {provider}")


def installed(as_json: AsJson = False) -> None:
    """List the voices that were downloaded."""
    from narrowcast.script.one_line import one_line
    from narrowcast.tts.downloads import catalogue as known

    there = known.installed(_folder(_settings()))
    if as_json:
        typer.echo(json.dumps([{"id": voice.id, "size": voice.size} for voice in there], ensure_ascii=False))
        return
    for voice in there:
        typer.echo(f"{one_line(voice.id):<36} {_size(voice.size):>7}")
    if not there:
        tell("None is. What there is: narrowcast voices catalogue")


def remove(voices: Ids) -> None:
    """Remove downloaded voices."""
    from narrowcast.tts.downloads import catalogue as known

    folder = _folder(_settings())
    for voice in voices:
        tell(f"{voice} is removed, {_size(known.remove(voice, folder))} are free again.")


def _settings() -> Settings:
    from narrowcast.settings import read_settings

    return read_settings()


def _folder(settings: Settings) -> Path:
    return settings.home / "voices"


def _server(settings: Settings) -> str:
    from narrowcast.tts.downloads.catalogue import HUB

    return settings.voices_url or HUB


def _shown(offer: Offer) -> dict[str, object]:
    names = ("id", "language", "quality", "speakers", "size", "card", "description")
    return {name: getattr(offer, name) for name in names}


def _size(count: int) -> str:
    return f"{count / 1e6:.0f} MB" if count >= 10**6 else f"{max(1, round(count / 1e3))} KB"


def _progress(voice: str) -> Callable[[int, int], None]:
    """Shows a download on a terminal: one line that counts up."""
    shown = -1

    def show(done: int, whole: int) -> None:
        nonlocal shown
        share = 100 * done // max(1, whole)
        if share == shown or sys.stderr is None or not sys.stderr.isatty():
            return
        shown = share
        sys.stderr.write(f"\r{voice}  {share:3} % of {_size(whole)}" + ("\n" if share >= 100 else ""))
        sys.stderr.flush()

    return show
