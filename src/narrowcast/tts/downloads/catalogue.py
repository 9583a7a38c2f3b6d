"""Which voices can be downloaded, and which are: piper's and Kokoro's, from where their makers publish them.

A server of one's own serves the same paths below its base URL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2

from narrowcast.errors import OutputError, SettingError, VoiceError
from narrowcast.tts.downloads.fetch import CONNECT_S, READ_S, RemoteFile, fetch, is_safe
from narrowcast.tts.downloads.offers import NAME, Offer
from narrowcast.tts.kokoro.offers import kokoro_offers
from narrowcast.tts.kokoro.voices import MODELS
from narrowcast.tts.local.voice_files import nearness
from narrowcast.tts.piper.offers import piper_offers

HUB = "https://huggingface.co"
PROVIDERS = ("piper", "kokoro")

OnProgress = Callable[[int, int], None]
"""Is told how many bytes are there, and how many there will be in all."""


@dataclass(frozen=True)
class Installed:
    """A voice or model that is there: its id as in an `Offer`, its bytes on disk."""

    id: str
    size: int


async def catalogue(provider: str = "", language: str = "", base_url: str = HUB) -> tuple[Offer, ...]:
    """What can be downloaded: of one provider, or of all; for one language (BCP 47), or for all. Asks the server.

    Raises `VoiceError` (no such provider), `SettingError` (an address that is not safe), `ProviderError` (server).
    """
    _check_provider(provider)
    offers = list(kokoro_offers(base_url)) if provider != "piper" else []
    if provider != "kokoro":
        _check_server(base_url)
        offers += await piper_offers(base_url)
    for_all = [offer for offer in offers if not language or not offer.language]
    for_this = [offer for offer in offers if language and nearness(offer.language, language) is not None]
    return (*for_all, *for_this)


async def download(
    voice: str, voices_folder: Path, on_progress: OnProgress = lambda _done, _all: None, base_url: str = HUB
) -> tuple[Path, ...]:
    """Download `PROVIDER:NAME` into the folder of voices, with the model where it needs one that is not there.

    What is there already is not fetched again; what was cut is gone on from. Raises `VoiceError` (no such voice),
    `ProviderError` (server, connection, wrong content), `OutputError` (disk).
    """
    provider, name = _split(voice)
    folder = voices_folder / provider
    _check_server(base_url)
    offered = await piper_offers(base_url) if provider == "piper" else kokoro_offers(base_url)
    offers = {offer.id: offer for offer in offered}
    if voice not in offers:
        near = [offer for offer in offers if name.lower() in offer.lower()] or [*offers]
        raise VoiceError(f"There is no {voice!r} to download.", hint=f"There are, among others, {', '.join(near[:6])}.")
    files = offers[voice].files
    if provider == "kokoro" and not name.startswith("model") and not any(folder.glob("*.onnx")):
        files = (*offers[f"kokoro:{MODELS[0].name}"].files, *files)
    async with httpx2.AsyncClient(timeout=httpx2.Timeout(READ_S, connect=CONNECT_S), follow_redirects=False) as client:
        return await _fetch_all(client, base_url, files, folder, on_progress)


def installed(voices_folder: Path) -> tuple[Installed, ...]:
    """What was downloaded, by id; broken ones too, so that they can be removed."""
    return tuple(
        Installed(voice, sum(path.stat().st_size for path in paths if path.is_file()))
        for voice, paths in sorted(_there(voices_folder).items())
    )


def remove(voice: str, voices_folder: Path) -> int:
    """Remove a downloaded voice or model, and what was left of its download; the bytes that are free again.

    Raises `VoiceError` when it is not there, `OutputError` when it cannot be removed.
    """
    provider, name = _split(voice)
    paths = [path for path in _files_of(voices_folder, provider, name) if path.is_file()]
    if not paths:
        there = ", ".join(_there(voices_folder)) or "none"
        raise VoiceError(f"The voice {voice} is not downloaded.", hint=f"Downloaded are: {there}.")
    freed = sum(path.stat().st_size for path in paths)
    try:
        for path in paths:
            path.unlink()
    except OSError as error:
        raise OutputError(f"Cannot remove {error.filename}: {error.strerror}.") from error
    return freed


async def _fetch_all(
    client: httpx2.AsyncClient, base_url: str, files: tuple[RemoteFile, ...], folder: Path, on_progress: OnProgress
) -> tuple[Path, ...]:
    total = sum(file.size for file in files)
    before = 0
    paths = []
    for file in files:
        local = folder / file.name
        if not await asyncio.to_thread(_is_whole, local, file.size):

            def progress(done: int, before: int = before) -> None:
                on_progress(before + done, total)

            await fetch(client, base_url, file, folder, progress)
        before += file.size
        on_progress(before, total)
        paths.append(local)
    return tuple(paths)


def _is_whole(path: Path, size: int) -> bool:
    # Only a file whose hash was right ever gets its name.
    return path.is_file() and path.stat().st_size == size


def _split(voice: str) -> tuple[str, str]:
    provider, _, name = voice.partition(":")
    _check_provider(provider)
    if not provider or not NAME.fullmatch(name):
        raise VoiceError(f"{voice!r} names no voice.", hint="Write it as in piper:en_US-lessac-medium.")
    return provider, name


def _check_provider(provider: str) -> None:
    if provider and provider not in PROVIDERS:
        raise VoiceError(
            f"{provider!r} has no voices to download.", hint=f"Those that have are {' and '.join(PROVIDERS)}."
        )


def _files_of(voices_folder: Path, provider: str, name: str) -> list[Path]:
    folder = voices_folder / provider
    if provider == "piper":
        names = [folder / f"{name}.onnx", folder / f"{name}.onnx.json"]
    else:
        names = [folder / f"{name}.onnx"] if name.startswith("model") else [folder / "voices" / f"{name}.bin"]
    return [path for each in names for path in (each, each.with_name(f"{each.name}.part"))]


def _there(voices_folder: Path) -> dict[str, list[Path]]:
    found = [("piper", path.stem) for path in (voices_folder / "piper").glob("*.onnx")]
    found += [("kokoro", path.stem) for path in (voices_folder / "kokoro").glob("model*.onnx")]
    found += [("kokoro", path.stem) for path in (voices_folder / "kokoro" / "voices").glob("*.bin")]
    return {f"{provider}:{name}": _files_of(voices_folder, provider, name) for provider, name in found}


def _check_server(base_url: str) -> None:
    if not is_safe(base_url):
        raise SettingError(
            f"Voices are not downloaded from {base_url}: what comes could be changed on the way.",
            hint="NARROWCAST_VOICES_URL begins with https://, or names this machine.",
        )
