"""Zip files of every bad kind are refused with a message, after little work, however little they say of themselves."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from narrowcast.errors import SourceError
from narrowcast.sources import archive
from narrowcast.sources.archive import open_archive
from narrowcast.sources.markup import parse_page, parse_xml
from narrowcast.sources.packages import kind_of_members, read_package

PART = "word/document.xml"


def zipped(data: bytes, packing: int = zipfile.ZIP_DEFLATED, name: str = PART) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        made.writestr(name, data)
    return out.getvalue()


def read(data: bytes) -> bytes:
    with open_archive(data, "x.docx") as opened:
        return opened.read(PART)


def patched(data: bytes, offset_local: int, offset_central: int, form: str, value: int) -> bytes:
    """The zip with one field changed in the member's local header and in the directory."""
    changed = bytearray(data)
    struct.pack_into(form, changed, offset_local, value)
    struct.pack_into(form, changed, data.rindex(b"PK\1\2") + offset_central, value)
    return bytes(changed)


def test_what_is_in_it_is_read_whatever_the_case_of_its_name() -> None:
    with open_archive(zipped(b"text"), "x") as opened:
        assert opened.members == {PART}
        assert opened.find("WORD/Document.xml") == PART
        assert opened.find("../word/document.xml") is None
        assert opened.read(PART) == b"text"


GOOD = zipped(b"some text " * 50)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped(b" " * 3_000_000), "unpacks to more than can be read"),
        (patched(zipped(b" " * 3_000_000), 22, 24, "<L", 10), "cannot be unpacked|more than can be read"),
        (patched(GOOD, 6, 8, "<H", 1), "password"),
        (patched(GOOD, 8, 10, "<H", 99), "no document is"),
        (patched(GOOD, 14, 16, "<L", 7), "cannot be unpacked"),
        (zipped(b"text", zipfile.ZIP_LZMA), "no document is"),
        (zipped(b"text", zipfile.ZIP_BZIP2), "no document is"),
        (GOOD[:-30], "table of contents"),
        (GOOD[:40], "table of contents"),
        (GOOD[40:], "broken"),
        (b"PK\3\4" + b"\0" * 400, "table of contents"),
        (GOOD[:-22] + b"PK\6\7" + b"\0" * 16 + GOOD[-22:], "Zip64"),
        (GOOD[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 1, 1, 1, 1, 60, 0, 0), "one part"),
        (GOOD[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 60_000, 60_000, 60, 0, 0), "20,000 files"),
        (GOOD[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 5_000_000, 0, 0), "table of contents"),
    ],
    ids=range(15),
)
def test_bad_zip_files_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        read(data)
    assert caught.value.message.startswith("x.docx")
    assert caught.value.hint


def test_all_that_is_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 900)
    with open_archive(GOOD, "x") as opened:
        assert len(opened.read(PART)) == 500
        with pytest.raises(SourceError, match="more than can be read"):
            opened.read(PART)


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'
FETCHES = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (LAUGHS, "entities"),
        (FETCHES, "entities"),
        (LAUGHS.decode().encode("utf-16"), "entities"),
        (b"<a>" * 400 + b"</a>" * 400, "well-formed"),
        (b"<a/>" * 1_200_001, "1,200,000 tags"),
        (b"<a b='' c=''/>" * 400_001, "800,000 attributes"),
        (b"<a><b></a>", "well-formed"),
        (b"", "well-formed"),
    ],
    ids=range(8),
)
def test_bad_xml_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        parse_xml(data, "x.docx")
    assert caught.value.hint
    if says != "well-formed":
        with pytest.raises(SourceError, match=says):
            parse_page(data, "x.epub")


def test_xml_is_read_in_its_encoding_with_named_characters() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE html SYSTEM "http://127.0.0.1:1/x.dtd"><a>é&nbsp;&amp;</a>'
    assert parse_xml(text.encode("latin-1"), "x").text == "é\u00a0&"
    assert parse_xml(text.replace("iso-8859-1", "utf-16").encode("utf-16"), "x").text == "é\u00a0&"
    assert parse_xml(b"<a>&#60;!DOCTYPE x [<b/>]</a>", "x").text == "<!DOCTYPE x ["


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"META-INF/container.xml": b"", "x.opf": b""}, "epub"),
        ({"x.opf": b""}, "epub"),
        ({"[Content_Types].xml": b"", "word/document2.xml": b""}, "docx"),
        ({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}, "a PowerPoint presentation"),
        ({"a.txt": b""}, "a zip file"),
    ],
)
def test_what_it_holds_says_what_it_is(members: dict[str, bytes], kind: str) -> None:
    assert kind_of_members(members) == kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped(b"application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED, "mimetype"), "is an OpenDocument text"),
        (zipped(b"x", name="xl/workbook.xml"), "is an Excel workbook"),
        (zipped(b"x", name="notes.txt"), "is a zip file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), r"an old Word file \(\.doc\)"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old Office file"),
    ],
    ids=range(6),
)
def test_other_formats_are_told_by_name(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        read_package(data, "x")
    assert caught.value.hint
