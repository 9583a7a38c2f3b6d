"""Retrieval: which passages a query asks for. BM25 over the sources' indexes, fused with the nearness of vectors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from narrowcast.script.language import primary
from narrowcast.sources.retrieval.postings import Postings, term_hash
from narrowcast.sources.retrieval.stopwords import STOP_WORDS
from narrowcast.sources.retrieval.terms import terms

K1, B = 1.5, 0.75
"""How soon a term's repetition counts no more, and how much a passage's length counts: the usual values."""
RANKS = 60
"""The constant of reciprocal rank fusion: Cormack, Clarke and Büttcher 2009, found best there and kept everywhere."""
DEPTH = 400
"""Ranks of each list that are fused; what is further down adds next to nothing."""
_BLOCK = 4_096
_Scores = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Indexed:
    """One source's passages, ready to be searched: their numbers in order, their index, one unit vector each if any."""

    numbers: Sequence[int]
    postings: Postings
    vectors: NDArray[np.float16] | None = None


class Retriever:
    """Searches any sources together, as if they were one: a term's weight is counted over all of them.

    Equal input gives equal answers.
    """

    def __init__(self, sources: Sequence[Indexed], language: str) -> None:
        """`language` (BCP 47) is that of the queries."""
        self._sources = sources
        self._stop = STOP_WORDS.get(primary(language) or "", frozenset())
        self._numbers = [number for source in sources for number in source.numbers]
        self._total = len(self._numbers)
        terms_in_all = sum(int(source.postings.lengths.sum()) for source in sources)
        mean = terms_in_all / self._total if terms_in_all else 1.0
        self._damping = [(K1 * (1 - B + B * s.postings.lengths / mean)).astype(np.float32) for s in sources]

    def search(self, query: str, k: int, vector: NDArray[np.float32] | None = None) -> list[int]:
        """The numbers of at most `k` passages, best first; ties in reading order.

        Without `vector` only passages that share a term with the query; with it, what is near to it in meaning too.
        """
        if not self._total or k <= 0:
            return []
        scores = self._bm25(query)
        if vector is None:
            return [self._numbers[at] for at in _best(scores, k) if scores[at] > 0]
        by_words = [at for at in _best(scores, DEPTH) if scores[at] > 0]
        return [self._numbers[at] for at in fused([by_words, _best(self._nearness(vector), DEPTH)])[:k]]

    def _bm25(self, query: str) -> _Scores:
        """Robertson's BM25 with the weight of terms that never falls below nothing (as Lucene has it)."""
        scores = np.zeros(self._total, np.float32)
        for term, times in Counter(terms(query, self._stop)).items():
            number = term_hash(term)
            found = [source.postings.of(number) for source in self._sources]
            holding = sum(len(places) for places, _ in found)
            weight = np.float32(times * math.log(1 + (self._total - holding + 0.5) / (holding + 0.5)))
            start = 0
            for source, damping, (places, counts) in zip(self._sources, self._damping, found, strict=True):
                scores[start + places] += weight * counts / (counts + damping[places])
                start += len(source.numbers)
        return scores

    def _nearness(self, vector: NDArray[np.float32]) -> _Scores:
        """Cosines, in blocks: the vectors are held in half precision, and not twice."""
        parts = []
        for source in self._sources:
            held = source.vectors
            if held is None:
                parts.append(np.zeros(len(source.numbers), np.float32))
                continue
            parts += [held[at : at + _BLOCK].astype(np.float32) @ vector for at in range(0, len(held), _BLOCK)]
        return np.concatenate(parts)


def fused(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Reciprocal rank fusion: each list gives its members 1 / (60 + rank). Highest sum first, then the lower item."""
    sums: dict[int, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            sums[item] = sums.get(item, 0.0) + 1 / (RANKS + rank)
    return sorted(sums, key=lambda item: (-sums[item], item))


def _best(scores: _Scores, k: int) -> list[int]:
    """The places of the `k` highest, best first, ties in order; without sorting the rest."""
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= least)
    else:
        candidates = np.arange(len(scores))
    order = np.argsort(-scores[candidates], kind="stable")[:k]
    return [int(at) for at in candidates[order]]
