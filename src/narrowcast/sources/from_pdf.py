"""PDF: paragraphs, headings, lists, listings and notes out of lines on pages."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from narrowcast.errors import SourceError
from narrowcast.script.language import primary
from narrowcast.sources.blocks import Block, BlockKind, Document
from narrowcast.sources.from_text import BULLET
from narrowcast.sources.joining import join_lines, vocabulary
from narrowcast.sources.pdf.furniture import body_size, without_directories, without_notes, without_running_lines
from narrowcast.sources.pdf.headings import Marked, mark_headings
from narrowcast.sources.pdf.lines import Line, Page, Pdf, read_lines
from narrowcast.sources.pdf.paragraphs import Form, Paragraph, measure, paragraphs

_JUNK_TITLE = re.compile(
    r"^(untitled|microsoft word|powerpoint)|\.(docx?|tex|dvi|indd|pdf|pptx?|rtf|qxd)$|^\W*$", re.IGNORECASE
)
_STRAY = 200
_COVER = 400
_FULL_LINE = 60


_WAY_OUT = (
    "Run it through text recognition first: ocrmypdf in.pdf out.pdf (--force-ocr where it has text that is none)."
)


def read_pdf(source: bytes | Path, name: str) -> Document:
    """The document, and a note on pages that are images. Raises `SourceError` for one that is encrypted, broken, or
    only pictures of pages.
    """
    pdf = read_lines(source, name)
    _check_text(pdf, name)
    document = lay_out(pdf)
    pictures = [page.number for page in pdf.pages if page.is_picture]
    return replace(document, notes=(_pictures_note(pictures),)) if pictures else document


def _check_text(pdf: Pdf, name: str) -> None:
    lines = [line.text for page in pdf.pages for line in page.lines[:80]]
    letters = sum(char.isalnum() for line in lines for char in line)
    unreadable = sum(page.unreadable for page in pdf.pages)
    pages = f"its {len(pdf.pages)} pages seem to be scanned images" if len(pdf.pages) > 1 else "it is a scanned image"
    pictures = sum(page.is_picture for page in pdf.pages)
    # What stands on every page, such as a library's stamp, counts once.
    own = sum(char.isalpha() for line in {re.sub(r"\d+", "", line) for line in lines} for char in line)
    if unreadable > letters / 3 and unreadable > _STRAY:
        raise SourceError(
            f"{name} holds text that cannot be read: its fonts do not say which letters they show.", hint=_WAY_OUT
        )
    if pictures and own < _STRAY and (pictures == len(pdf.pages) or letters < 2 * len(pdf.pages)):
        raise SourceError(f"{name} holds no text: {pages}.", hint=_WAY_OUT)


def _pictures_note(numbers: Sequence[int]) -> str:
    """Which pages are images: `pages 2, 4-9 are images, ...`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    shown = ", ".join("-".join(map(str, run)) for run in runs[:20]) + (", …" if len(runs) > 20 else "")
    if len(numbers) == 1:
        return f"page {shown} is an image, and what it shows was not read"
    return f"pages {shown} are images, and what they show was not read"


def lay_out(pdf: Pdf) -> Document:
    """The document that a PDF's lines make up."""
    size = body_size(pdf.pages)
    cover = _cover(pdf.pages, size)
    pages = without_directories(without_running_lines(pdf.pages[1:] if cover else pdf.pages))
    notes: list[Block] = []
    bodies: list[Page] = []
    known = vocabulary([line.text for page in pages for line in page.lines])
    for page in pages:
        body, own = without_notes(page, size)
        bodies.append(body)
        notes.extend(Block(BlockKind.NOTE, _join(lines, known), page=page.number) for lines in own)
    found = [(paragraph, _text(paragraph, known)) for paragraph in paragraphs(bodies, measure(bodies, size))]
    marked = mark_headings([(paragraph, text) for paragraph, text in found if text], pdf.outline, size)
    title = (
        _declared(pdf.fields.get("Title"))
        or (_largest(cover.lines, size) if cover else None)
        or _first_title(marked, size)
    )
    return Document(
        "pdf",
        tuple(_blocks(marked, notes)),
        title=title,
        author=_declared(pdf.fields.get("Author")),
        language=primary(pdf.language),
        published=_date(pdf.fields.get("CreationDate", "")),
    )


def _cover(pages: Sequence[Page], size: float) -> Page | None:
    """The first page, when there are more and it holds large print and short lines, and few of them."""
    lengths = [len(line.text) for line in pages[0].lines]
    is_full = sum(lengths) >= _COVER or sum(length >= _FULL_LINE for length in lengths) > 1
    return None if len(pages) < 3 or is_full or not _largest(pages[0].lines, size) else pages[0]


def _largest(lines: Sequence[Line], size: float) -> str | None:
    """The words set in the largest size, where that is clearly larger than the body's."""
    top = max((line.size for line in lines), default=0.0)
    if top < 1.3 * size:
        return None
    return join_lines([line.text for line in lines if line.size > 0.95 * top][:4]) or None


def _first_title(marked: Sequence[Marked], size: float) -> str | None:
    on_first = [item for item in marked if item.paragraph.first.page == 1]
    return _largest([line for item in on_first for line in item.paragraph.lines], size)


def _join(lines: Sequence[Line], known: frozenset[str]) -> str:
    return join_lines([line.text for line in lines], known)


def _text(paragraph: Paragraph, known: frozenset[str]) -> str:
    """A paragraph's text: rows with their cells, listings with their indents, else its lines joined."""
    if paragraph.form is Form.TABLE:
        return "\n".join(" | ".join(line.cells or (line.text,)) for line in paragraph.lines)
    if paragraph.form is Form.CODE:
        edge = min(line.left for line in paragraph.lines)
        # a monospaced character is about 0.6 of its size wide
        return "\n".join(" " * round((line.left - edge) / (0.6 * line.size)) + line.text for line in paragraph.lines)
    return _join(paragraph.lines, known)


def _blocks(marked: Sequence[Marked], notes: Sequence[Block]) -> Iterator[Block]:
    """Blocks in order; items in a row are one list, and footnotes wait for the end of their section."""
    waiting = deque(notes)
    items: list[Marked] = []
    for item in marked:
        is_item = item.paragraph.form is Form.ITEM and not item.level
        if items and not is_item:
            yield _list(items)
            items = []
        page = item.paragraph.first.page
        if item.level:
            while waiting and (waiting[0].page or 0) < page:
                yield waiting.popleft()
            yield Block(BlockKind.HEADING, item.text, level=item.level, page=page)
        elif is_item:
            items.append(item)
        else:
            kind = {Form.CODE: BlockKind.CODE, Form.TABLE: BlockKind.TABLE}.get(item.paragraph.form, BlockKind.PROSE)
            yield Block(kind, item.text, page=page)
    if items:
        yield _list(items)
    yield from waiting


def _list(items: Sequence[Marked]) -> Block:
    text = "\n".join(BULLET.sub("", item.text) for item in items)
    return Block(BlockKind.LIST, text, page=items[0].paragraph.first.page)


def _declared(text: str | None) -> str | None:
    text = " ".join((text or "").split())
    return None if _JUNK_TITLE.search(text) else text


def _date(text: str) -> str | None:
    """The day of a PDF date (`D:20230306180657Z`; ISO 32000-1, 7.9.4)."""
    found = re.match(r"(?:D:)?(\d{4})(\d{2})(\d{2})", text)
    return "-".join(found.groups()) if found and found.group(2) <= "12" and found.group(3) <= "31" else None
