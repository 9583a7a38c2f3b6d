"""One page of an EPUB as blocks: what marks it as cover, contents or note is understood, the rest is a page of HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from narrowcast.sources.blocks import Block, BlockKind
from narrowcast.sources.html_blocks import page_blocks
from narrowcast.sources.markup import drop, local, text_of
from narrowcast.sources.retrieval.stopwords import words_of

_OPS_TYPE = "{http://www.idpf.org/2007/ops}type"
_HTML = ("{http://www.w3.org/1999/xhtml}", "{http://www.daisy.org/z3986/2005/dtbook/}")
_FRONT = words_of(
    "cover title-page titlepage halftitlepage half-title-page toc contents landmarks loi lot loa lov copyright-page "
    "list-of-illustrations list-of-tables copyright imprint imprimatur colophon index other-credits page-list"
)
"""EPUB 3 Structural Semantics and OPF guide types of pages that nobody would read out."""

_NOTE = words_of("footnote endnote rearnote footnotes endnotes rearnotes")
_NOTE_CLASSES = words_of("footnote footnotes endnote endnotes rearnote")
_BACK = frozenset({"doc-backlink", "backlink"})
_MARK = frozenset({"noteref", "doc-noteref", "pagebreak", "doc-pagebreak", "referrer"})
_DROP_CLASSES = words_of("headerlink link-target footnote-reference footnote-ref footnote-back pagenum pageno")
_PLACES = words_of("p div section article aside blockquote ul ol dl table figure pre header h1 h2 h3 h4 h5 h6")
_INSIDE = words_of("table ul ol dl pre")
_FULL = 6_000
"""Characters of a page's own words from which it is read, whatever its marks say it is."""

_ELSEWHERE = 0.85
_FEWEST_LINKS = 3
_NESTED = 4
_INDEX_SHARE = 0.3
_INDEX = words_of("index stichwortverzeichnis sachregister register personenregister índice")
_IMPRINT = re.compile(
    r"(?:©|\(c\)|copyright)[^.]{0,20}\b(?:19|20)\d\d|\bISBN\b\W*\d|all rights reserved|alle rechte vorbehalten",
    re.IGNORECASE,
)
_IMPRINT_LENGTH = 1_500
_SIGN = "\ue0f0"


def anchor(number: int) -> str:
    """The text of the heading that stands in the blocks where entry `number` of the contents points."""
    return f"{_SIGN}{number}{_SIGN}"


def anchored(text: str) -> int | None:
    """The number in an `anchor`, none for any other text."""
    return int(text[1:-1]) if len(text) > 2 and text[0] == text[-1] == _SIGN and text[1:-1].isdecimal() else None


def read_page(root: Any, front: str, targets: Mapping[str, Sequence[int]]) -> list[Block]:
    """The blocks of a page, none where it is a cover, a title page, a table of contents, an imprint or an index.

    `front` is what the book calls the page. `targets` holds, by fragment (empty for the start of the page), the
    entries of the contents that point here; an `anchor` stands in the blocks where they do.
    """
    body = next((element for element in root.iter() if local(element) in {"body", "book"}), root)
    _plain_names(body)
    _drop_directories(body)
    if (_is_front(front, body) and len(text_of(body)) < _FULL) or _is_index(body):
        return []
    _place(body, targets)
    _mark(body)
    blocks = [Block(BlockKind.HEADING, anchor(number), level=1) for number in targets.get("", ())]
    return [*blocks, *page_blocks(body)]


def is_imprint(blocks: Sequence[Block]) -> bool:
    """Whether a page before the first chapter is an imprint that nothing marks as one: short, with rights."""
    text = " ".join(block.text for block in blocks)
    return len(text) < _IMPRINT_LENGTH and bool(_IMPRINT.search(text))


def picture_count(root: Any) -> int:
    """How many pictures a page shows."""
    return sum(local(element) in {"img", "image"} for element in root.iter())


def _kinds(element: Any) -> frozenset[str]:
    """What an element's epub:type and DPUB-ARIA role call it."""
    role = (element.get("role") or "").lower()
    types = (element.get(_OPS_TYPE) or element.get("epub:type") or "").lower().split()
    return frozenset((*types, *role.split(), *(part.removeprefix("doc-") for part in role.split())))


def _plain_names(body: Any) -> None:
    """Names without HTML's namespace, as `html_blocks` wants them; what another namespace draws is never text."""
    for element in body.iter("*"):
        if element.tag.startswith(_HTML):
            element.tag = local(element)
        elif element.tag.startswith("{"):
            element.tag = {"math": "math", "svg": "svg"}.get(local(element), "span")


def _is_front(front: str, body: Any) -> bool:
    if front in _FRONT:
        return True
    element = body
    for _ in range(4):
        if _kinds(element) & _FRONT:
            return True
        children = [child for child in element if isinstance(child.tag, str)]
        if len(children) != 1 or (element.text or "").strip():
            return False
        element = children[0]
    return bool(_kinds(element) & _FRONT)


def _is_index(body: Any) -> bool:
    """Whether a page is headed as an index and much of its text is links into the book."""
    heading = next((text_of(element) for element in body.iter("h1", "h2")), "")
    if heading.casefold() not in _INDEX:
        return False
    links = _links(body)
    text = text_of(body)
    linked = sum(len(text_of(link)) for link in links)
    return linked >= _INDEX_SHARE * len(text) or len(links) >= _INDEX_SHARE * len(text.split())


def _drop_directories(body: Any) -> None:
    """Lists and tables whose words are nearly all links to places in the book go: they are tables of contents."""
    for element in list(body.iter("ul", "ol", "dl", "table", "nav")):
        if element is body or sum(1 for _ in element.iterancestors("ul", "ol", "dl", "table")) >= _NESTED:
            continue
        links = _links(element)
        linked = sum(len(text_of(link)) for link in links)
        if len(links) >= _FEWEST_LINKS and linked >= _ELSEWHERE * len(text_of(element)):
            drop(element)


def _links(element: Any) -> list[Any]:
    return [link for link in element.iter("a") if _leads_inside(link.get("href"))]


def _leads_inside(href: str | None) -> bool:
    return bool(href) and not re.match(r"[a-z][a-z0-9+.-]*:", str(href), re.IGNORECASE)


def _place(body: Any, targets: Mapping[str, Sequence[int]]) -> None:
    """Put an `anchor` before the block that each fragment means."""
    wanted = {fragment for fragment in targets if fragment}
    if not wanted:
        return
    for element in list(body.iter("*")):
        found = element.get("id") or (element.get("name") if element.tag == "a" else None)
        if found not in wanted:
            continue
        wanted.discard(found)
        place = element
        while place is not body and place.tag not in _PLACES:
            place = place.getparent()
        outer = [above for above in place.iterancestors() if above.tag in _INSIDE]
        place = outer[-1] if outer and outer[-1] is not body else place
        for number in targets[found]:
            heading = body.makeelement("h1", {})
            heading.text = anchor(number)
            if place is body or place.tag in {"div", "section", "article", "header", "aside", "figure"}:
                heading.tail, place.text = place.text, None
                place.insert(0, heading)
            else:
                place.addprevious(heading)


def _mark(body: Any) -> None:
    """Leave only such marks as `html_blocks` reads: a book's own names for things may be what it calls a menu."""
    for element in list(body.iter("*")):
        if element is body or element.getparent() is None:
            continue
        kinds = _kinds(element)
        classes = frozenset((element.get("class") or "").lower().split())
        if _is_dropped(element, kinds, classes):
            drop(element)
            continue
        is_note = bool(kinds & _NOTE or (classes & _NOTE_CLASSES and element.tag in {"aside", "div", "dl", "li", "p"}))
        for name in ("class", "id", "role"):
            element.attrib.pop(name, None)
        if is_note:
            for term in list(element.iter("dt")) if element.tag == "dl" else ():
                drop(term)
            for note in (element, element.getparent()) if element.tag == "li" else (element,):
                note.tag = "div"
                note.set("class", "footnote")
        elif element.tag in {"aside", "footer", "form", "dialog"}:
            element.tag = "div"
        elif element.tag == "math":
            _say_formula(element)


def _is_dropped(element: Any, kinds: frozenset[str], classes: frozenset[str]) -> bool:
    """Marks of notes and pages, ways back from notes, permanent links and addresses printed behind their links."""
    if kinds & (_MARK | _BACK) or _is_note_link(element):
        return True
    if element.tag in {"a", "span", "sup"} and classes & _DROP_CLASSES:
        return True
    return bool(classes & {"label", "fn-bracket"}) and _in_note(element)


def _say_formula(element: Any) -> None:
    """A formula as the words for it, else as its signs."""
    text = element.get("alttext") or text_of(element)
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "span", text


def _is_note_link(element: Any) -> bool:
    """A link that is a raised figure or sign is the mark of a note, or leads back to one."""
    if element.tag != "a" or not _leads_inside(element.get("href")):
        return False
    text = text_of(element)
    if text in {"↩", "↩︎", "⏎", "↑", "^", "¶"}:
        return True
    raised = element.getparent().tag == "sup" or element.find("sup") is not None
    return raised and bool(re.fullmatch(r"[\[(]?(?:\d{1,4}|[*†‡§]+|[a-z]|[ivx]{1,5})[\])]?", text))


def _in_note(element: Any) -> bool:
    return any((above.get("class") or "").startswith("footnote") for above in element.iterancestors())
