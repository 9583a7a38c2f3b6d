"""Retrieval: which passages a segment needs. BM25 over words, character pairs where a script sets no spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from narrowcast.script.language import primary
from narrowcast.script.source import Passage
from narrowcast.sources.joining import without_spaces
from narrowcast.sources.stopwords import STOP_WORDS

_WORD = re.compile(r"\w+(?:[.,]\d+)*")


class Retriever:
    """An index over the passages of one or more sources. Equal input gives equal answers."""

    def __init__(self, passages: Sequence[Passage], language: str) -> None:
        """Index text and headings of the passages; `language` (BCP 47) names the words that are left out."""
        from bm25s import BM25

        self._stop = STOP_WORDS.get(primary(language) or "", frozenset())
        self._numbers = [passage.number for passage in passages]
        # Numbers instead of words, each held once: forty megabytes of text have seven million of them.
        self._known: dict[str, int] = {}
        corpus = [self._numbered(" ".join((*passage.headings, passage.text))) for passage in passages]
        self._index = BM25() if self._known else None
        if self._index is not None:
            self._index.index((corpus, self._known), show_progress=False)

    def _numbered(self, text: str) -> list[int]:
        return [self._known.setdefault(term, len(self._known)) for term in terms(text, self._stop)]

    def search(self, query: str, k: int) -> list[int]:
        """The numbers of at most `k` passages that share a term with the query, best first; ties in reading order."""
        wanted = [term for term in terms(query, self._stop) if term in self._known]
        if self._index is None or not wanted or k <= 0:
            return []
        scores = self._index.get_scores(wanted)
        order = (-scores).argsort(kind="stable")[:k]
        return [self._numbers[at] for at in order if scores[at] > 0]


def terms(text: str, stop: frozenset[str] = frozenset()) -> Iterator[str]:
    """What is indexed of a text: folded words without stop words, numbers whole, pairs of characters without spaces."""
    for word in _WORD.findall(text.casefold()):
        if without_spaces(word[0]):
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif word not in stop:
            yield word


def choose(
    retriever: Retriever,
    passages: Sequence[Passage],
    entry_query: str,
    named: Sequence[int],
    budget_characters: int,
) -> tuple[Passage, ...]:
    """The passages for one segment, most important first, no more than `budget_characters` of text in all.

    First those that its outline entry names, in that order, then the direct neighbours of these under the same heading
    while they take no more than half of what is left, then what `entry_query` retrieves. A passage that does not fit is
    left out and the next one tried; there is always at least one if any is named or found. Numbers that name no passage
    are passed over.
    """
    by_number = {passage.number: passage for passage in passages}
    chosen: dict[int, Passage] = {}
    room = _fill(chosen, [number for number in named if number in by_number], by_number, budget_characters)
    spared = room // 2
    room = spared + _fill(chosen, list(_neighbours(list(chosen), by_number)), by_number, room - spared)
    found = retriever.search(entry_query, len(passages))
    _fill(chosen, found, by_number, room)
    return tuple(chosen.values())


def _fill(
    chosen: dict[int, Passage],
    numbers: Sequence[int],
    by_number: Mapping[int, Passage],
    room: int,
) -> int:
    """Adds what fits; answers the room that is left."""
    for number in numbers:
        passage = by_number[number]
        if number in chosen or (len(passage.text) > room and chosen):
            continue
        chosen[number] = passage
        room -= len(passage.text)
    return max(0, room)


def _neighbours(numbers: Sequence[int], by_number: Mapping[int, Passage]) -> Iterator[int]:
    """The passages right after and right before those given, of the same source and heading."""
    for step in (1, -1):
        for number in numbers:
            own, other = by_number[number], by_number.get(number + step)
            if other and other.source == own.source and other.headings == own.headings:
                yield other.number
