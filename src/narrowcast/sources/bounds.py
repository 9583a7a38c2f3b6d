"""How much is read. Whatever passes these bounds takes less than half a minute and less than 500 MB to read."""

from __future__ import annotations

import re

from narrowcast.errors import SourceError

MAX_TEXT_BYTES = 12_000_000
"""Bytes of a text, Markdown or HTML document: about two million words, more than any book has."""

MAX_EPISODE_TEXT = 40_000_000
"""Characters of text in all sources of one episode."""

MAX_PASSAGES = 100_000
"""Passages in all sources of one episode."""

MAX_LINES = 300_000
"""Lines of a text; a novel of two thousand pages has 100,000."""

MAX_MARKDOWN_LINES = 200_000
MAX_CELLS = 100_000
"""Table cells of a Markdown document, by their bars."""

MAX_LINKS = 200_000
"""Links of a Markdown document, by their brackets."""

MAX_MARKS = 1_000_000
"""Signs of Markdown other than brackets and bars: for emphasis, code, tags and entities."""

MAX_TAGS = 200_000
"""Tags of a page, opening and closing ones."""

MAX_ATTRIBUTES = 300_000
"""Attributes of all tags of a page together; one tag may have `MAX_TAG_ATTRIBUTES`."""

MAX_TAG_ATTRIBUTES = 1_000

MAX_CUES = 100_000
MAX_CUE_WORDS = 500_000
"""Words on the screen in all cues of a file: 50 hours of speech."""

MAX_PAGES = 3_000
MAX_PAGE_CHARACTERS = 500_000
"""Characters of one page; the fullest page of a newspaper has 30,000."""

MAX_PDF_CHARACTERS = 10_000_000

MAX_MEMBERS = 20_000
"""Files in a zipped document (EPUB, DOCX)."""

MAX_DIRECTORY_BYTES = 4_000_000
"""Bytes of a zip file's table of contents."""

MAX_PART_BYTES = MAX_TEXT_BYTES
"""Bytes of one file in a zipped document, unpacked; pictures are never unpacked."""

MAX_UNPACKED_BYTES = 30_000_000
"""Bytes of all files that are read of a zipped document, unpacked."""

MAX_RATIO = 200
"""How often a zipped file of more than 1 MB may hold its packed size; XML packs to a tenth, a bomb to a thousandth."""

MAX_XML_TAGS = 1_200_000
"""Tags of one XML file, opening and closing ones; Word writes seven for a run of letters."""

MAX_XML_ATTRIBUTES = 800_000

MAX_WORD_ELEMENTS = 150_000
"""Paragraphs, runs, texts, cells, rows and lists of a Word document, runs that look the same taken together; a book of
a thousand pages has 50,000."""

MAX_BOOK_TAGS = 1_000_000
"""Tags of all pages of an EPUB together; one page may have `MAX_TAGS`."""

_TAG = re.compile(r"<[a-zA-Z](?:[^>=]++|=\s*+(?:\"[^\"]*\"|'[^']*')?)*+")
_VALUE = re.compile(r"=\s*+(?:\"[^\"]*\"|'[^']*')")
_NAME = re.compile(r"[^\s/=]+")


def check_size(size: int, name: str) -> None:
    """Raise `SourceError` when a document that is text has more bytes than are read."""
    if size > MAX_TEXT_BYTES:
        raise SourceError(
            f"{name} has {size / 1e6:,.1f} MB of text; at most {MAX_TEXT_BYTES / 1e6:.0f} MB can be read.",
            hint="Split it and give the part you want.",
        )


def check_count(found: int, most: int, what: str, name: str) -> None:
    """Raise `SourceError` when a document has more of something than is read; `what` is its plural."""
    if found > most:
        raise SourceError(
            f"{name} has more than {most:,} {what}, which is the most that can be read.",
            hint="Split it and give the part you want.",
        )


def check_page(html: str, name: str) -> None:
    """Raise `SourceError` when a page has more tags or attributes than are read."""
    check_count(html.count("<"), MAX_TAGS, "tags", name)
    total = 0
    for tag in _TAG.finditer(html):
        if tag.end() - tag.start() > 3:
            count = sum(1 for _ in _NAME.finditer(_VALUE.sub(" ", tag.group()))) - 1
            check_count(count, MAX_TAG_ATTRIBUTES, "attributes in one tag", name)
            total += count
    check_count(total, MAX_ATTRIBUTES, "attributes in its tags", name)
