"""Which passages one segment is written from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from narrowcast.script.shares import fair_shares
from narrowcast.script.source import Passage
from narrowcast.sources.retrieval.terms import terms

MOST_FOUND = 1_000
"""Ranks of what was found that are looked at; no segment's room holds more."""
CONTENDERS = 20
"""A source whose best passage ranks below this has nothing to say on the segment's question."""
SAME = 0.6
"""The part of the shorter passage's word pairs that stand in another one, from which on it says nothing new."""
_TELLING_PAIRS = 8


def choose(
    passages: Mapping[int, Passage],
    named: Sequence[int],
    found: Sequence[int],
    budget_characters: int,
    *,
    besides: Sequence[int] = (),
    share: float = 0.0,
) -> tuple[Passage, ...]:
    """The passages for one segment, most important first, no more than `budget_characters` of text in all.

    What the segment tells `besides`, because no entry names it, has a `share` of the room (0 to 1). Of the rest, first
    those that its outline entry names, in that order, then the direct neighbours of these under the same heading
    while they take no more than half of what is left, then what was `found`, best first: from several sources each at
    first only as much as its fair share. A passage that does not fit is left out and the next one tried; there is
    always at least one if any is named or found. Numbers that name no passage are passed over, and so is what a chosen
    passage says already: the same page in two sources is given once.
    """
    choice = _Choice(passages, budget_characters)
    if besides:
        apart = int(budget_characters * share)
        choice.fill(named, keep=apart)
        choice.fill(besides, keep=max(0, choice.room - apart))
    choice.fill(named)
    choice.fill(_neighbours(choice.numbers, passages), keep=choice.room - choice.room // 2)
    found = [number for number in found[:MOST_FOUND] if number in passages]
    shares = fair_shares(_weights(passages, found[:CONTENDERS]))
    if len(shares) > 1:
        allowed = {source: share * choice.room for source, share in shares.items()}
        choice.fill(found[:CONTENDERS], allowed=allowed)
    choice.fill(found)
    return tuple(choice.chosen.values())


class _Choice:
    def __init__(self, passages: Mapping[int, Passage], room: int) -> None:
        self.chosen: dict[int, Passage] = {}
        self.room = room
        self._passages = passages
        self._pairs: list[frozenset[tuple[str, str]]] = []

    @property
    def numbers(self) -> list[int]:
        return list(self.chosen)

    def fill(self, numbers: Iterable[int], *, keep: int = 0, allowed: dict[int, float] | None = None) -> None:
        """Add what fits while `keep` characters stay free.

        Of each source at most what is `allowed`, which is used up; but its first passage always.
        """
        heard = {passage.source for passage in self.chosen.values()}
        for number in numbers:
            passage = self._passages.get(number)
            if passage is None or number in self.chosen:
                continue
            size = len(passage.text)
            if self.chosen and size > self.room - keep:
                continue
            if allowed is not None and size > allowed[passage.source] and passage.source in heard:
                continue
            pairs = frozenset(pairwise(terms(passage.text)))
            if self._says_nothing_new(pairs):
                continue
            self.chosen[number] = passage
            self._pairs.append(pairs)
            self.room = max(0, self.room - size)
            heard.add(passage.source)
            if allowed is not None:
                allowed[passage.source] -= size

    def _says_nothing_new(self, pairs: frozenset[tuple[str, str]]) -> bool:
        for other in self._pairs:
            fewer = min(len(pairs), len(other))
            if fewer >= _TELLING_PAIRS and len(pairs & other) >= SAME * fewer:
                return True
        return False


def _weights(passages: Mapping[int, Passage], contenders: Sequence[int]) -> Mapping[int, float]:
    """The lengths of those sources that have a contender."""
    having = {passages[number].source for number in contenders}
    lengths: Counter[int] = Counter()
    if len(having) > 1:
        for passage in passages.values():
            if passage.source in having:
                lengths[passage.source] += len(passage.text)
    return lengths


def _neighbours(numbers: Sequence[int], passages: Mapping[int, Passage]) -> Iterator[int]:
    """The passages right after and right before those given, of the same source and heading."""
    for step in (1, -1):
        for number in numbers:
            own, other = passages[number], passages.get(number + step)
            if other and other.source == own.source and other.headings == own.headings:
                yield other.number
