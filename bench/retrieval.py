"""How long retrieval takes over many passages: `python bench/retrieval.py [--passages N] [--sources N]`.

Makes passages of a hundred words drawn by Zipf's law from 200,000 words, as large libraries have them, then, each in a
process of its own: builds and stores the indexes; loads the stored ones; adds one source; asks questions of ten words.
With `--dimensions`, the passages also have vectors of that length. Prints seconds, milliseconds and megabytes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from narrowcast.script.source import Passage
from narrowcast.sources.retrieval.postings import stored_postings
from narrowcast.sources.retrieval.retrieve import Indexed, Retriever
from narrowcast.store.files.derived import Derived

WORDS_IN_ALL, WORDS_EACH = 200_000, 100
QUESTIONS, QUESTION_WORDS = 50, 10
Answer = TypeVar("Answer")
_LETTERS = "aeioubcdfglmnprstv"


def main() -> None:
    """Run all steps and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=10)
    parser.add_argument("--dimensions", type=int, default=0)
    given = parser.parse_args()
    each = given.passages // given.sources
    with tempfile.TemporaryDirectory() as folder:
        shelf = Derived(Path(folder), "bench")
        print(f"{given.sources} sources, {each * given.sources:,} passages of {WORDS_EACH} words")
        made, peak = _apart(lambda: _shelve(shelf, given.sources, each))
        print(f"build and store all   {made:8.2f} s      peak {peak:5.0f} MB, one source's passages at a time")
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"stored                {size / 1e6:8.0f} MB")
        added, _ = _apart(lambda: _shelve(shelf, given.sources + 1, each))
        print(f"add one source        {added:8.2f} s      the hashes of the others counted in")
        (loaded, queries, slowest), peak = _apart(lambda: _ask(shelf, given.sources, each, given.dimensions))
        print(f"load                  {loaded:8.2f} s")
        print(f"query, median         {queries:8.1f} ms")
        print(f"query, slowest        {slowest:8.1f} ms")
        print(f"memory while asking   {peak:8.0f} MB     without the passages' text, with the mapped files")


def _source(number: int, each: int) -> tuple[Passage, ...]:
    words = _words(number, each * WORDS_EACH)
    texts = (" ".join(words[at : at + WORDS_EACH]) for at in range(0, len(words), WORDS_EACH))
    return tuple(Passage(number=number * each + at, source=number + 1, text=text) for at, text in enumerate(texts, 1))


def _words(seed: int, count: int) -> list[str]:
    ranks = np.random.default_rng(seed).zipf(1.1, count) % WORDS_IN_ALL
    return [_word(int(rank)) for rank in ranks]


def _word(rank: int) -> str:
    letters = ""
    rank += 17
    while rank:
        rank, at = divmod(rank, len(_LETTERS))
        letters += _LETTERS[at]
    return letters


def _shelve(shelf: Derived, sources: int, each: int) -> float:
    taken = 0.0
    for number in range(sources):
        passages = _source(number, each)
        start = time.monotonic()
        stored_postings(passages, "en", shelf)
        taken += time.monotonic() - start
    return taken


def _ask(shelf: Derived, sources: int, each: int, dimensions: int) -> tuple[float, float, float]:
    loaded, indexes = 0.0, []
    for number in range(sources):
        passages = _source(number, each)
        start = time.monotonic()
        index = stored_postings(passages, "en", shelf)
        indexes.append(Indexed([passage.number for passage in passages], index, _vectors(each, dimensions)))
        loaded += time.monotonic() - start
    start = time.monotonic()
    retriever = Retriever(indexes, "en")
    loaded += time.monotonic() - start
    return loaded, *_timed(retriever, dimensions)


def _timed(retriever: Retriever, dimensions: int) -> tuple[float, float]:
    choice = random.Random(1)
    near = np.ones(dimensions, np.float32) if dimensions else None
    times = []
    for number in range(QUESTIONS):
        query = " ".join(_words(10_000 + number, QUESTION_WORDS))
        start = time.monotonic()
        retriever.search(query, choice.choice([20, 1_000]), near)
        times.append((time.monotonic() - start) * 1_000)
    return statistics.median(times), max(times)


def _vectors(count: int, dimensions: int) -> NDArray[np.float16] | None:
    if not dimensions:
        return None
    return np.concatenate(list(_random_blocks(count, dimensions)))


def _random_blocks(count: int, dimensions: int) -> Iterator[NDArray[np.float16]]:
    source = np.random.default_rng(1)
    for _ in range(0, count, 1_000):
        yield source.standard_normal((min(1_000, count), dimensions), np.float32).astype(np.float16)


def _apart(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """The answer of `work`, done in a process of its own, and that one's peak memory in megabytes."""
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)

    def run(end: Connection) -> None:
        done = work()
        end.send((done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6))

    process = multiprocessing.get_context("fork").Process(target=run, args=(theirs,))
    process.start()
    theirs.close()
    answer: tuple[Answer, float] = ours.recv()
    process.join()
    return answer


if __name__ == "__main__":
    main()
