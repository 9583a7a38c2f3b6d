"""Blocks into numbered passages of a size to retrieve and cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from narrowcast.script.sentences import split_sentences
from narrowcast.script.source import Passage, PassageKind
from narrowcast.sources.blocks import Block, BlockKind

ENOUGH = 400
"""Characters from which a passage of prose needs no neighbour."""

MOST = 1_000
"""Characters that no passage exceeds."""

LONGEST_HEADING = 300
"""Characters of a heading that passages carry; what is longer is none, and would be repeated in each."""

Headings = tuple[str, ...]
Place = tuple[int | None, int | None]
"""Page, and milliseconds from the start."""


def cut(blocks: Sequence[Block], *, source: int, first_number: int, language: str) -> tuple[Passage, ...]:
    """The passages of one source, numbered from `first_number`, in reading order.

    Paragraphs are merged to `ENOUGH` and split at sentences to at most `MOST` characters; no passage crosses a heading
    or mixes kinds. No word is lost.
    """
    passages: list[Passage] = []
    for (headings, kind), run in groupby(_under_headings(blocks), key=lambda item: (item[0], item[1].kind)):
        members = [block for _, block in run]
        for text, (page, start_ms) in _merge(_pieces(members, language), "\n\n" if kind is BlockKind.PROSE else "\n"):
            passages.append(
                Passage(
                    number=first_number + len(passages),
                    source=source,
                    text=text,
                    kind=PassageKind(kind.value),
                    headings=headings,
                    page=page,
                    start_ms=start_ms,
                )
            )
    return tuple(passages)


def _under_headings(blocks: Sequence[Block]) -> Iterator[tuple[Headings, Block]]:
    path: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            path = [(level, text) for level, text in path if level < block.level]
            path.append((block.level, " ".join(block.text[: 2 * LONGEST_HEADING].split())[:LONGEST_HEADING]))
        elif block.text.strip():
            yield tuple(text for _, text in path), block


def _pieces(blocks: Sequence[Block], language: str) -> Iterator[tuple[str, Place]]:
    """Paragraphs, items, rows or lines, none longer than `MOST`."""
    for block in blocks:
        place = (block.page, block.start_ms)
        text = block.text.strip() if block.kind is BlockKind.PROSE else block.text.strip("\n")
        if len(text) <= MOST:
            yield text, place
        elif block.kind is BlockKind.PROSE:
            for part in _balanced([piece for sentence in _sentences(text, language) for piece in _hard(sentence)], " "):
                yield part, place
        else:
            for part in _balanced([piece for line in text.splitlines() for piece in _hard(line)], "\n"):
                yield part, place


def _sentences(text: str, language: str) -> list[str]:
    """Sentences; the cutter is given some thousand characters at a time, a longer text makes it slow."""
    if len(text) <= 20 * MOST:
        return split_sentences(text, language)
    at = text.rfind(" ", 10 * MOST, 20 * MOST)
    at = at if at > 0 else 20 * MOST
    return [*_flat(text, at, language)]


def _flat(text: str, size: int, language: str) -> Iterator[str]:
    """The same, window by window; the last sentence of a window opens the next one."""
    start = 0
    while start < len(text):
        window = text[start : start + size]
        sentences = split_sentences(window, language)
        last = start + size >= len(text)
        if last or len(sentences) < 2:
            yield from sentences
            start += size
            continue
        tail = window.rfind(sentences[-1])
        yield from sentences[:-1]
        start += tail if tail > 0 else size


def _hard(text: str) -> Iterator[str]:
    """A sentence or line longer than a passage, cut at a space, or anywhere where there is none."""
    while len(text) > MOST:
        at = text.rfind(" ", MOST // 2, MOST)
        at = at if at > 0 else MOST
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _balanced(parts: Sequence[str], glue: str) -> Iterator[str]:
    """Parts joined to pieces of about equal size, as few as `MOST` allows."""
    total = sum(len(part) + len(glue) for part in parts)
    target = total / max(1, -(-total // MOST))
    piece = ""
    for part in parts:
        joined = f"{piece}{glue}{part}" if piece else part
        if piece and (len(joined) > MOST or len(piece) + len(part) / 2 > target):
            yield piece
            piece = part
        else:
            piece = joined
    if piece:
        yield piece


def _merge(pieces: Iterator[tuple[str, Place]], glue: str) -> Iterator[tuple[str, Place]]:
    """Neighbours joined until there is enough; each piece keeps the place where it starts."""
    text = ""
    place: Place = (None, None)
    for piece, at in pieces:
        if text and (len(text) >= ENOUGH or len(text) + len(glue) + len(piece) > MOST):
            yield text, place
            text = ""
        if not text:
            place = at
        text = f"{text}{glue}{piece}" if text else piece
    if text:
        yield text, place
