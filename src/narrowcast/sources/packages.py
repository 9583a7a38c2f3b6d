"""Files of files: which kind of document a zip or OLE file is, by what it holds."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from narrowcast.errors import SourceError
from narrowcast.sources.archive import open_archive
from narrowcast.sources.blocks import Document

_OLE = b"\xd0\xcf\x11\xe0"
_CONVERT = "Save it as Word (.docx), PDF, HTML or text first."
_BY_MIMETYPE = (
    ("application/vnd.oasis.opendocument.text", "an OpenDocument text"),
    ("application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation"),
    ("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet"),
    ("application/vnd.oasis.opendocument", "an OpenDocument file"),
    ("application/vnd.sun.xml", "an old OpenOffice file"),
)
_BY_MEMBER = (
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("xl/workbook.xml", "an Excel workbook"),
    ("xl/workbook.bin", "an Excel workbook"),
    ("visio/document.xml", "a Visio drawing"),
    ("Index/Document.iwa", "an Apple Pages, Numbers or Keynote document"),
    ("FixedDocSeq.fdseq", "an XPS document"),
    ("META-INF/MANIFEST.MF", "a Java archive"),
    ("AndroidManifest.xml", "an Android app"),
)
_IN_OLE = (
    ("EncryptedPackage", "is encrypted with a password", "Open it with the password and save a copy without one."),
    ("WordDocument", "is an old Word file (.doc), which cannot be read", "Save it as .docx first."),
    ("PowerPoint Document", "is an old PowerPoint file, which cannot be read", _CONVERT),
    ("Workbook", "is an old Excel file, which cannot be read", _CONVERT),
    ("__properties_version1.0", "is an Outlook message, which cannot be read", "Save its text first."),
)


def read_package(source: bytes | Path, name: str) -> Document:
    """The document in a zip file. Raises `SourceError`, saying what it is, when it is none that can be read."""
    _refuse_ole(source, name)
    with open_archive(source, name) as archive:
        kind = kind_of_members(archive.members)
        mimetype = archive.read("mimetype")[:100].decode("latin-1").strip() if "mimetype" in archive.members else ""
    if mimetype == "application/epub+zip" or kind == "epub":
        from narrowcast.sources.from_epub import read_epub

        return read_epub(source, name)
    if kind == "docx":
        from narrowcast.sources.from_docx import read_docx

        return read_docx(source, name)
    what = next((what for start, what in _BY_MIMETYPE if mimetype.startswith(start)), kind)
    hint = "Unpack it and give the documents in it." if what == "a zip file" else _CONVERT
    raise SourceError(f"{name} is {what}, which cannot be read.", hint=hint)


def kind_of_members(members: Collection[str]) -> str:
    """`epub`, `docx`, or what else a zip file with these members is, in words."""
    if "META-INF/container.xml" in members:
        return "epub"
    if "word/document.xml" in members or ("[Content_Types].xml" in members and _any_below("word/", members)):
        return "docx"
    found = next((what for member, what in _BY_MEMBER if member in members), None)
    if found is None and any(member.lower().endswith(".opf") for member in members):
        return "epub"
    return found or "a zip file"


def _any_below(folder: str, members: Collection[str]) -> bool:
    return any(member.startswith(folder) for member in members)


def _refuse_ole(source: bytes | Path, name: str) -> None:
    """Raise `SourceError` for an OLE file, which names its streams in UTF-16 ([MS-CFB] 2.6.1)."""
    data = source if isinstance(source, bytes) else b""
    if isinstance(source, Path):
        with source.open("rb") as file:
            data = file.read(len(_OLE))
            data = data + file.read() if data == _OLE else b""
    if not data.startswith(_OLE):
        return
    for stream, what, hint in _IN_OLE:
        if stream.encode("utf-16-le") in data:
            raise SourceError(f"{name} {what}.", hint=hint)
    raise SourceError(f"{name} is an old Office file, which cannot be read.", hint=_CONVERT)
