"""Which headings a book's pages have: their own, at the depth that the table of contents gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from narrowcast.sources.blocks import Block, BlockKind
from narrowcast.sources.epub.package import Entry
from narrowcast.sources.epub.pages import anchored

_LONGEST_TITLE = 120


def head(pages: Sequence[Sequence[Block]], contents: Sequence[Entry]) -> list[Block]:
    """The blocks of all pages as one run, with levels that count through the book.

    Where the contents point at a heading, it takes the entry's level; headings below keep their distance from it, also
    on pages that the contents do not name. Where they point at none, the entry is the heading, unless the text there
    begins with the same words, which then are it.
    """
    levels = sorted({entry.level for entry in contents})
    depth = {level: at for at, level in enumerate(levels, start=1)}
    shift = 0
    done: list[Block] = []
    for page in pages:
        rest = list(page)
        at = 0
        while at < len(rest):
            block = rest[at]
            number = anchored(block.text) if block.kind is BlockKind.HEADING else None
            if block.kind is not BlockKind.HEADING:
                done.append(block)
                at += 1
            elif number is None or number >= len(contents):
                if number is None:
                    done.append(replace(block, level=max(1, block.level + shift)))
                at += 1
            else:
                at, entries = _entries(rest, at, contents)
                done.extend(Block(BlockKind.HEADING, entry.title, level=depth[entry.level]) for entry in entries)
                taken, own = _headings(rest, at, entries)
                at += taken
                if entries:
                    shift = _shift(rest, at, depth[entries[-1].level], own)
    return list(_once(done))


def _entries(blocks: Sequence[Block], at: int, contents: Sequence[Entry]) -> tuple[int, list[Entry]]:
    """The entries that point at one place, and where the text after them begins."""
    found: list[Entry] = []
    while at < len(blocks) and blocks[at].kind is BlockKind.HEADING:
        number = anchored(blocks[at].text)
        if number is None:
            break
        if number < len(contents):
            found.append(contents[number])
        at += 1
    return at, found


def _headings(blocks: Sequence[Block], at: int, entries: Sequence[Entry]) -> tuple[int, int]:
    """How many blocks from `at` are the entries' own headings, and the level of the first of them, or 0.

    A title is often set in two headings, `Chapter 3` and `The River`, or in a paragraph that only looks like one.
    """
    wanted = letters_of("".join(entry.title for entry in entries))
    taken = own = 0
    said = ""
    while at + taken < len(blocks):
        block = blocks[at + taken]
        if anchored(block.text) is not None and block.kind is BlockKind.HEADING:
            break
        text = letters_of(block.text)
        is_title = block.kind is BlockKind.HEADING or (
            block.kind is BlockKind.PROSE and len(block.text) <= _LONGEST_TITLE
        )
        fits = bool(text) and (text in wanted or (not taken and text.endswith(wanted)))
        if not is_title or not fits or (taken and said + text not in wanted):
            break
        said += text
        own = own or (block.level if block.kind is BlockKind.HEADING else 0)
        taken += 1
    return taken, own


def _shift(blocks: Sequence[Block], at: int, level: int, own: int) -> int:
    """What to add to the levels of the headings below an entry at `level`, whose own heading had the level `own`.

    Where it had none, the next heading of the page is the first below it.
    """
    if own:
        return level - own
    following = (
        block.level for block in blocks[at:] if block.kind is BlockKind.HEADING and anchored(block.text) is None
    )
    return level + 1 - next(following, 1)


def _once(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks without headings that say again what the heading right before them says."""
    before: Block | None = None
    for block in blocks:
        is_heading = block.kind is BlockKind.HEADING
        if is_heading and before is not None and letters_of(before.text) == letters_of(block.text):
            continue
        yield block
        before = block if is_heading else None


def letters_of(text: str) -> str:
    """What of a title counts when it is compared: letters and figures, folded."""
    return "".join(char for char in text.casefold() if char.isalnum())
