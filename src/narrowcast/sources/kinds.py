"""Which kind of document some bytes are; what they hold counts for more than what they are called."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from narrowcast.errors import SourceError
from narrowcast.sources.subtitles.cues import looks_like_subtitles


class Kind(StrEnum):
    """The formats that can be read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    SUBTITLES = "subtitles"


SUFFIXES = frozenset(
    {".txt", ".text", ".md", ".markdown", ".mdown", ".html", ".htm", ".xhtml", ".pdf", ".srt", ".vtt", ""}
    | {".epub", ".docx", ".docm", ".dotx", ".dotm"}
)
"""What a folder's file may end with to be tried; a file that is named outright is tried whatever its name."""

HEAD = 4096
"""Bytes from the start that `kind_of` wants to see."""
NAMELESS = "Standard input"
"""The title of last resort of what came without a name."""

_FOREIGN = (
    (b"{\\rtf", "an RTF file"),
    (b"%!PS", "a PostScript file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"RIFF", "an image or sound file"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
    (b"Rar!", "a RAR file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_PACKAGES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How zip files begin (EPUB, Word, and many others), and OLE files (old Office, and encrypted new ones)."""

_BEFORE_HTML = (("<?xml", ">"), ("<!--", "-->"))
_HTML = re.compile(r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TAGS = re.compile(r"</?(p|div|span|h[1-6]|ul|li|table|a|br|title|meta|article|section)\b[^<>]*>", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(#{1,6} \S.*|```.*|\[[^\]\n]+\]: \S+|\* \S.*|- \S.*|> \S.*|\|.*\|)$", re.MULTILINE)


def kind_of(head: bytes, name: str, content_type: str = "") -> Kind:
    """The kind of a document with this start. `name` is a path, a URL or `-`.

    Raises `SourceError` for formats that are known and cannot be read.
    """
    # ISO 32000-1, annex H.3.4.1: readers accept a header anywhere in the first 1,024 bytes.
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise SourceError(
                f"{name} is {what}, which cannot be read.", hint="Save it as PDF, HTML, Markdown or text first."
            )
    return text_kind(head, name, content_type)


def text_kind(head: bytes, name: str, content_type: str = "") -> Kind:
    """The kind of a text with this start: never PDF."""
    suffix = _suffix(name)
    text = _peek(head)
    if _opens_html(text):
        return Kind.HTML
    if looks_like_subtitles(text, named_so=suffix in {".srt", ".vtt"}):
        return Kind.SUBTITLES
    tags = len(_TAGS.findall(text))
    if tags >= 2 and (suffix in {".html", ".htm", ".xhtml"} or "html" in content_type):
        return Kind.HTML
    if suffix in {".md", ".markdown", ".mdown"} or "markdown" in content_type:
        return Kind.MARKDOWN
    if suffix not in {".txt", ".text"} and re.search(r"^# \S", text, re.MULTILINE) and len(_MARKDOWN.findall(text)) > 1:
        return Kind.MARKDOWN
    return Kind.TEXT


def is_package(head: bytes) -> bool:
    """Whether a document with this start is a file of files, which only its insides tell the kind of."""
    return head.startswith(_PACKAGES)


def _opens_html(text: str) -> bool:
    """Whether a page begins here, after an XML declaration and comments if need be."""
    at = _content(text, 0)
    for opening, closing in _BEFORE_HTML:
        while text[at : at + 5].lower().startswith(opening):
            end = text.find(closing, at + 2)
            if end < 0:
                return False
            at = _content(text, end + len(closing))
    return bool(_HTML.match(text, at))


def _content(text: str, at: int) -> int:
    """Where the white space that begins at `at` ends."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def file_name(origin: str) -> str:
    """The bare name of a path or URL, without its suffix; for a title of last resort."""
    if origin == "-":
        return NAMELESS
    path = PurePosixPath(urlsplit(origin).path if "://" in origin else origin)
    return path.stem or urlsplit(origin).hostname or origin


def _suffix(name: str) -> str:
    return PurePosixPath(urlsplit(name).path if "://" in name else name).suffix.lower()


def _peek(head: bytes) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.decode("utf-16", errors="ignore")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
