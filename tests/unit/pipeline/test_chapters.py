"""Every big chapter is drawn on, also where the outline names nothing of it."""

from __future__ import annotations

import pytest

from narrowcast.pipeline.chapters import by_rank, chapters, passed_over
from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.source import Passage, PassageKind, Source


def passage(number: int, source: int, words: int, *headings: str, kind: PassageKind = PassageKind.PROSE) -> Passage:
    return Passage(number=number, source=source, text="word " * words, headings=headings, kind=kind)


def source(number: int, *passages: Passage) -> Source:
    return Source(number=number, title=f"S{number}", origin="x", format="text", language="en", passages=passages)


def entry(name: str, *passages: int) -> OutlineSegment:
    return OutlineSegment(name=name, description="What of it?", passages=passages)


BOOK = source(
    1,
    *(passage(n, 1, 100, "Book", f"Chapter {n // 10}", f"Part {n}") for n in range(10, 50)),
    passage(50, 1, 5, "Book", "Aside"),
    passage(51, 1, 900, "Book", "Chapter 4", kind=PassageKind.CODE),
    passage(52, 1, 900, "Book", "Copyright"),
)
NOTE = source(2, passage(60, 2, 40), passage(61, 2, 40))


def test_chapters_are_those_of_the_level_that_branches_weighed_fairly_between_sources() -> None:
    found = chapters([BOOK, NOTE])
    assert [(own.numbers[0], len(own.numbers)) for own in found] == [
        (10, 10), (20, 10), (30, 10), (40, 10), (50, 1), (60, 2),
    ]  # fmt: skip
    assert sum(own.weight for own in found) == pytest.approx(1)
    assert found[0].weight == pytest.approx(found[3].weight)
    assert found[-1].weight > 80 / 4_085 * 3, "a note weighs by the root of its length"


def test_only_big_chapters_that_nothing_names_are_taken_each_once_where_they_stand() -> None:
    entries = [entry("One", 11), entry("Two", 31), entry("Three", 60), entry("Four", 12)]
    taken = passed_over(chapters([BOOK, NOTE]), entries, first=2)
    assert {home: [own.numbers[0] for own in missed] for home, missed in taken.items()} == {2: [20], 4: [40]}


@pytest.mark.parametrize(("first", "homes"), [(2, {2, 3, 4}), (4, {4})])
def test_a_model_that_names_one_passage_only_leaves_no_chapter_and_no_source_out(first: int, homes: set[int]) -> None:
    taken = passed_over(chapters([BOOK, NOTE]), [entry(name, 11) for name in "abcd"], first)
    assert sorted(own.numbers[0] for missed in taken.values() for own in missed) == [20, 30, 40, 60]
    assert set(taken) <= homes
    assert len(taken) == len(homes)


def test_of_each_chapter_comes_first_what_fits_the_segments_question() -> None:
    missed = [own for own in chapters([BOOK, NOTE]) if own.numbers[0] in {20, 60}]
    assert by_rank(missed, [13, 61, 25, 27])[:5] == [25, 61, 27, 60, 20]


def test_without_sources_nothing_is_passed_over() -> None:
    assert not passed_over(chapters([]), [entry("One")], 1)
    assert not by_rank([], [1, 2])
