"""EPUB: the pages in reading order, with the chapters that the book's own contents name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from narrowcast.errors import SourceError
from narrowcast.script.language import primary
from narrowcast.sources.archive import open_archive
from narrowcast.sources.blocks import Block, BlockKind, Document, notes_last, tidied
from narrowcast.sources.bounds import MAX_BOOK_TAGS, MAX_TAGS, check_count
from narrowcast.sources.epub.headings import head, letters_of
from narrowcast.sources.epub.package import Book, read_book
from narrowcast.sources.epub.pages import anchored, is_imprint, picture_count, read_page
from narrowcast.sources.markup import parse_page

_FEWEST_LETTERS = 200
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")


def read_epub(source: bytes | Path, name: str) -> Document:
    """The document. Raises `SourceError` for a book that is broken, protected, of pictures only, or too large."""
    with open_archive(source, name) as archive:
        book = read_book(archive, name)
        targets = _targets(book)
        pages: list[list[Block]] = []
        tags = pictures = 0
        opened = False
        passed: list[list[Block]] = []
        for page in book.pages:
            data = archive.read(page)
            check_count(data.count(b"<"), MAX_TAGS, "tags in one page", name)
            tags += data.count(b"<")
            check_count(tags, MAX_BOOK_TAGS, "tags", name)
            root = parse_page(data, name) if data.strip() else None
            if root is None:
                continue
            pictures += picture_count(root)
            blocks = read_page(root, book.front.get(page, ""), targets.get(page, {}))
            if not opened and is_imprint(blocks):
                passed.append(blocks)
                continue
            opened = opened or any(block.kind is not BlockKind.HEADING for block in blocks)
            pages.append(blocks)
        if not any(_letters(blocks) for blocks in pages):
            pages = passed
    letters = sum(_letters(blocks) for blocks in pages)
    if letters < _FEWEST_LETTERS and (pictures > 1 or book.fixed_layout):
        raise SourceError(
            f"{name} holds no text: its pages are pictures.",
            hint="Get an edition with text, or run its pages through a text recognition program (OCR).",
        )
    found = [tidied(block) for block in head(pages, book.contents)]
    return Document(
        "epub",
        tuple(notes_last(found)),
        title=_title(book.title, [entry.title for entry in book.contents]),
        author=book.author,
        language=primary(book.language),
        published=book.published,
    )


def _letters(blocks: Sequence[Block]) -> int:
    return sum(char.isalnum() for block in blocks if anchored(block.text) is None for char in block.text)


def _targets(book: Book) -> dict[str, dict[str, list[int]]]:
    """By page and fragment, the numbers of the contents' entries that point there."""
    targets: dict[str, dict[str, list[int]]] = {}
    for number, entry in enumerate(book.contents):
        targets.setdefault(entry.page, {}).setdefault(entry.fragment, []).append(number)
    return targets


def _title(declared: str | None, contents: Sequence[str]) -> str | None:
    """The declared title; one that is a file's name is spelled as the entry of the contents that says the same."""
    if declared is None or not _SLUG.fullmatch(declared):
        return declared
    letters = letters_of(declared)
    return next((title for title in contents if letters in letters_of(title)), declared)
