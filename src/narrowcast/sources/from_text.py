"""Plain text: paragraphs out of hard-wrapped lines, modest headings, lists and listings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from narrowcast.sources.blocks import Block, BlockKind, Document
from narrowcast.sources.bounds import MAX_LINES, check_count
from narrowcast.sources.joining import join_lines, vocabulary

BULLET = re.compile(r"^\s*(?:[•◦▪‣●○■–—*+-]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s+(?=\S)")
"""What opens an item of a list."""

_UNDERLINE = re.compile(r"^\s*(={3,}|-{3,}|~{3,}|\*{3,}|\^{3,})\s*$")
_LEVELS = {"=": 1, "*": 1, "-": 2, "~": 3, "^": 3}
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+\w")
_CHAPTER = re.compile(
    r"^(?:chapter|part|book|kapitel|teil|chapitre|partie|capítulo|parte)\s+[\divxlc]+\b", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")
_HEADER = re.compile(r"^(title|author|date):\s*(\S.*)$", re.IGNORECASE)
_WIDEST_WRAP = 120
_TABS = 1_000_000


def read_text(text: str, name: str = "The text") -> Document:
    """The document; its title is a `Title:` line near the top or a short first line that stands alone.

    Raises `SourceError` with `name` for one of more lines than are read.
    """
    check_count(text.count("\n"), MAX_LINES, "lines", name)
    lines = (text.expandtabs(8) if text.count("\t") <= _TABS else text.replace("\t", " ")).split("\n")
    known = vocabulary([line.rstrip() for line in lines])
    fields = _fields(lines[:30])
    blocks: list[Block] = []
    for group in _groups(lines):
        blocks.extend(_read_group(group, known, is_first=not blocks))
    return Document(
        "text",
        tuple(_without_idle_headings(blocks)),
        title=fields.get("title") or (blocks[0].text if blocks and blocks[0].kind is BlockKind.HEADING else None),
        author=fields.get("author"),
        published=iso_date(fields.get("date", "")),
    )


def iso_date(text: str) -> str | None:
    """The ISO date that a text starts with, none where it does not."""
    found = re.match(r"\s*[\"']?(\d{4}-\d{2}-\d{2})", text)
    return found.group(1) if found else None


def _fields(lines: Sequence[str]) -> dict[str, str]:
    return {found.group(1).lower(): found.group(2).strip() for line in lines if (found := _HEADER.match(line))}


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines between blank ones."""
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line.rstrip())
        elif group:
            yield group
            group = []
    if group:
        yield group


def _read_group(lines: list[str], known: frozenset[str], *, is_first: bool) -> Iterator[Block]:
    if len(lines) > 1 and (mark := _UNDERLINE.match(lines[1])) and not _UNDERLINE.match(lines[0]):
        yield Block(BlockKind.HEADING, lines[0].strip(), level=_LEVELS[mark.group(1)[0]])
        lines = lines[2:]
    elif len(lines) == 1 and (level := heading_level(lines[0], is_first=is_first)):
        yield Block(BlockKind.HEADING, lines[0].strip(), level=level)
        return
    lines = [line for line in lines if not _UNDERLINE.match(line) or _LETTER.search(line)]
    if not lines:
        return
    if _is_list(lines):
        yield Block(BlockKind.LIST, "\n".join(join_lines(item, known) for item in _items(lines)))
    elif _is_listing(lines):
        yield Block(BlockKind.CODE, "\n".join(lines))
    elif max(map(len, lines)) > _WIDEST_WRAP:
        yield from (Block(BlockKind.PROSE, line.strip()) for line in lines)
    else:
        yield from _prose_then_list(lines, known)


def _is_list(lines: Sequence[str]) -> bool:
    """Every line opens an item or hangs under one; a dash that opens a lone line of speech does not make a list."""
    first = BULLET.match(lines[0])
    if not first:
        return False
    indent = len(lines[0]) - len(lines[0].lstrip())
    rest = [line for line in lines[1:] if not BULLET.match(line)]
    several = len(rest) < len(lines) - 1
    hangs = all(len(line) - len(line.lstrip()) > indent for line in rest)
    return several or (hangs and lines[0].lstrip()[0] not in "–—")


def _prose_then_list(lines: list[str], known: frozenset[str]) -> Iterator[Block]:
    """A paragraph, and the list that follows it without a blank line."""
    starts = [index for index, line in enumerate(lines) if index and BULLET.match(line)]
    at = starts[0] if len(starts) > 1 else len(lines)
    yield Block(BlockKind.PROSE, join_lines(lines[:at], known))
    if at < len(lines):
        yield Block(BlockKind.LIST, "\n".join(join_lines(item, known) for item in _items(lines[at:])))


def _items(lines: Sequence[str]) -> Iterator[list[str]]:
    item: list[str] = []
    for line in lines:
        if mark := BULLET.match(line):
            if item:
                yield item
            item = [line[mark.end() :]]
        else:
            item.append(line)
    if item:
        yield item


def heading_level(line: str, *, is_first: bool = False) -> int:
    """The level of a line that stands alone; 0 where it reads like a sentence."""
    line = line.strip()
    letters = _LETTER.findall(line)
    if len(line) > 80 or len(letters) < 2 or line[-1] in ".,;:!?…。" or line[0] in "•-*+–":
        return 0
    if _CHAPTER.match(line):
        return 1
    if number := _NUMBERED.match(line):
        return number.group(1).count(".") + 2
    if len(letters) >= 4 and all(char.isupper() for char in letters if char.upper() != char.lower()):
        return 2 if any(char.isupper() for char in letters) else 0
    return 1 if is_first and len(line) <= 70 and letters[0].isupper() and line[0] not in "\"'“«„" else 0


def _is_listing(lines: Sequence[str]) -> bool:
    """Indented by four or more throughout, and looking more like commands than like a quotation."""
    if any(not line.startswith("    ") for line in lines):
        return False
    text = "\n".join(lines)
    marks = sum(text.count(mark) for mark in "{}=<>$|\\/_;()[]#")
    return marks > len(text) / 40


def _without_idle_headings(blocks: Sequence[Block]) -> Iterator[Block]:
    """Headings that nothing follows are words like others; nothing that was written is lost."""
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        idle = following is None or (following.kind is BlockKind.HEADING and following.level <= block.level)
        if block.kind is BlockKind.HEADING and idle:
            yield Block(BlockKind.PROSE, block.text)
        else:
            yield block
