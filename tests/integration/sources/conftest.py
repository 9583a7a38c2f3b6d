"""PDF files made by hand, small enough to be seen through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

Run = tuple[float, float, float, str, str]
"""x, y, size, font (`F1` Helvetica, `F2` bold, `F3` Courier), text."""

PdfMaker = Callable[..., bytes]


def stream(runs: Sequence[Run]) -> bytes:
    lines = []
    for x, y, size, font, text in runs:
        raw = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        lines.append(b"BT /%s %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET" % (font.encode(), size, x, y, raw))
    return b"\n".join(lines)


def build(
    pages: Sequence[Sequence[Run] | bytes],
    *,
    outline: Sequence[tuple[str, int]] = (),
    fields: str = "",
    catalog: str = "",
    encrypted: bool = False,
) -> bytes:
    """A PDF of A4 pages. `outline` holds titles and pages (from 0), all of the first level."""
    first_page, first_mark = 7, 7 + 2 * len(pages)
    kids = " ".join(f"{first_page + 2 * at} 0 R" for at in range(len(pages)))
    marks = f"/Outlines {first_mark} 0 R" if outline else ""
    fonts = "/F1 3 0 R /F2 4 0 R /F3 5 0 R"
    objects: list[bytes] = [
        f"<< /Type /Catalog /Pages 2 0 R {marks} {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
            for name in ("Helvetica", "Helvetica-Bold", "Courier")
        ),
        f"<< {fields} >>".encode("cp1252"),
    ]
    for at, page in enumerate(pages):
        content = page if isinstance(page, bytes) else stream(page)
        head = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
        objects.append(
            f"<< {head} /Contents {first_page + 2 * at + 1} 0 R /Resources << /Font << {fonts} >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    if outline:
        last = first_mark + len(outline)
        objects.append(f"<< /First {first_mark + 1} 0 R /Last {last} 0 R /Count {len(outline)} >>".encode())
        for at, (title, page_at) in enumerate(outline, start=first_mark + 1):
            near = (f" /Next {at + 1} 0 R" if at < last else "") + (
                f" /Prev {at - 1} 0 R" if at > first_mark + 1 else ""
            )
            to = f"/Dest [{first_page + 2 * page_at} 0 R /Fit]"
            objects.append(f"<< /Title ({title}) /Parent {first_mark} 0 R {to}{near} >>".encode())
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>" if encrypted else ""
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R /ID [<00><00>] {locked} >>".encode()
    start = len(out)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + (b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, start))
    )


@pytest.fixture
def make_pdf() -> PdfMaker:
    """`build`: pages of runs in, a PDF's bytes out."""
    return build
