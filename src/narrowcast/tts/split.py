"""Cutting a text that is longer than a provider takes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from narrowcast.script.sentences import split_sentences

_CLAUSE = re.compile(r"(?<=[,;:)\u2013\u2014])\s+|(?<=[，、；：。！？])")
_WORD = re.compile(r"\s+")


def split_for_limit(text: str, limit: int, language: str) -> list[str]:
    """`text` in parts of at most `limit` characters, each a stripped slice of it, in order; nothing but white space
    is lost between them.

    Cut between sentences where that is enough, else between clauses, else between words, else anywhere but before a
    combining mark. A blank text has no parts.
    """
    text = text.strip()
    if limit < 1:
        raise ValueError("limit must be at least 1")
    levels: list[Callable[[str], list[str]]] = [
        lambda whole: _slices(whole, split_sentences(whole, language)),
        _CLAUSE.split,
        _WORD.split,
        lambda word: list(_cut(word, limit)),
    ]
    return list(_split(text, limit, levels)) if text else []


def _split(text: str, limit: int, levels: list[Callable[[str], list[str]]]) -> Iterator[str]:
    """Fill parts with pieces of the first level; a piece that is too long alone is split by the next level."""
    if len(text) <= limit:
        yield text
        return
    cut, *finer = levels
    start = end = position = 0
    for piece in cut(text):
        if not piece:
            continue
        found = text.index(piece, position)
        position = found + len(piece)
        if position - start <= limit and end > start:
            end = position
            continue
        if end > start:
            yield text[start:end].strip()
        start, end = found, position
        if len(piece) > limit:
            *whole, last = _split(piece.strip(), limit, finer)
            yield from whole
            start = text.rindex(last, found, position)
            end = position
    if end > start:
        yield text[start:end].strip()


def _slices(text: str, sentences: list[str]) -> list[str]:
    """The sentences as slices of `text` that together cover it, should the segmenter have changed or lost a thing."""
    starts: list[int] = []
    position = 0
    for sentence in sentences:
        found = text.find(sentence, position)
        if found >= 0:
            starts.append(found)
            position = found + len(sentence)
    if not starts:
        return [text]
    starts[0] = 0
    return [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _cut(word: str, limit: int) -> Iterator[str]:
    start = 0
    while len(word) - start > limit:
        end = start + limit
        while end > start + 1 and unicodedata.combining(word[end]):
            end -= 1
        yield word[start:end]
        start = end
    yield word[start:]
