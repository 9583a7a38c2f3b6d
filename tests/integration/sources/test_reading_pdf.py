"""Real PDF files, made by the test, through PDFium: what a reader sees is what comes out."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from narrowcast.errors import SourceError
from narrowcast.script.source import PassageKind, Source
from narrowcast.sources.read import read_sources

Run = tuple[float, float, float, str, str]
Maker = Callable[..., bytes]

WORDS = (
    "The river rose by four metres in a single night and the people of the valley moved their cattle to the hills "
    "before the bridge went. Nobody was hurt, but the mill stood in the water for a week and the miller counted his "
    "losses. It took the council a year to agree on a new bridge, and another two to build it out of stone."
)


def paragraph(text: str, top: float, *, size: float = 10, left: float = 72, width: int = 88) -> list[Run]:
    """Hard-wrapped lines, 12 points apart."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    lines.append(line)
    return [(left, top - 12 * at, size, "F1", part) for at, part in enumerate(lines)]


async def read(data: bytes) -> Source:
    return (await read_sources(["-"], stdin=io.BytesIO(data))).sources[0]


async def test_lines_become_paragraphs_with_title_author_date_and_page(make_pdf: Maker) -> None:
    fields = "/Title (The Bridge) /Author (A. Miller) /CreationDate (D:20240229120000Z)"
    page = [(72.0, 780.0, 18.0, "F2", "The flood"), *paragraph(WORDS, 740)]
    source = await read(make_pdf([page], fields=fields, catalog="/Lang (en-GB)"))
    assert (source.title, source.author, source.published, source.language) == (
        "The Bridge",
        "A. Miller",
        "2024-02-29",
        "en",
    )
    (passage,) = source.passages
    assert passage.text == WORDS
    assert passage.headings == ("The flood",)
    assert (passage.page, passage.kind, source.format) == (1, PassageKind.PROSE, "pdf")


async def test_broken_words_are_mended_and_compounds_kept(make_pdf: Maker) -> None:
    lines = [
        "This is an exam-",
        "ple of a well-",
        "known fact that is known to be well under-",
        "stood by all who have read the example of it.",
    ]
    runs: list[Run] = [(72, 700 - 12 * at, 10, "F1", line) for at, line in enumerate(lines)]
    text = (await read(make_pdf([runs]))).passages[0].text
    assert text.startswith("This is an example of a well-known fact that is known to be well understood by all")


async def test_running_heads_page_numbers_and_contents_are_not_read(make_pdf: Maker) -> None:
    contents: list[Run] = [
        (72, 760, 16, "F2", "Contents"),
        *[(72, 720 - 14 * at, 10, "F1", f"{at + 1} Chapter about things {'. ' * 30}{at + 3}") for at in range(8)],
    ]
    pages = [[(72, 500, 24, "F2", "On rivers")], contents]
    for at in range(4):
        body = paragraph(f"Page {at} begins here. {WORDS}", 740)
        pages.append([(72, 810, 9, "F1", "On rivers and bridges"), *body, (290, 30, 9, "F1", str(at + 3))])
    source = await read(make_pdf(pages))
    text = "\n".join(passage.text for passage in source.passages)
    assert source.title == "On rivers"
    assert "On rivers and bridges" not in text
    assert ". . ." not in text
    assert "Contents" not in text
    assert text.count("Nobody was hurt") == 4
    assert [line for line in text.splitlines() if line.strip().isdigit()] == []


async def test_a_paragraph_goes_on_over_the_page_and_keeps_its_first_page(make_pdf: Maker) -> None:
    first = paragraph(WORDS, 740)[:2]
    second = [(x, y + 24, size, font, text) for x, y, size, font, text in paragraph(WORDS, 740)[2:]]
    source = await read(make_pdf([first, second]))
    assert [passage.text for passage in source.passages] == [WORDS]
    assert source.passages[0].page == 1


async def test_the_outline_gives_the_headings(make_pdf: Maker) -> None:
    """Even where they are set like the body."""
    pages = [[(72.0, 740.0, 10.0, "F1", f"{at + 1}. {name}"), *paragraph(WORDS, 710)] for at, name in enumerate("ABC")]
    source = await read(make_pdf(pages, outline=[("A", 0), ("B", 1), ("C", 2)]))
    assert [passage.headings for passage in source.passages] == [("1. A",), ("2. B",), ("3. C",)]


async def test_listings_lists_and_notes_are_told_apart(make_pdf: Maker) -> None:
    body = [*paragraph(WORDS, 760), *paragraph(WORDS, 700), *paragraph(WORDS, 640)]
    mark: list[Run] = [(72, 590, 10, "F1", "A claim that needs a note."), (200, 594, 6, "F1", "1")]
    listing: list[Run] = [(90, 560, 10, "F3", "for each in all:"), (114, 548, 10, "F3", "print(each)")]
    items: list[Run] = [(80, 510, 10, "F1", "• the first of the things"), (80, 498, 10, "F1", "• the second of them")]
    note: list[Run] = [(72, 79, 5, "F1", "1"), (75, 76, 7.5, "F1", "See the parish records for the year.")]
    source = await read(make_pdf([[*body, *mark, *listing, *items, *note]]))
    kinds = {passage.kind: passage.text for passage in source.passages}
    assert kinds[PassageKind.CODE] == "for each in all:\n    print(each)"
    assert kinds[PassageKind.LIST] == "the first of the things\nthe second of them"
    assert kinds[PassageKind.NOTE] == "See the parish records for the year."
    assert "needs a note.\n" in kinds[PassageKind.PROSE] + "\n"


async def test_exponents_stay_and_marks_of_notes_go(make_pdf: Maker) -> None:
    runs: list[Run] = [
        (72, 700, 10, "F1", "About 10"), (113, 704, 6, "F1", "6"), (118, 700, 10, "F1", "people live here today,"),
        (72, 688, 10, "F1", "as the census says"), (156, 692, 6, "F1", "2"), (160, 688, 10, "F1", ", more or less so."),
    ]  # fmt: skip
    text = (await read(make_pdf([runs]))).passages[0].text
    assert "10⁶ people" in text
    assert "2" not in text


async def test_a_table_is_marked(make_pdf: Maker) -> None:
    runs = paragraph(WORDS, 760)
    for row, cells in enumerate([("Year", "Height", "Loss"), ("1910", "4 m", "12"), ("1954", "5 m", "30")]):
        runs += [(72 + 150 * at, 650 - 14 * row, 10, "F1", cell) for at, cell in enumerate(cells)]
    tables = [p.text for p in (await read(make_pdf([runs]))).passages if p.kind is PassageKind.TABLE]
    assert tables == ["Year | Height | Loss\n1910 | 4 m | 12\n1954 | 5 m | 30"]


@pytest.mark.parametrize(
    ("case", "says"),
    [("encrypted", "password"), ("pictures", "scanned"), ("broken", "broken"), ("cut", "broken"), ("empty", "no text")],
)
async def test_files_that_cannot_be_read_say_why(make_pdf: Maker, tmp_path: Path, case: str, says: str) -> None:
    whole = make_pdf([paragraph(WORDS, 700)])
    picture = b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
    data = {
        "encrypted": make_pdf([paragraph(WORDS, 700)], encrypted=True),
        "pictures": make_pdf([picture, picture]),
        "broken": b"%PDF-1.7\nnothing of the kind",
        "cut": whole[: len(whole) // 8],
        "empty": make_pdf([b""]),
    }[case]
    path = tmp_path / f"{case}.pdf"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=says) as caught:
        await read_sources([str(path)])
    assert str(path) in caught.value.message
    assert caught.value.hint


async def test_several_hundred_pages_take_seconds(make_pdf: Maker) -> None:
    pages = [[run for top in (760, 700, 640, 580, 520) for run in paragraph(WORDS, top)] for _ in range(300)]
    data = make_pdf(pages)
    started = time.process_time()
    source = await read(data)
    assert time.process_time() - started < 15
    assert source.passages[-1].page == 300
