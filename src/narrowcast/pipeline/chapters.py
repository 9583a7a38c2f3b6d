"""The chapters of the sources, and those that an outline passes over: they are drawn on all the same. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.shares import fair_shares
from narrowcast.script.source import Passage, PassageKind, Source
from narrowcast.script.words import count_words
from narrowcast.writers.key_sentences import is_boilerplate

SPEAKABLE = (PassageKind.PROSE, PassageKind.LIST)
BIG = 0.25
"""A chapter is missed from this part of an even segment's share on."""


@dataclass(frozen=True)
class Chapter:
    """The passages that are read out of one chapter, by number; `weight` is its share of all that there is to tell."""

    weight: float
    numbers: tuple[int, ...]


def chapter_level(passages: Sequence[Passage]) -> int:
    """The uppermost level of headings with more than one of them: below a book's own title stand its chapters."""
    deepest = max((len(passage.headings) for passage in passages), default=0)
    for level in range(deepest):
        if len({passage.headings[level] for passage in passages if len(passage.headings) > level}) > 1:
            return level
    return deepest


def chapters(sources: Sequence[Source]) -> tuple[Chapter, ...]:
    """All chapters in reading order, those there for order's sake left out; a source without headings is one.

    Weights are together 1: by words within a source, between sources by `fair_shares`.
    """
    words: Counter[int] = Counter()
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for source in sources:
        told = [p for p in source.passages if p.kind in SPEAKABLE and not is_boilerplate(p.headings)]
        level = chapter_level(told)
        for _, group in groupby(told, key=lambda passage: passage.headings[: level + 1]):
            own = list(group)
            count = sum(count_words(passage.text) for passage in own)
            words[source.number] += count
            found.append((source.number, count, tuple(passage.number for passage in own)))
    shares = fair_shares(words)
    return tuple(Chapter(count / words[number] * shares[number], numbers) for number, count, numbers in found if count)


def passed_over(
    known: Sequence[Chapter], entries: Sequence[OutlineSegment], first: int
) -> Mapping[int, tuple[Chapter, ...]]:
    """Of the big chapters those that none of the `entries` names a passage of, by the number of the segment that
    takes them: the one as far into the episode as they are into the sources, from segment `first` on."""
    named = {number for entry in entries for number in entry.passages}
    taken: dict[int, tuple[Chapter, ...]] = {}
    before = 0.0
    for chapter in known:
        middle = before + chapter.weight / 2
        before += chapter.weight
        if chapter.weight * len(entries) >= BIG and named.isdisjoint(chapter.numbers):
            home = min(len(entries), max(first, 1 + int(middle * len(entries))))
            taken[home] = (*taken.get(home, ()), chapter)
    return taken


def by_rank(missed: Iterable[Chapter], found: Sequence[int]) -> list[int]:
    """The chapters' passages in turn, one of each and then the next: those that were `found` first, best first."""
    ranks = {number: rank for rank, number in enumerate(found)}
    order: list[tuple[int, int]] = []
    for chapter in missed:
        ranked = sorted(chapter.numbers, key=lambda number: (ranks.get(number, len(ranks)), number))
        order += enumerate(ranked)
    return [number for _, number in sorted(order, key=lambda item: item[0])]
