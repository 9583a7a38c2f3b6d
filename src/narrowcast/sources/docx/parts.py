"""A Word document cut down to its words: the parts that are read, without what is never text."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree

from narrowcast.sources.archive import Archive
from narrowcast.sources.docx.numbering import depth_in
from narrowcast.sources.docx.styles import LEFT_OUT, Style, attribute, heading_level, value_at
from narrowcast.sources.markup import drop, local, parse_xml
from narrowcast.sources.retrieval.stopwords import words_of

_NEVER = tuple(
    f"{{*}}{name}"
    for name in words_of(
        "moveFrom delText instrText delInstrText fldChar proofErr bookmarkStart bookmarkEnd commentRangeStart "
        "commentRangeEnd commentReference annotationRef sectPr tblPr tblGrid lastRenderedPageBreak softHyphen rt "
        "rubyPr permStart permEnd footnoteRef endnoteRef separator continuationSeparator fldData altChunk"
    )
)
_UNWRAPPED = tuple(
    f"{{*}}{name}" for name in words_of("ins moveTo smartTag customXml hyperlink fldSimple dir bdo ruby rubyBase")
)
_PICTURES = tuple(f"{{*}}{name}" for name in ("AlternateContent", "drawing", "pict", "object"))
_GALLERIES = frozenset({"Table of Contents", "Table of Figures", "Cover Pages"})
_OFF = frozenset({"0", "false", "off"})


def find_parts(archive: Archive, name: str) -> dict[str, str]:
    """The names in the archive of `document`, `styles`, `numbering`, `footnotes`, `endnotes` and `core`."""
    found = _related(archive, "", name)
    main = found.get("officeDocument") or archive.find("word/document.xml")
    if main is None:
        return {}
    near = _related(archive, main, name)
    folder = posixpath.dirname(main)
    parts = {"document": main}
    for part in ("styles", "numbering", "footnotes", "endnotes"):
        if place := near.get(part) or archive.find(f"{folder}/{part}.xml"):
            parts[part] = place
    if place := found.get("core-properties") or archive.find("docProps/core.xml"):
        parts["core"] = place
    return parts


def _related(archive: Archive, part: str, name: str) -> dict[str, str]:
    """What a part is related to inside the archive, by the last word of the relation's type (ECMA-376, part 2, 9.3)."""
    folder, base = posixpath.split(part)
    listing = archive.find(posixpath.join(folder, "_rels", f"{base}.rels"))
    found: dict[str, str] = {}
    for relation in parse_xml(archive.read(listing), name) if listing else ():
        if (relation.get("TargetMode") or "Internal") == "Internal":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or "")).lstrip("/")
            if place := archive.find(target):
                found.setdefault((relation.get("Type") or "").rpartition("/")[2], place)
    return found


def note_ids(root: Any) -> frozenset[str]:
    """The ids of the notes in a part of foot- or endnotes."""
    return frozenset(attribute(note, "id") for note in root if local(note) in {"footnote", "endnote"})


def clean(
    root: Any,
    styles: Mapping[str, Style],
    notes: Mapping[str, Collection[str]],
    levels: Mapping[str, tuple[int, ...]],
) -> None:
    """Leave paragraphs, runs, tables and lists in a part, with the words in them.

    Deletions, comments, fields' codes, pictures, hidden text and tables of contents go; insertions, text boxes, the
    letters of formulas and fields' results stay. Paragraph styles that mean something get the names that
    `from_docx` maps. `notes` holds the ids that exist, by the name of the reference to them; `levels` the
    levels of each list by its id.
    """
    for element in list(root.iter("{*}del")):
        if local(element.getparent()) not in {"rPr", "trPr"}:
            drop(element)
    _settle_controls(root)
    etree.strip_elements(root, *_NEVER, with_tail=False)
    etree.strip_tags(root, *_UNWRAPPED)
    space = root.tag.rpartition("}")[0] + "}"
    for formula in list(root.iter("{*}oMath")):
        _replace(formula, _run(formula, space, "".join(part.text or "" for part in formula.iter("{*}t"))))
    etree.strip_tags(root, "{*}oMathPara")
    for picture in reversed(list(root.iter(*_PICTURES))):
        _replace(picture, _boxes(picture, space))
    for run in list(root.iter(f"{space}r")):
        _clean_run(run, space, notes)
    for paragraph in list(root.iter(f"{space}p")):
        _clean_paragraph(paragraph, space, styles, levels)
        _join_runs(paragraph, space)


def _settle_controls(root: Any) -> None:
    """Content controls as what they hold; one that shows a placeholder, or is a table of contents, goes."""
    for control in list(root.iter("{*}sdt")):
        properties = next((child for child in control if local(child) == "sdtPr"), None)
        if properties is None:
            continue
        gallery = next((attribute(found, "val") for found in properties.iter("{*}docPartGallery")), "")
        if gallery in _GALLERIES or next(properties.iter("{*}showingPlcHdr"), None) is not None:
            drop(control)
    etree.strip_elements(root, "{*}sdtPr", "{*}sdtEndPr", with_tail=False)
    etree.strip_tags(root, "{*}sdt", "{*}sdtContent")


def _run(near: Any, space: str, text: str) -> Any:
    run = near.makeelement(f"{space}r")
    etree.SubElement(run, f"{space}t").text = text
    return run


def _boxes(picture: Any, space: str) -> Any | None:
    """The text boxes in a picture, once: newer Word writes each in a new and an old form."""
    forms = [child for child in picture if local(child) in {"Choice", "Fallback"}] or [picture]
    for form in forms:
        boxes = [
            box
            for box in form.iter("{*}txbxContent")
            if not any(local(above) == "txbxContent" for above in _between(box, picture))
        ]
        if boxes:
            holder = picture.makeelement(f"{space}pict")
            holder.extend(boxes)
            return holder
    return None


def _between(inner: Any, outer: Any) -> list[Any]:
    found = []
    for above in inner.iterancestors():
        if above is outer:
            break
        found.append(above)
    return found


def _replace(element: Any, other: Any | None) -> None:
    if element.getparent() is None:
        return
    if other is None:
        drop(element)
        return
    other.tail = element.tail
    element.getparent().replace(element, other)


def _clean_run(run: Any, space: str, notes: Mapping[str, Collection[str]]) -> None:
    properties = next((child for child in run if local(child) == "rPr"), None)
    raised = None
    if properties is not None:
        if value_at(properties, "vanish") not in {None, *_OFF}:
            drop(run)
            return
        raised = value_at(properties, "vertAlign")
        drop(properties)
    for child in list(run):
        kind = local(child)
        if kind.endswith("Reference"):
            raised = None
            if attribute(child, "id") not in notes.get(kind, ()):
                drop(child)
        else:
            _clean_sign(child, kind, space)
    if raised in {"superscript", "subscript"}:
        fresh = run.makeelement(f"{space}rPr")
        etree.SubElement(fresh, f"{space}vertAlign").set(f"{space}val", raised)
        run.insert(0, fresh)


def _clean_sign(sign: Any, kind: str, space: str) -> None:
    """What stands for a sign in a run, as mammoth knows it; breaks of pages part words as those of lines."""
    if kind in {"br", "cr"}:
        sign.tag = f"{space}br"
        sign.attrib.clear()
    elif kind == "noBreakHyphen":
        sign.tag, sign.text = f"{space}t", "-"
    elif kind == "ptab":
        sign.tag = f"{space}tab"
    elif kind == "sym" and not _is_hex(attribute(sign, "char")):
        drop(sign)


def _join_runs(paragraph: Any, space: str) -> None:
    """Neighbouring runs of nothing but text as one: Word parts them at every change that it saved."""
    text, parts = None, []
    for run in list(paragraph):
        if run.tag == f"{space}r" and len(run) and all(child.tag == f"{space}t" for child in run):
            words = "".join(child.text or "" for child in run)
            if text is None:
                text, parts = run[0], [words]
                for child in run[1:]:
                    drop(child)
            else:
                parts.append(words)
                drop(run)
            continue
        if text is not None:
            text.text, text = "".join(parts), None
    if text is not None:
        text.text = "".join(parts)


def _is_hex(text: str) -> bool:
    return len(text) == 4 and all(char in "0123456789abcdefABCDEF" for char in text)


def _clean_paragraph(
    paragraph: Any, space: str, styles: Mapping[str, Style], levels: Mapping[str, tuple[int, ...]]
) -> None:
    own = next((child for child in paragraph if local(child) == "pPr"), None)
    if own is None:
        return
    name = value_at(own, "pStyle") or ""
    style = styles.get(name, Style())
    outline = value_at(own, "outlineLvl")
    role = style.role if outline is None or style.role == LEFT_OUT else heading_level(outline)
    number, depth = value_at(own, "numPr", "numId"), value_at(own, "numPr", "ilvl")
    deleted = value_at(own, "rPr", "del") is not None
    drop(own)
    if role == LEFT_OUT:
        for run in list(paragraph):
            drop(run)
        return
    fresh = paragraph.makeelement(f"{space}pPr")
    called = style_name(role) or name
    if called:
        etree.SubElement(fresh, f"{space}pStyle").set(f"{space}val", called)
    if not role and (number or style.numbering):
        listing = etree.SubElement(fresh, f"{space}numPr")
        named = number or style.numbering or "0"
        if number is None or depth is not None:
            etree.SubElement(listing, f"{space}ilvl").set(f"{space}val", depth_in(levels, named, depth) or "0")
        etree.SubElement(listing, f"{space}numId").set(f"{space}val", named)
    if deleted:
        etree.SubElement(etree.SubElement(fresh, f"{space}rPr"), f"{space}del")
    paragraph.insert(0, fresh)


def style_name(role: str | int | None) -> str:
    """The style that a paragraph of this role gets, empty for one without a role."""
    return f"Narrowcast-{role}".replace(" ", "-") if role else ""
