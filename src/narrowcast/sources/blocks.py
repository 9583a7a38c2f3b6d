"""What every reader hands on: a document as a flat run of blocks, before it is cut into passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

_TIDY = str.maketrans({"\u00ad": None, "\u200b": None, "\u2011": "-"})


class BlockKind(StrEnum):
    """What a block is. Headings become paths, the rest becomes passages of the same kind."""

    HEADING = "heading"
    PROSE = "prose"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list, table, listing or footnote.

    `level` counts from 1 for headings. A list holds one item a line without its marks, a table one row a line with
    ` | ` between the cells, a listing its lines as they are. `page` counts from 1 where the format has pages;
    `start_ms` is where it begins to be said in a recording.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One document as its reader saw it; whatever the format does not tell is none.

    `language` is a BCP 47 primary tag, `published` an ISO date, `format` as `Source` says.
    `notes` say what of it was not read, each to follow the document's name and a colon.
    """

    format: str
    blocks: tuple[Block, ...]
    title: str | None = None
    author: str | None = None
    language: str | None = None
    published: str | None = None
    notes: tuple[str, ...] = ()


def notes_last(blocks: Sequence[Block]) -> Iterator[Block]:
    """The same blocks, with the notes of each section behind its text."""
    for is_heading, run in groupby(blocks, key=lambda block: block.kind is BlockKind.HEADING):
        members = list(run)
        yield from members if is_heading else sorted(members, key=lambda block: block.kind is BlockKind.NOTE)


def tidied(block: Block) -> Block:
    """The same block without soft hyphens and zero-width spaces, and with hyphens for those that do not break."""
    return replace(block, text=block.text.translate(_TIDY))


def settle(document: Document) -> Document:
    """The document with its title out of its headings, and without headings that would hold everything.

    A sole uppermost heading that opens the document is its title: it becomes the title where none is declared, and
    leaves the blocks where it says the same as the declared one. A document of headings only is read as prose.
    """
    blocks = tuple(block for block in document.blocks if block.text.strip())
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    if headings and len(headings) == len(blocks):
        blocks = tuple(Block(BlockKind.PROSE, block.text, page=block.page) for block in blocks)
        return _with(document, blocks, document.title or headings[0].text)
    if not headings:
        return _with(document, blocks, document.title)
    first = headings[0]
    top = min(heading.level for heading in headings)
    alone = first.level == top and not any(heading.level == top for heading in headings[1:])
    sole = alone and blocks[0] is first and len(headings) > 1
    title = document.title or first.text
    if sole and _same(title, first.text):
        blocks = blocks[1:]
    return _with(document, blocks, title)


def _same(one: str, other: str) -> bool:
    """Whether one title holds the other, whatever the case, marks and spacing."""
    a, b = ("".join(char for char in text.casefold() if char.isalnum()) for text in (one, other))
    return bool(a and b) and (a in b or b in a)


def _with(document: Document, blocks: tuple[Block, ...], title: str | None) -> Document:
    return replace(document, blocks=blocks, title=title)
