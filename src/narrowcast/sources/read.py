"""Reading what an episode is made from: places in, numbered passages out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from narrowcast.errors import SourceError
from narrowcast.script.source import Source
from narrowcast.sources.bounds import MAX_EPISODE_TEXT, MAX_PASSAGES
from narrowcast.sources.opened import open_url
from narrowcast.sources.places import MAX_FILE_BYTES, is_url, list_folder, shown
from narrowcast.sources.raw import Raw, digest_of, read_raw
from narrowcast.sources.youtube.answers import SITE


@dataclass(frozen=True)
class Reading:
    """The sources in the order of their places, and what of them was passed over, with the reasons."""

    sources: tuple[Source, ...]
    skipped: tuple[str, ...] = ()


async def read_sources(
    places: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    allow_private: bool = False,
    language: str | None = None,
    wanted: str | None = None,
    youtube: str = SITE,
) -> Reading:
    """The sources behind `places`: files, folders, http(s) URLs, `-` for `stdin`.

    `language` (BCP 47) says which language all of them are in; else it is what each declares, else what it is found to
    be. `wanted` is the episode's language, for sources that offer several. `youtube` is where that site's videos lie.
    Passages are numbered from 1 over all sources. Reading runs in a worker thread. Raises `SourceError` naming the
    place for whatever cannot be read; inside a folder such files are passed over, unless nothing is left. What is given
    twice is read once.
    """
    if not places:
        raise SourceError("There is no source.", hint="Give a file, a folder, a URL, or `-` for standard input.")
    sources: list[Source] = []
    skipped: list[str] = []
    passages = text = 0
    known: dict[bytes, str] = {}
    for place, times in Counter(places).items():
        raws, passed, forgiving = await _open(place, stdin, wanted or language, youtube, allow_private=allow_private)
        skipped.extend(passed)
        if times > 1:
            skipped.append(f"{shown(place)}: given {times} times, read once")
        useful = False
        for raw in raws:
            try:
                digest = await asyncio.to_thread(digest_of, raw)
                if digest in known:
                    skipped.append(f"{raw.origin}: the same as {known[digest]}, which is read")
                    useful = True
                    continue
                source, notes = await asyncio.to_thread(read_raw, raw, len(sources) + 1, passages + 1, language)
            except SourceError as error:
                if not forgiving:
                    raise
                skipped.append(error.message)
                continue
            known[digest] = raw.origin
            useful = True
            sources.append(source)
            skipped.extend(f"{raw.origin}: {note}" for note in notes)
            passages += len(source.passages)
            text += sum(len(passage.text) for passage in source.passages)
            check_all(passages, text)
        if forgiving and not useful:
            raise SourceError(
                f"{shown(place)} holds nothing that can be read.",
                hint="Text, Markdown, HTML, PDF, EPUB, Word and subtitle files can be read.",
            )
    return Reading(tuple(sources), tuple(skipped))


def check_all(passages: int, text: int) -> None:
    """Raise `SourceError` when the sources so far hold more than one episode is made from."""
    if passages > MAX_PASSAGES or text > MAX_EPISODE_TEXT:
        raise SourceError(
            f"The sources hold {text / 1e6:,.0f} MB of text in {passages:,} passages; one episode is made from at most "
            f"{MAX_EPISODE_TEXT / 1e6:.0f} MB and {MAX_PASSAGES:,} passages.",
            hint="Give fewer sources, or a part of them.",
        )


async def _open(
    place: str, stdin: BinaryIO | None, language: str | None, youtube: str, *, allow_private: bool
) -> tuple[Sequence[Raw], Sequence[str], bool]:
    """What is behind a place, what of it is passed over, and whether its faults are forgiven."""
    if place == "-":
        return [Raw("-", await asyncio.to_thread(_read_stream, stdin))], (), False
    if not place.strip():
        raise SourceError("A source has an empty name.", hint="Give a file, a folder, a URL, or `-`.")
    if is_url(place):
        return [await open_url(place, language=language, youtube=youtube, allow_private=allow_private)], (), False
    path = Path(place)
    if await asyncio.to_thread(_is_folder, path):
        folder = await asyncio.to_thread(list_folder, path)
        return [Raw(shown(file), file) for file in folder.files], folder.skipped, True
    return [Raw(shown(place), path)], (), False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _read_stream(stream: BinaryIO | None) -> bytes:
    if stream is None:
        raise SourceError("There is no standard input to read.", hint="Pipe a document in, or give a file.")
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise SourceError(
            f"Standard input holds more than {MAX_FILE_BYTES / 1e6:.0f} MB, which is the most that can be read.",
            hint="Give the part you want.",
        )
    return data
