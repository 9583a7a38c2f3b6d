"""Web pages: the page's own structure, kept where trafilatura finds content and not menus."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from sys import intern
from typing import Any

from narrowcast.script.language import primary
from narrowcast.sources.blocks import Block, BlockKind, Document
from narrowcast.sources.bounds import check_page
from narrowcast.sources.from_text import iso_date
from narrowcast.sources.html_blocks import page_blocks

_SHINGLE = 5
_SPARSE = 0.02
_NO_TITLE = frozenset({"", "[no title]", "untitled"})


def read_html(text: str, name: str = "The page") -> Document:
    """The document. trafilatura says what is content and what is known of the page; its own flat text is not used.

    It keeps the words of the main part but loses headings and lists of many pages, so each block of the page is kept
    when its words are among those, and a listing or table also when it stands between such blocks. Raises `SourceError`
    with `name` for a page of more tags than are read.
    """
    check_page(text, name)
    from lxml.etree import ParserError
    from trafilatura import bare_extraction, load_html

    tree = load_html(text)
    if tree is None:
        return Document("html", ())
    body = tree.find(".//body")
    try:
        blocks = page_blocks(tree if body is None else body)
    except ParserError:
        return Document("html", ())
    declared = _clean(tree.findtext(".//title"))
    language = primary(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
    found: Any = bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"},
    )
    words = _words(" ".join(found.body.itertext())) if found is not None and found.body is not None else []
    kept = content_only(blocks, words) if len(words) > _SPARSE * sum(len(_words(b.text)) for b in blocks) else blocks
    return Document(
        "html",
        tuple(kept or blocks),
        title=_title(declared, found, kept),
        author=_clean(found.author) if found is not None else None,
        published=iso_date(found.date or "") if found is not None else None,
        language=language,
    )


def content_only(blocks: Sequence[Block], words: Sequence[str]) -> list[Block]:
    """The blocks whose words are found in `words`, the main text's; headings stay where something under them does."""
    shingles = set(_shingles(words))
    flat = f" {' '.join(words)} "
    wanted = [block.kind is not BlockKind.HEADING and _is_known(block.text, shingles, flat) for block in blocks]
    first, last = (wanted.index(True), len(wanted) - wanted[::-1].index(True)) if any(wanted) else (0, 0)
    inside = [
        want or (block.kind in {BlockKind.CODE, BlockKind.TABLE} and first <= at < last)
        for at, (block, want) in enumerate(zip(blocks, wanted, strict=True))
    ]
    kept: list[Block] = []
    level_below = 7
    for block, keep in zip(reversed(blocks), reversed(inside), strict=True):
        if keep:
            kept.append(block)
            level_below = 7
            opens = True
        elif block.kind is BlockKind.HEADING:
            opens = bool(kept) and (kept[-1].kind is not BlockKind.HEADING or block.level < level_below)
            if opens:
                kept.append(block)
                level_below = block.level
    kept.reverse()
    return kept


def _shingles(words: Sequence[str]) -> Iterator[int]:
    """The runs of `_SHINGLE` words, by their hashes: the runs themselves would take three times the memory."""
    return (hash(tuple(words[at : at + _SHINGLE])) for at in range(len(words) - _SHINGLE + 1))


def _is_known(text: str, shingles: set[int], flat: str) -> bool:
    words = _words(text)
    if len(words) < _SHINGLE:
        return bool(words) and f" {' '.join(words)} " in flat
    grams = list(_shingles(words))
    return sum(gram in shingles for gram in grams) * 2 >= len(grams)


def _words(text: str) -> list[str]:
    return [intern(word.group()) for word in re.finditer(r"\w+", text.casefold())]


def _title(own: str | None, found: Any, blocks: Sequence[Block]) -> str | None:
    """The declared title; a first heading that it only lengthens by the site's name is the better one."""
    declared = _clean(found.title if found is not None else None) or own
    first = next((block.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), "")
    if first and (not declared or first.casefold() in declared.casefold()):
        return first
    return declared


def _clean(text: str | None) -> str | None:
    text = " ".join((text or "").split()).strip(" ¶#§")
    return None if text.casefold() in _NO_TITLE else text
