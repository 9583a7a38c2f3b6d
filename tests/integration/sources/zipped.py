"""EPUB and Word files made by hand, and zip files that nobody should have made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PROSE = "The river rose by four metres in a single night, and the people of the valley moved to the hills. "


def zipped(members: Mapping[str, str | bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def page(body: str, *, title: str = "x") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/x.dtd">'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{title}</title></head><body>{body}</body></html>"
    )


def epub(
    pages: Mapping[str, str],
    *,
    contents: str = "",
    metadata: str = "<dc:title>The Valley</dc:title><dc:language>en-GB</dc:language>",
    guide: str = "",
    spine: str | None = None,
    others: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An EPUB of these bodies by file name. `contents` is the inside of the nav's list, which points at the files."""
    items = "".join(
        f'<item id="p{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, name in enumerate(pages)
    )
    order = spine if spine is not None else "".join(f'<itemref idref="p{at}"/>' for at in range(len(pages)))
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        f"{metadata}</metadata><manifest>{items}"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>'
        f"<spine>{order}</spine><guide>{guide}</guide></package>"
    )
    nav = page(f'<nav epub:type="toc"><ol>{contents}</ol></nav>')
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": opf,
            "OEBPS/nav.xhtml": nav,
            **{f"OEBPS/{name}": page(body) for name, body in pages.items()},
            **(others or {}),
        }
    )


_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def docx(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    footnotes: str = "",
    endnotes: str = "",
    others: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A Word document with this body; the notes, one of each kind, have the id 2."""
    notes = {
        f"word/{kind}s.xml": f'<w:{kind}s {_W}><w:{kind} w:id="2">{text}</w:{kind}></w:{kind}s>'
        for kind, text in (("footnote", footnotes), ("endnote", endnotes))
        if text
    }
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
            "word/numbering.xml": f"<w:numbering {_W}>{numbering}</w:numbering>",
            **notes,
            **(others or {}),
        }
    )
