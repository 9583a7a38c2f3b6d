"""PDFs that show more than they say: scans, scans in part, fonts without letters, pages without measure."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from narrowcast.errors import SourceError
from narrowcast.sources.read import Reading, read_sources

Maker = Callable[..., bytes]
WORDS = "The river rose by four metres and the people of the valley moved to the hills for a while. " * 4
IMAGE = b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q\n"
STAMP = b"BT /F1 8 Tf 1 0 0 1 50 20 Tm (Digitized by a library, page %d) Tj ET"


def text_page(*, dots: bool = False) -> Sequence[tuple[float, float, float, str, str]]:
    words = "One . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . 7" if dots else WORDS[:90]
    return [(50.0, 760.0 - 14 * at, 10.0, "F1", words) for at in range(50)]


async def read(data: bytes) -> Reading:
    return await read_sources(["-"], stdin=io.BytesIO(data))


async def refused(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read(data)
    return caught.value


async def test_a_scan_is_told_with_the_way_out() -> None:
    pages = [Image.new("L", (600, 800), 255) for _ in range(3)]
    for at, page in enumerate(pages):
        ImageDraw.Draw(page).text((50, 50), f"The text of page {at} is a picture")
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    error = await refused(out.getvalue())
    assert error.message == "Standard input holds no text: its 3 pages seem to be scanned images."
    assert "ocrmypdf in.pdf out.pdf" in error.hint


async def test_a_stamp_on_every_page_makes_no_text(make_pdf: Maker) -> None:
    error = await refused(make_pdf([IMAGE + STAMP % at for at in range(12)]))
    assert "its 12 pages seem to be scanned" in error.message


async def test_pages_that_are_images_are_named(make_pdf: Maker) -> None:
    pages = [text_page() if at in {0, 2, 9} else IMAGE for at in range(11)]
    reading = await read(make_pdf(pages))
    assert reading.skipped == ("-: pages 2, 4-9, 11 are images, and what they show was not read",)
    assert reading.sources[0].passages
    one = await read(make_pdf([text_page(), IMAGE]))
    assert one.skipped == ("-: page 2 is an image, and what it shows was not read",)


async def test_pictures_beside_text_are_no_scan(make_pdf: Maker) -> None:
    runs = b"".join(
        b"BT /F1 10 Tf 1 0 0 1 50 %d Tm (%s) Tj ET\n" % (760 - 14 * at, WORDS[:90].encode()) for at in range(9)
    )
    assert (await read(make_pdf([IMAGE + runs]))).skipped == ()


@pytest.mark.parametrize(
    "font",
    [
        b"/Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 0 /LastChar 9 "
        b"/Widths [5 5 5 5 5 5 5 5 5 5] /Encoding << /Differences [3 /g3 /g4 /g5 /g6] >> /CharProcs << >>",
        b"/Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        b"/Subtype /CIDFontType2 /BaseFont /Odd /DW 500 /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Odd /Flags 4 /Ascent 800 "
        b"/Descent -200 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /CapHeight 700 /StemV 80 >> >>]",
    ],
    ids=["drawn", "glyph numbers"],
)
async def test_fonts_that_do_not_say_their_letters(make_pdf: Maker, font: bytes) -> None:
    # glyph numbers as they are in most fonts: a letter's code less 29
    codes = bytes(ord(char) - 29 for char in WORDS)
    wide = b"Type0" in font
    coded = b"".join((b"%04x" if wide else b"%02x") % (code if wide else 3 + code % 4) for code in codes)
    data = make_pdf([b"BT /F9 8 Tf 1 0 0 1 50 700 Tm <%s> Tj ET" % coded])
    error = await refused(data.replace(b"<< /Font <<", b"<< /Font << /F9 << " + font + b" >>", 1))
    assert "its fonts do not say which letters they show" in error.message
    assert "--force-ocr" in error.hint


async def test_dot_leaders_are_no_flood_of_characters(make_pdf: Maker) -> None:
    assert (await read(make_pdf([text_page(), text_page(dots=True)] * 3))).sources


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
def test_a_page_with_a_book_on_it_is_refused_in_little_memory(make_pdf: Maker, tmp_path: Path) -> None:
    line = b"(%s) Tj 0 -1 Td " % (b"word " * 20)
    (tmp_path / "wall.pdf").write_bytes(make_pdf([b"BT /F1 1 Tf 1 0 0 1 10 800 Tm " + line * 48_000 + b"ET"]))
    script = (
        "import asyncio, sys\n"
        "from narrowcast.errors import SourceError\n"
        "from narrowcast.sources.read import read_sources\n"
        "import narrowcast.sources.from_pdf, pypdfium2\n"
        "def peak():\n    return int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])\n"
        "before = peak()\n"
        "try:\n    asyncio.run(read_sources([sys.argv[1]]))\n"
        "except SourceError as error:\n    print(error.message)\n"
        "print(peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "wall.pdf"], check=True, capture_output=True, text=True
    )
    message, kilobytes = done.stdout.splitlines()
    assert "wall.pdf, page 1, has more than 500,000 characters" in message
    assert int(kilobytes) < 200_000


async def test_a_page_of_very_narrow_characters_is_refused_too(make_pdf: Maker) -> None:
    line = b"(%s) Tj " % (b"word " * 1_000)
    error = await refused(make_pdf([b"BT /F1 1 Tf 10 Tz 1 0 0 1 10 800 Tm " + line * 110 + b"ET"]))
    assert "has more than 500,000 characters" in error.message
