"""The choice of passages for a segment: named, near, found; fair between sources; nothing twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.shares import fair_shares
from narrowcast.script.source import Passage
from narrowcast.sources.retrieval.choose import choose


def passages(*texts: str, source: int = 1, first: int = 1) -> dict[int, Passage]:
    return {number: Passage(number=number, source=source, text=text) for number, text in enumerate(texts, first)}


def numbers(chosen: Sequence[Passage]) -> list[int]:
    return [passage.number for passage in chosen]


TEXTS = passages(*(f"Passage {at} tells of cows." for at in range(1, 11)))


def test_named_passages_come_first_then_neighbours_then_what_is_found() -> None:
    assert numbers(choose(TEXTS, [4, 99, 4], [9, 1], 1_000))[:5] == [4, 5, 3, 9, 1]


def test_a_passage_named_twice_counts_once_and_the_budget_is_kept() -> None:
    assert numbers(choose(TEXTS, [1, 1, 7], [9], len(TEXTS[1].text) + len(TEXTS[7].text))) == [1, 7]


def test_a_small_budget_still_gives_one_passage() -> None:
    assert numbers(choose(TEXTS, [2], [3], 5)) == [2]


def novel(topic: str, first: int, count: int, source: int) -> dict[int, Passage]:
    texts = (" ".join(f"{topic}{at}x{word} is told." for word in range(30)) for at in range(count))
    return passages(*texts, source=source, first=first)


def test_a_note_beside_a_long_book_is_heard_where_it_has_something_to_say() -> None:
    book, note = novel("b", 1, 400, 1), novel("n", 1_001, 2, 2)
    both = {**book, **note}
    ranked = [*range(1, 12), 1_001, *range(12, 400)]
    chosen = numbers(choose(both, [], ranked, 5_000))
    assert 1_001 in chosen
    assert chosen[0] == 1
    late = [*range(1, 300), 1_001]
    assert 1_001 not in numbers(choose(both, [], late, 5_000)), "it is not about this"


def test_two_books_share_a_segment() -> None:
    one, other = novel("b", 1, 100, 1), novel("n", 1_001, 100, 2)
    ranked = [*range(1, 15), *range(1_001, 1_007), *range(15, 50)]
    chosen = numbers(choose({**one, **other}, [], ranked, 6_000))
    assert 0.3 < sum(number > 1_000 for number in chosen) / len(chosen) < 0.7


def test_what_two_sources_both_hold_is_given_once() -> None:
    text = "The canal was dug by hand in eleven years, and each of its nine locks was built by another village."
    copy = text.replace("dug by hand", "dug entirely by hand")
    other = "The railway took its trade within a decade, and the last barge went through the locks in eighteen ninety."
    both = {**passages(text, other), **passages(copy, source=2, first=3)}
    assert numbers(choose(both, [1], [3, 2], 1_000)) == [1, 2]
    assert numbers(choose(both, [], [3, 1, 2], 1_000)) == [3, 2]


@pytest.mark.parametrize(("lengths", "least"), [((800, 160_000), 1 / 16), ((1, 1, 1), 1 / 3), ((5,), 1.0)])
def test_shares_follow_the_root_of_the_length(lengths: tuple[float, ...], least: float) -> None:
    shares = fair_shares(dict(enumerate(lengths, start=1)))
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= least - 1e-9


def test_what_is_empty_has_no_share() -> None:
    assert fair_shares({1: 0, 2: 10}) == {2: 1.0}
    assert fair_shares({}) == {}


@given(
    st.lists(st.integers(-2, 40), max_size=12),
    st.lists(st.integers(-2, 40), max_size=40),
    st.integers(0, 3_000),
    st.integers(1, 4),
)
def test_the_choice_has_no_doubles_and_keeps_to_its_budget(
    named: list[int], found: list[int], budget: int, sources: int
) -> None:
    texts = {
        number: Passage(number=number, source=1 + number * sources // 31, text=f"w{number} " * (number % 7 + 1))
        for number in range(1, 31)
    }
    chosen = choose(texts, named, found, budget)
    assert len(set(numbers(chosen))) == len(chosen)
    assert len(chosen) <= 1 or sum(len(passage.text) for passage in chosen) <= budget
    if any(number in texts for number in named):
        assert chosen[0].number == next(number for number in named if number in texts)
    elif any(number in texts for number in found):
        assert chosen


def test_what_no_entry_names_has_its_share_of_a_full_room() -> None:
    texts = novel("c", 1, 40, 1)
    room = 8 * len(texts[1].text) + 100
    chosen = numbers(choose(texts, range(1, 20), [], room, besides=[30, 35, 36, 37], share=0.3))
    assert chosen[:5] == [1, 2, 3, 4, 5], "what is named comes first"
    assert [number for number in chosen if number >= 30] == [30, 35], "and no more than the share goes to the others"
    assert numbers(choose(texts, [1], [], room, besides=[30], share=0.3))[:2] == [1, 30]
