"""One document, from its bytes to numbered passages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrowcast.errors import SourceError
from narrowcast.script.language import primary
from narrowcast.script.source import Source
from narrowcast.sources.blocks import Block, BlockKind, Document, settle
from narrowcast.sources.bounds import check_size
from narrowcast.sources.decode import decode
from narrowcast.sources.kinds import HEAD, NAMELESS, Kind, file_name, is_package, kind_of
from narrowcast.sources.language import detect
from narrowcast.sources.passages import cut
from narrowcast.sources.places import check_file
from narrowcast.sources.youtube.answers import Video

_SAMPLE = 6_000


@dataclass(frozen=True)
class Raw:
    """A document before it is read: its bytes, or the file that holds them.

    `kind` none: what it is shows in what it holds.
    """

    origin: str
    data: bytes | Path
    content_type: str = ""
    charset: str = ""
    video: Video | None = None
    kind: Kind | None = None


def digest_of(raw: Raw) -> bytes:
    """The SHA-256 of a document's bytes. Raises `SourceError`."""
    if isinstance(raw.data, bytes):
        return hashlib.sha256(raw.data).digest()
    check_file(raw.data)
    try:
        with raw.data.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise SourceError(f"{raw.origin} cannot be read: {error.strerror}.", hint="Check the file.") from error


def read_raw(
    raw: Raw, number: int = 1, first_passage: int = 1, language: str | None = None
) -> tuple[Source, tuple[str, ...]]:
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


def _parse(raw: Raw) -> Document:
    if raw.video and isinstance(raw.data, bytes):
        from narrowcast.sources.youtube.captions import read_video

        return read_video(decode(raw.data, raw.origin), raw.video, raw.origin)
    head = _head(raw)
    if not head.strip():
        raise SourceError(f"{_named(raw.origin)} is blank.", hint="Give a document with text in it.")
    if raw.kind is None and is_package(head):
        from narrowcast.sources.packages import read_package

        return read_package(raw.data, _named(raw.origin))
    kind = raw.kind or kind_of(head, raw.origin, raw.content_type)
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


def _head(raw: Raw) -> bytes:
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
    return NAMELESS if origin == "-" else origin
