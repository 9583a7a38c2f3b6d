"""Word documents (DOCX and its kin): mammoth makes HTML of what `docx_parts` leaves, and the HTML becomes blocks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from lxml import etree, html

from narrowcast.errors import SourceError
from narrowcast.script.language import primary
from narrowcast.sources.archive import Archive, open_archive
from narrowcast.sources.blocks import Block, BlockKind, Document, notes_last, tidied
from narrowcast.sources.bounds import MAX_WORD_ELEMENTS, check_count
from narrowcast.sources.docx.numbering import clean_numbering, read_levels
from narrowcast.sources.docx.parts import clean, find_parts, note_ids, style_name
from narrowcast.sources.docx.styles import CODE, TITLE, Style, read_styles
from narrowcast.sources.from_text import iso_date
from narrowcast.sources.html_blocks import page_blocks
from narrowcast.sources.markup import drop, local, parse_xml, text_of

_STYLE_MAP = "\n".join(
    [
        f"p.{style_name(TITLE)} => h1:fresh",
        *(f"p.{style_name(level)} => h{min(level + 1, 6)}:fresh" for level in range(1, 10)),
        f"p.{style_name(CODE)} => pre:separator('\\n')",
        *(
            f"p:{kind}-list({depth}) => {'ul|ol > li > ' * (depth - 1)}{tag} > li:fresh"
            for depth in range(1, 10)
            for kind, tag in (("unordered", "ul"), ("ordered", "ol"))
        ),
    ]
)
_REFERENCES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_JUNK = re.compile(
    r"microsoft word\b.*|(?:document|dokument|documento|untitled|unbenannt)\s*\d*|.*\.(?:docx?|dotx?|odt|rtf)",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {"", "python-docx", "microsoft office user", "unknown", "user", "admin", "administrator", "windows user"}
)
_LONGEST_LINE = 200
_LINES_ABOVE = 5
_FAULTS = (ExpatError, LookupError, ValueError, TypeError, AttributeError, OSError, RecursionError)
"""What mammoth raises for documents that break the rules; it checks none itself."""


def read_docx(source: bytes | Path, name: str) -> Document:
    """The document. Raises `SourceError` for one that is broken or has more in it than is read."""
    with open_archive(source, name) as archive:
        parts = find_parts(archive, name)
        if not parts:
            raise _broken(name, "its main part is missing")
        core = parse_xml(archive.read(parts["core"]), name) if "core" in parts else None
        package = _cut_down(archive, parts, name)
    body = _convert(package, name)
    _place_notes(body)
    blocks = [tidied(block) for block in page_blocks(body)]
    title, blocks = _title(blocks)
    facts = {local(fact): text_of(fact) for fact in (() if core is None else core)}
    declared, author = facts.get("title", ""), facts.get("creator", "")
    return Document(
        "docx",
        tuple(notes_last(blocks)),
        title=title or (None if _JUNK.fullmatch(declared) else declared or None),
        author=None if author.casefold() in _NOBODY else author,
        language=primary(facts.get("language")),
        published=iso_date(facts.get("created", "")),
    )


def _cut_down(archive: Archive, parts: dict[str, str], name: str) -> bytes:
    """A new Word file that holds the words and lists of the document, and nothing else."""
    roots = {part: parse_xml(archive.read(place), name) for part, place in parts.items() if part != "core"}
    styles: dict[str, Style] = read_styles(roots["styles"]) if "styles" in roots else {}
    levels = read_levels(roots["numbering"]) if "numbering" in roots else {}
    notes = {reference: note_ids(roots[part]) for reference, part in _REFERENCES.items() if part in roots}
    out = io.BytesIO()
    elements = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for part, root in roots.items():
            if part in {"document", "footnotes", "endnotes"}:
                clean(root, styles, notes if part == "document" else {}, levels)
            elif part == "styles":
                for style in [child for child in root if "numbering" not in child.attrib.values()]:
                    drop(style)
            elif part == "numbering":
                clean_numbering(root)
            elements += sum(1 for _ in root.iter())
            check_count(elements, MAX_WORD_ELEMENTS, "paragraphs, runs of letters and lists", name)
            package.writestr(f"word/{part}.xml", etree.tostring(root, encoding="utf-8", xml_declaration=True))
            root.clear()
    return out.getvalue()


def _convert(package: bytes, name: str) -> Any:
    """The body of the HTML page that mammoth makes of a Word file."""
    import mammoth

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(package),
            style_map=_STYLE_MAP,
            include_default_style_map=False,
            include_embedded_style_map=False,
            convert_image=lambda _: [],
        )
    except _FAULTS as error:
        raise _broken(name, "its parts do not fit together") from error
    page: Any = html.document_fromstring(f"<html><body>{made.value}</body></html>")
    return page.body


def _place_notes(body: Any) -> None:
    """Take each note's mark out of its sentence, and put the note behind the block that it belongs to."""
    notes = {item.get("id"): item for item in body.iter("li") if re.match(r"(?:foot|end)note-\d", item.get("id") or "")}
    for link in list(body.iter("a")):
        target = (link.get("href") or "").removeprefix("#")
        if re.match(r"(?:foot|end)note-ref-", target):
            drop(link)
        elif target in notes and (link.get("id") or "").startswith(("footnote-ref-", "endnote-ref-")):
            block = next((above for above in (link, *link.iterancestors()) if above.getparent() is body), None)
            drop(link.getparent() if link.getparent().tag == "sup" else link)
            note = notes.pop(target)
            if block is not None and block is not note.getparent():
                listing = note.getparent()
                note.tail = None
                block.addnext(note)
                if len(listing) == 0:
                    drop(listing)
            note.tag = "div"
            note.set("class", "footnote")


def _title(blocks: Sequence[Block]) -> tuple[str | None, list[Block]]:
    """The title that is set as one at the start, and the blocks without it; where several are, they are headings."""
    titles = [block for block in blocks if block.kind is BlockKind.HEADING and block.level == 1]
    if len(titles) == 1:
        at = blocks.index(titles[0])
        if all(len(block.text) < _LONGEST_LINE for block in blocks[:at]) and at <= _LINES_ABOVE:
            return titles[0].text, [*blocks[:at], *blocks[at + 1 :]]
    return None, list(blocks)


def _broken(name: str, why: str) -> SourceError:
    return SourceError(f"{name} is a broken Word file: {why}.", hint="Open it and save it anew.")
