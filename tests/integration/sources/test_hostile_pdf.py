"""PDF files that nobody printed: bounded work, and nothing on standard error."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from narrowcast.errors import SourceError
from narrowcast.script.source import Source
from narrowcast.sources.pdf.furniture import without_directories, without_notes, without_running_lines
from narrowcast.sources.pdf.headings import mark_headings
from narrowcast.sources.pdf.lines import Bookmark, Line, Page
from narrowcast.sources.pdf.paragraphs import Form, Paragraph
from narrowcast.sources.read import read_sources

Maker = Callable[..., bytes]
PROSE = "The river rose by four metres in one night and the people of the valley moved up to the hills."


async def read(data: bytes) -> Source:
    return (await read_sources(["-"], stdin=io.BytesIO(data))).sources[0]


async def test_more_pages_than_a_book_has_are_refused_before_they_are_read(make_pdf: Maker) -> None:
    data = make_pdf([[(72, 700, 10, "F1", f"{at} {PROSE}")] for at in range(3_001)])
    started = time.process_time()
    with pytest.raises(SourceError, match="more than 3,000 pages"):
        await read(data)
    assert time.process_time() - started < 1


async def test_pages_without_end_are_left(make_pdf: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrowcast.sources.pdf.lines.MAX_PDF_CHARACTERS", 1_000)
    data = make_pdf([[(72, 700 - 12 * at, 10, "F1", PROSE) for at in range(9)]] * 2)
    with pytest.raises(SourceError, match="1,000 characters"):
        await read(data)


@pytest.mark.parametrize("box", [b"[0 0 9e9 9e9]", b"[0 0 0 0 0 0]", b"[9 9 -9 -9 0]"])
async def test_pages_of_any_size_are_read(make_pdf: Maker, box: bytes) -> None:
    data = make_pdf([[(72, 700 - 12 * at, 10, "F1", PROSE) for at in range(5)]])
    source = await read(data.replace(b"[0 0 595 842]", box))
    assert "four metres" in source.passages[0].text


def test_an_outline_in_a_circle_is_left_in_silence(make_pdf: Maker, tmp_path: Path) -> None:
    page = [(72, 700 - 12 * at, 10, "F1", PROSE) for at in range(5)]
    data = make_pdf([page] * 3, outline=[(f"Part {at}", at % 3) for at in range(8)])
    links = re.findall(rb"/Next (\d+) 0 R", data)
    path = tmp_path / "circle.pdf"
    path.write_bytes(data.replace(b"/Next %s 0 R" % links[-1], b"/Next %s 0 R" % links[0].rjust(len(links[-1]))))
    code = "import sys; from narrowcast.sources.pdf.lines import read_lines; from pathlib import Path\n"
    code += "print(len(read_lines(Path(sys.argv[1]), 'x').outline))"
    ended = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "7"
    assert ended.stderr == ""


@pytest.mark.parametrize("unit", ["1,", "1,1", ".", ". ", "..", "ix ", "1 - 1, ", "page 1 ", "(", "IV "])
def test_no_line_keeps_the_rules_busy(unit: str) -> None:
    text = unit * (20_000 // len(unit)) + "q"
    lines = tuple(Line(text, 1, 70, 500, 60 + 90 * at, 10) for at in range(9))
    pages = [Page(1, 595, 842, lines)]
    started = time.process_time()
    without_directories(without_running_lines(pages))
    without_notes(pages[0], 12)
    assert time.process_time() - started < 0.5


def test_labels_entries_and_notes_without_number_are_gone_through_once() -> None:
    def item(text: str, at: int) -> tuple[Paragraph, str]:
        return Paragraph(Form.TEXT, (Line(text, 1, 70, 90, 800 - at / 100, 10),)), text

    items = [item("IV", at) for at in range(8_000)] + [item(f"The flood of {at}", at) for at in range(3_000)]
    outline = [Bookmark(f"The flood of {at}", 1, 1) for at in range(3_000)]
    started = time.process_time()
    marked = mark_headings(items, outline, 10)
    assert time.process_time() - started < 1.5
    assert [one.level for one in marked if one.level] == [1] * 3_000
    numbered = Page(1, 595, 842, tuple(Line(f"{at % 90} word", 1, 70, 90, 400 - at / 100, 7) for at in range(3_000)))
    started = time.process_time()
    page, notes = without_notes(numbered, 10)
    assert time.process_time() - started < 0.5
    assert (len(page.lines), notes) == (3_000, [])
