"""Whole real books, read with other eyes than ours: what is said of them stands where the citation says."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.program import Program

from narrowcast.sources.read import read_sources

BOOKS = Path("/usr/share/developers-reference")
ENGLISH, GERMAN = BOOKS / "developers-reference.epub", BOOKS / "de" / "developers-reference.epub"
pytestmark = pytest.mark.skipif(
    not (ENGLISH.exists() and GERMAN.exists()), reason="the books are not here: see scripts/system-packages"
)


def letters(text: str) -> str:
    """A text without all that typesetting may change."""
    return "".join(character for character in text.casefold() if character.isalnum())


def pages(book: Path) -> Iterator[str]:
    """The text of each page of a book, by the simplest means there are."""
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            if name.endswith(".xhtml"):
                page = re.sub(r'<span class="link-target">[^<]*</span>', "", archive.read(name).decode())
                yield letters(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?:])\s+", text) if len(sentence.split()) > 6]


@pytest.mark.parametrize(("book", "language"), [(ENGLISH, "en"), (GERMAN, "de")], ids=["en", "de"])
async def test_a_whole_book_becomes_a_script_whose_citations_are_right(
    book: Path, language: str, program: Program
) -> None:
    program.run(
        *("make", str(book), "-o", "book.mp3", "--minutes", "12", "--segments", "8"),
        *("--llm", "none", "--tts", "espeak", "--stop-after", "script"),
    ).done()
    script = program.script("book")
    assert script["language"] == language
    assert len(script["segments"]) == 8
    assert len({segment["title"] for segment in script["segments"]}) == 8, "chapters by section"
    (source,) = (await read_sources([str(book)])).sources
    by_number = {passage.number: passage for passage in source.passages}
    headings = {letters(heading) for passage in source.passages for heading in passage.headings}
    contents = list(pages(book))
    chapters, checked = set(), 0
    for turn in program.turns("book"):
        cited = [by_number[number] for number in turn["cites"]]
        chapters |= {passage.headings[:1] for passage in cited}
        # What stands in the book is the book's, the rest are the hosts' own words around it.
        quoted = [s for s in map(letters, sentences(turn["text"])) if any(s in page for page in contents)]
        for sentence in quoted if cited else ():
            assert any(sentence in letters(passage.text) for passage in cited), f"{sentence} is not where it is cited"
        assert quoted or not cited, f"{turn['text']!r} cites {turn['cites']}"
        assert cited or all(any(sentence in heading for heading in headings) for sentence in quoted), turn["text"]
        checked += len(quoted)
    assert checked > 40
    assert len(chapters) >= 5, "the book is drawn on from one end to the other"


def test_the_notes_of_a_book_name_chapters_and_how_much_was_heard(program: Program) -> None:
    program.run(
        *("make", str(ENGLISH), "canal.md", "-o", "two.mp3", "--minutes", "4"),
        *("--llm", "none", "--tts", "espeak", "--stop-after", "script"),
    ).done()
    notes = program.path("two.notes.md").read_text("utf-8")
    shares = [int(share) for share in re.findall(r"Its share here: (\d+)%", notes)]
    assert len(shares) == 2
    assert min(shares) >= 5, "a page beside a book is still heard"
    assert re.search(r"\[\d+\] Debian Developer's Reference, \S+", notes), "a citation names the source and the place"
