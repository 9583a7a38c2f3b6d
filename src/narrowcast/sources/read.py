"""Reading what an episode is made from: places in, numbered passages out."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from narrowcast.errors import SourceError
from narrowcast.script.language import primary
from narrowcast.script.source import Source
from narrowcast.sources.blocks import Block, BlockKind, Document, settle
from narrowcast.sources.bounds import MAX_EPISODE_TEXT, MAX_PASSAGES, check_size
from narrowcast.sources.decode import decode
from narrowcast.sources.kinds import HEAD, Kind, file_name, is_package, kind_of
from narrowcast.sources.language import detect
from narrowcast.sources.passages import cut
from narrowcast.sources.places import MAX_FILE_BYTES, check_file, is_url, list_folder, shown
from narrowcast.sources.youtube.answers import SITE, Video, video_id

_SAMPLE = 6_000


@dataclass(frozen=True)
class Reading:
    """The sources in the order of their places, and what of them was passed over, with the reasons."""

    sources: tuple[Source, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Raw:
    """A document before it is read: its bytes, or the file that holds them."""

    origin: str
    data: bytes | Path
    content_type: str = ""
    charset: str = ""
    video: Video | None = None


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
                digest = await asyncio.to_thread(_digest, raw)
                if digest in known:
                    skipped.append(f"{raw.origin}: the same as {known[digest]}, which is read")
                    useful = True
                    continue
                source, notes = await asyncio.to_thread(_read, raw, len(sources) + 1, passages + 1, language)
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
) -> tuple[Sequence[_Raw], Sequence[str], bool]:
    """What is behind a place, what of it is passed over, and whether its faults are forgiven."""
    if place == "-":
        return [_Raw("-", await asyncio.to_thread(_read_stream, stdin))], (), False
    if not place.strip():
        raise SourceError("A source has an empty name.", hint="Give a file, a folder, a URL, or `-`.")
    if is_url(place):
        from narrowcast.net import FetchLimits, fetch
        from narrowcast.sources.youtube.captions import fetch_captions

        if video := video_id(place):
            found, captions = await fetch_captions(
                video, place, language=language, allow_private=allow_private, site=youtube
            )
            return [_Raw(place, captions, video=found)], (), False
        page = await fetch(place, FetchLimits(), allow_private=allow_private)
        return [_Raw(place, page.body, page.content_type, page.charset)], (), False
    path = Path(place)
    if await asyncio.to_thread(_is_folder, path):
        folder = await asyncio.to_thread(list_folder, path)
        return [_Raw(shown(file), file) for file in folder.files], folder.skipped, True
    return [_Raw(shown(place), path)], (), False


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


def _digest(raw: _Raw) -> bytes:
    """What tells one document's bytes from another's. Raises `SourceError`."""
    if isinstance(raw.data, bytes):
        return hashlib.sha256(raw.data).digest()
    check_file(raw.data)
    try:
        with raw.data.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise SourceError(f"{raw.origin} cannot be read: {error.strerror}.", hint="Check the file.") from error


def _read(raw: _Raw, number: int, first_passage: int, language: str | None) -> tuple[Source, tuple[str, ...]]:
    """One source, read whole, and notes on what of it was not read. Raises `SourceError`."""
    document = settle(_parse(raw))
    blocks = document.blocks
    if not any(char.isalnum() for block in blocks for char in block.text):
        raise SourceError(f"{_named(raw.origin)} holds no text.", hint="Give a document with text in it.")
    tag = primary(language) or primary(document.language) or detect(_sample(blocks))
    source = Source(
        number=number,
        title=(document.title or "").strip()[:300] or file_name(raw.origin),
        origin=raw.origin,
        format=document.format,
        language=tag,
        author=document.author or None,
        published=document.published,
        passages=cut(blocks, source=number, first_number=first_passage, language=tag),
    )
    return source, document.notes


def _parse(raw: _Raw) -> Document:
    if raw.video and isinstance(raw.data, bytes):
        from narrowcast.sources.youtube.captions import read_video

        return read_video(decode(raw.data, raw.origin), raw.video, raw.origin)
    head = _head(raw)
    if not head.strip():
        raise SourceError(f"{_named(raw.origin)} is blank.", hint="Give a document with text in it.")
    if is_package(head):
        from narrowcast.sources.packages import read_package

        return read_package(raw.data, _named(raw.origin))
    kind = kind_of(head, raw.origin, raw.content_type)
    if kind is Kind.PDF:
        from narrowcast.sources.from_pdf import read_pdf

        return read_pdf(raw.data, _named(raw.origin))
    name = _named(raw.origin)
    check_size(raw.data.stat().st_size if isinstance(raw.data, Path) else len(raw.data), name)
    data = raw.data.read_bytes() if isinstance(raw.data, Path) else raw.data
    if kind is Kind.HTML:
        from narrowcast.sources.from_html import read_html

        return read_html(decode(data, name, raw.charset or _meta_charset(head)), name)
    text = decode(data, name, raw.charset)
    if kind is Kind.SUBTITLES:
        from narrowcast.sources.from_subtitles import read_subtitles

        return read_subtitles(text, name)
    if kind is Kind.MARKDOWN:
        from narrowcast.sources.from_markdown import read_markdown

        return read_markdown(text, name)
    from narrowcast.sources.from_text import read_text

    return read_text(text, name)


def _head(raw: _Raw) -> bytes:
    """The first bytes of a document, once it is sure that it may be read."""
    if isinstance(raw.data, bytes):
        if not raw.data:
            raise SourceError(f"{_named(raw.origin)} is empty.", hint="Give a document with text in it.")
        return raw.data[:HEAD]
    check_file(raw.data)
    try:
        with raw.data.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise SourceError(f"{raw.origin} cannot be read: {error.strerror}.", hint="Check the file.") from error


def _meta_charset(head: bytes) -> str:
    """The charset that a page's own head declares (HTML, 13.2.3.2: in its first bytes)."""
    found = re.search(rb"<meta[^<>]+?charset\s*=\s*[\"']?([\w.:-]+)", head, re.IGNORECASE)
    return found.group(1).decode("ascii", errors="ignore") if found else ""


def _sample(blocks: Sequence[Block]) -> str:
    """Some prose to tell the language by, from the middle of the document, where it is least likely boilerplate."""
    prose = [block.text for block in blocks if block.kind in {BlockKind.PROSE, BlockKind.LIST}]
    prose = prose or [block.text for block in blocks]
    text = "\n".join(prose[len(prose) // 3 :])[:_SAMPLE]
    return text if len(text) > _SAMPLE // 4 else "\n".join(prose)[:_SAMPLE]


def _named(origin: str) -> str:
    return "Standard input" if origin == "-" else origin
