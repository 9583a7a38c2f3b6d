"""The index of one source: which of its passages hold a term, and how often. Stored as it lies in memory.

It holds counts only, nothing that depends on other sources: so the indexes of any sources can be asked together, and
adding a source indexes that source alone.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from narrowcast.script.language import primary
from narrowcast.script.source import Passage
from narrowcast.sources.retrieval.stopwords import STOP_WORDS
from narrowcast.sources.retrieval.terms import terms

VERSION = 1
"""Raised when the stored form or what counts as a term changes."""
_MAGIC = b"narrowcast index"
_HEAD = struct.Struct("<16s4Q16x")
_MOST_COUNTED = 65_535


class Shelf(Protocol):
    """Where indexes are kept; it may forget them."""

    def get(self, key: str, /) -> memoryview | None: ...

    def put(self, key: str, parts: Sequence[memoryview], /) -> None: ...


@dataclass(frozen=True, eq=False)
class Postings:
    """`hashes` are those of the terms, ascending; the passages with term i are `places[starts[i] : starts[i + 1]]`
    (from 0, ascending), `counts` says how often it stands in each, `lengths` how many terms each passage has."""

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    places: NDArray[np.int32]
    counts: NDArray[np.uint16]

    def of(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """The places and counts of the term with this hash."""
        at = int(np.searchsorted(self.hashes, np.uint64(term)))
        if at == len(self.hashes) or int(self.hashes[at]) != term:
            return self.places[:0], self.counts[:0]
        start, end = int(self.starts[at]), int(self.starts[at + 1])
        return self.places[start:end], self.counts[start:end]


def term_hash(term: str) -> int:
    """64 bits; among a million terms two share theirs once in 37 million indexes."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def stored_postings(passages: Sequence[Passage], language: str, shelf: Shelf) -> Postings:
    """The index of one source, from `shelf` where it is there, whole and of this version; else made and put there."""
    key = postings_key(passages, language)
    data = shelf.get(key)
    found = _read(data, len(passages)) if data is not None else None
    if found is None:
        found = postings(passages, language)
        shelf.put(key, _parts(found))
    return found


def postings_key(passages: Sequence[Passage], language: str) -> str:
    """The hash of all that decides the index: what is searched of the passages, in order, and how it is cut."""
    digest = hashlib.sha256(f"{VERSION}\0{unicodedata.unidata_version}\0".encode())
    digest.update(" ".join(sorted(_stop_words(language))).encode())
    for passage in passages:
        digest.update(f"\0{_searched(passage)}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def postings(passages: Sequence[Passage], language: str) -> Postings:
    """The index of text and headings of one source's passages; `language` (BCP 47) names the words left out."""
    stop = _stop_words(language)
    known: dict[str, int] = {}
    # Arrays instead of lists: forty megabytes of text have seven million terms.
    term_of, counts, sizes, lengths = array("i"), array("H"), array("i"), array("i")
    for passage in passages:
        counted = Counter(terms(_searched(passage), stop))
        term_of.extend(known.setdefault(term, len(known)) for term in counted)
        counts.extend(min(count, _MOST_COUNTED) for count in counted.values())
        sizes.append(len(counted))
        lengths.append(counted.total())
    hashes = np.fromiter(map(term_hash, known), np.uint64, len(known))
    known.clear()
    by_hash = np.argsort(hashes)
    place_of = np.empty(len(hashes), np.int32)
    place_of[by_hash] = np.arange(len(hashes), dtype=np.int32)
    ranked = place_of[np.frombuffer(term_of, np.int32)] if term_of else np.empty(0, np.int32)
    order = np.argsort(ranked, kind="stable")
    starts = np.zeros(len(hashes) + 1, np.int64)
    np.cumsum(np.bincount(ranked, minlength=len(hashes)), out=starts[1:])
    places = np.repeat(np.arange(len(passages), dtype=np.int32), np.array(sizes, np.int32))
    return Postings(
        hashes[by_hash], starts, np.array(lengths, np.int32), places[order], np.array(counts, np.uint16)[order]
    )


def _searched(passage: Passage) -> str:
    return " ".join((*passage.headings, passage.text))


def _stop_words(language: str) -> frozenset[str]:
    return STOP_WORDS.get(primary(language) or "", frozenset())


def _parts(made: Postings) -> list[memoryview]:
    arrays = [np.ascontiguousarray(part).data.cast("B") for part in _arrays(made) if len(part)]
    check = 0
    for part in arrays:
        check = zlib.crc32(part, check)
    head = _HEAD.pack(_MAGIC, len(made.lengths), len(made.hashes), len(made.places), check)
    return [memoryview(head), *arrays]


def _arrays(made: Postings) -> tuple[NDArray[Any], ...]:
    return made.hashes, made.starts, made.lengths, made.places, made.counts


def _read(data: memoryview, passages: int) -> Postings | None:
    """The index in `data`; none where it is broken, or anything else than an index of so many passages."""
    if len(data) < _HEAD.size:
        return None
    magic, count, distinct, pairs, check = _HEAD.unpack(data[: _HEAD.size])
    sizes = [(np.uint64, distinct), (np.int64, distinct + 1), (np.int32, count), (np.int32, pairs), (np.uint16, pairs)]
    expected = _HEAD.size + sum(np.dtype(kind).itemsize * length for kind, length in sizes)
    if magic != _MAGIC or count != passages or len(data) != expected or zlib.crc32(data[_HEAD.size :]) != check:
        return None
    return Postings(*_cut(data, sizes))


def _cut(data: memoryview, sizes: Sequence[tuple[type, int]]) -> Iterator[NDArray[Any]]:
    at = _HEAD.size
    for kind, length in sizes:
        yield np.frombuffer(data, kind, length, at)
        at += np.dtype(kind).itemsize * length
