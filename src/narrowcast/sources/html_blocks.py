"""The body of a page as blocks: its own structure, without what is never content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from narrowcast.sources.blocks import Block, BlockKind
from narrowcast.sources.joining import SUPERSCRIPTS
from narrowcast.sources.retrieval.stopwords import words_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEVER = words_of(
    "script style noscript template nav footer aside form button select input iframe svg math object embed audio video "
    "canvas dialog menu link meta head img picture map area source track rp rt"
)
_NEVER_ROLES = frozenset(
    {"navigation", "search", "banner", "contentinfo", "complementary", "menu", "menubar", "dialog"}
)
_NEVER_CLASS = re.compile(
    r"(?:^|[\s_-])(?:headerlink|toc|navheader|navfooter|breadcrumbs?|cookie|mw-editsection|reference-list"
    r"|sphinxsidebar|sidebar|skip-link|share|social|screen-reader-text|sr-only|noprint|advert|footnote-ref|footnote-reference)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = words_of(
    "address article blockquote body center dd details div dl dt fieldset figure figcaption h1 h2 h3 h4 h5 h6 header "
    "hr html li main ol p pre section summary table tbody td tfoot th thead tr ul"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NOTE_MARK = re.compile(r"[\[(]?\s*(?:\d{1,3}|[*†‡])\s*[\])]?|[\[(][a-z][\])]")
_APART = "\x1f"
_TERM = 40
_LABELS = frozenset({"note", "tip", "warning", "caution", "important", "hint", "attention"})


def page_blocks(body: HtmlElement) -> list[Block]:
    """Everything in the body that may be content, in order: headings, prose, lists, tables of data, listings."""
    return [block for block in _walk(body) if block.text.strip(" \n¶#§")]


def _walk(element: HtmlElement) -> Iterator[Block]:
    """The blocks of an element; text that stands directly in it becomes prose."""
    run: list[str] = [element.text or ""]
    for child in element:
        if _is_block(child):
            yield from _prose(run)
            run = []
            if not _is_noise(child):
                yield from _block(child)
        elif _is_noise(child):
            pass
        elif child.tag == "br":
            run.append("\n")
        elif any(_is_block(inner) for inner in child.iterdescendants()):
            yield from _prose(run)
            run = []
            yield from _walk(child)
        else:
            run.append(_inline(child).replace(_APART, " "))
        run.append(child.tail or "")
    yield from _prose(run)


def _block(element: HtmlElement) -> Iterator[Block]:
    tag = element.tag
    if tag in _HEADINGS:
        yield Block(BlockKind.HEADING, _line(element).strip(" ¶#§"), level=int(tag[1]))
    elif tag == "pre":
        yield Block(BlockKind.CODE, _raw(element).strip("\n"))
    elif tag in {"ul", "ol"}:
        yield from _list(element)
    elif tag == "dl":
        yield from _definitions(element)
    elif tag == "table":
        yield from _table(element)
    elif tag == "figcaption":
        return
    elif _is_note(element):
        yield from (Block(BlockKind.NOTE, block.text) for block in _walk(element))
    else:
        yield from _walk(element)


def _prose(run: list[str]) -> Iterator[Block]:
    """A run of inline text; a double line break in it parts paragraphs."""
    for part in re.split(r"\n\s*\n", "".join(run)):
        text = " ".join(part.split())
        if text and text.rstrip(":").lower() not in _LABELS:
            yield Block(BlockKind.PROSE, text)


def _list(element: HtmlElement) -> Iterator[Block]:
    """One item a line. Items that hold whole sections, listings or tables are taken apart instead."""
    if any(inner.tag in {"pre", "table", *_HEADINGS} for inner in element.iterdescendants()):
        for item in element:
            if not _is_noise(item):
                yield from _walk(item)
        return
    lines = list(_items(element))
    if lines:
        yield Block(BlockKind.LIST, "\n".join(lines))


def _items(element: HtmlElement) -> Iterator[str]:
    for item in element:
        if _is_noise(item):
            continue
        nested = [inner for inner in item.iterdescendants("ul", "ol") if _owner(inner) is item]
        if item.tag in {"ul", "ol"}:
            yield from _items(item)
            continue
        text = _line(item, skip=nested)
        if text:
            yield text
        for inner in nested:
            yield from _items(inner)


def _owner(inner: HtmlElement) -> HtmlElement | None:
    """The item that a nested list stands in."""
    return next(inner.iterancestors("li"), None)


def _definitions(element: HtmlElement) -> Iterator[Block]:
    """Terms with short definitions are a list, `term: definition`; long ones are prose under their terms."""
    if any(inner.tag in {"pre", "table", "ul", "ol", "dl", *_HEADINGS} for inner in element.iterdescendants()):
        yield from _walk(element)
        return
    lines: list[str] = []
    term = ""
    for child in element.iterdescendants("dt", "dd"):
        text = _line(child)
        if child.tag == "dt":
            term = f"{term}, {text}" if term else text
        elif text:
            lines.append(f"{term.rstrip(':')}: {text}" if term else text)
            term = ""
    if lines:
        yield Block(BlockKind.LIST, "\n".join(lines))


def _table(element: HtmlElement) -> Iterator[Block]:
    """A table of data as rows; one that lays out the page as what it holds."""
    rows = [row for row in _rows(element) if any(row)]
    holds_blocks = any(inner.tag in {"table", "pre", "ul", "ol", *_HEADINGS} for inner in element.iterdescendants())
    widest = max((sum(1 for cell in row if cell) for row in rows), default=0)
    if holds_blocks or widest < 2 or len(rows) < 2:
        for cell in element.iterdescendants("td", "th", "caption"):
            if next(cell.iterancestors("table"), None) is element:
                yield from _walk(cell)
        return
    yield Block(BlockKind.TABLE, "\n".join(" | ".join(row) for row in rows))


def _rows(element: HtmlElement) -> Iterator[list[str]]:
    """The cells of each row; one that reaches down stands again in the rows it reaches, as it would be read there."""
    down: dict[int, tuple[int, str]] = {}
    for row in element.iterdescendants("tr"):
        if _is_noise(row):
            continue
        texts: list[str] = []
        left: dict[int, tuple[int, str]] = {}
        column = 0
        for cell in [cell for cell in row if cell.tag in {"td", "th"}]:
            column = _reached(down, left, texts, column)
            text = _line(cell)
            texts.append(text)
            if (rows := _span(cell, "rowspan")) > 1:
                left[column] = (rows - 1, text)
            column += _span(cell, "colspan")
        for at in sorted(at for at in down if at >= column):
            _reached(down, left, texts, at)
        yield texts
        down = left


def _reached(down: dict[int, tuple[int, str]], left: dict[int, tuple[int, str]], texts: list[str], column: int) -> int:
    """Take what reaches down into the columns from `column` on; the first column after that is free."""
    while column in down:
        rows, text = down.pop(column)
        texts.append(text)
        if rows > 1:
            left[column] = (rows - 1, text)
        column += 1
    return column


def _span(cell: HtmlElement, name: str) -> int:
    """How many rows or columns a cell takes, within what HTML allows for columns (4.9.11)."""
    value = cell.get(name) or ""
    return min(max(int(value), 1), 1_000) if value.isdecimal() and len(value) < 6 else 1


def _line(element: HtmlElement, skip: list[HtmlElement] | None = None) -> str:
    """The text on one line; a short part that ends in no mark, as a term does, is set off with a colon."""
    text = ""
    for raw in _inline(element, skip or []).split(_APART):
        part = " ".join(raw.split())
        if text and part:
            text += ": " if text[-1].isalnum() and len(text) <= _TERM else " "
        text += part
    return text


def _inline(element: HtmlElement, skip: list[HtmlElement] | None = None) -> str:
    """All text of an element, without notes' marks and what is never content; blocks in it are set apart."""
    if element.tag == "sup":
        return _raised(element)
    parts = [element.text or ""]
    for child in element:
        if child.tag == "br":
            parts.append("\n")
        elif not _is_noise(child) and not (skip and child in skip):
            apart = _APART if _is_block(child) else ""
            parts.append(f"{apart}{_inline(child, skip)}{apart}")
        parts.append(child.tail or "")
    return "".join(parts)


def _raised(element: HtmlElement) -> str:
    """An exponent as superscript figures; the mark of a note, which is a link or stands in brackets, goes."""
    text = "".join(element.itertext()).strip()
    if _NOTE_MARK.fullmatch(text) and (element.find(".//a") is not None or not text.isdigit()):
        return ""
    return text.translate(SUPERSCRIPTS)


def _raw(element: HtmlElement) -> str:
    parts = [element.text or ""]
    for child in element:
        parts.append("\n" if child.tag == "br" else "" if not isinstance(child.tag, str) else _raw(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _is_note(element: HtmlElement) -> bool:
    """Foot- and endnotes by their role or class, as DPUB-ARIA, DocBook and Sphinx mark them."""
    marks = (element.get("class") or "").split()
    return element.get("role") in {"doc-footnote", "doc-endnotes"} or bool({"footnotes", "footnote"} & set(marks))


def _is_block(element: HtmlElement) -> bool:
    return element.tag in _BLOCKS or element.tag in {"nav", "footer", "aside", "form"}


def _is_noise(element: HtmlElement) -> bool:
    """Comments, what is no text, what is hidden, and what its role or class calls a menu."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _NEVER or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or element.get("role") in _NEVER_ROLES:
        return True
    if "display:none" in (element.get("style") or "").replace(" ", ""):
        return True
    marks = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    return bool(marks) and tag not in {"body", "html", "main", "article"} and bool(_NEVER_CLASS.search(marks))
