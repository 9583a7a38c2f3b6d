"""BM25 over passages, and the choice of passages for a segment."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.source import Passage
from narrowcast.sources.language import by_telling_words, detect
from narrowcast.sources.retrieve import Retriever, choose, terms
from narrowcast.sources.stopwords import STOP_WORDS


def passages(*texts: str, heading: str = "") -> list[Passage]:
    headings = (heading,) if heading else ()
    return [Passage(number=at, source=1, text=text, headings=headings) for at, text in enumerate(texts, start=1)]


TEXTS = passages(
    "The bridge was built of stone in 1954.",
    "Cattle graze on the hills in the summer.",
    "The mill burned down, and nobody knows why.",
    "In 1954 the mill was sold.",
)


def test_the_best_passage_comes_first_and_only_what_shares_a_word() -> None:
    retriever = Retriever(TEXTS, "en")
    assert retriever.search("Why did the mill burn down?", 5)[0] == 3
    assert set(retriever.search("1954", 5)) == {1, 4}
    assert retriever.search("the and of", 5) == []
    assert retriever.search("zebra", 5) == []
    assert retriever.search("mill", 0) == []


def test_headings_are_searched_too_and_nothing_is_found_in_nothing() -> None:
    assert Retriever(passages("Words.", heading="Volcanoes"), "en").search("volcanoes", 3) == [1]
    assert Retriever([], "en").search("x", 3) == []


def test_scripts_without_spaces_are_searched_by_pairs() -> None:
    retriever = Retriever(passages("東京は日本の首都です。", "猫が好きです。"), "ja")
    assert retriever.search("日本の首都", 2)[0] == 1


def test_figures_stay_whole_and_stop_words_go() -> None:
    assert list(terms("The price was 1,250.50 in 2024.", STOP_WORDS["en"])) == ["price", "1,250.50", "2024"]


def test_named_passages_come_first_then_neighbours_then_what_is_found() -> None:
    texts = passages(*(f"Passage {at} tells of {'mills' if at == 9 else 'cows'}." for at in range(1, 11)))
    chosen = choose(Retriever(texts, "en"), texts, "mills", [4, 99, 4], 1_000)
    assert [passage.number for passage in chosen][:4] == [4, 5, 3, 9]


def test_a_passage_named_twice_counts_once() -> None:
    room = len(TEXTS[0].text) + len(TEXTS[1].text)
    chosen = choose(Retriever(TEXTS, "en"), TEXTS, "", [1, 1, 2], room)
    assert [passage.number for passage in chosen] == [1, 2]


def test_a_small_budget_still_gives_one_passage() -> None:
    chosen = choose(Retriever(TEXTS, "en"), TEXTS, "bridge", [2], 5)
    assert [passage.number for passage in chosen] == [2]


@given(
    st.lists(st.integers(-2, 40), max_size=12),
    st.integers(0, 3_000),
    st.text(st.sampled_from("mill bridge 1954 w"), max_size=20),
)
def test_the_choice_has_no_doubles_and_keeps_to_its_budget(named: list[int], budget: int, query: str) -> None:
    texts = passages(*(f"Word {'mill bridge'[: at % 12]} number {at}. " * (at % 7 + 1) for at in range(1, 31)))
    retriever = Retriever(texts, "en")
    chosen = choose(retriever, texts, query, named, budget)
    numbers = [passage.number for passage in chosen]
    assert len(set(numbers)) == len(numbers)
    assert len(chosen) <= 1 or sum(len(passage.text) for passage in chosen) <= budget
    assert chosen == choose(retriever, texts, query, named, budget)
    if any(1 <= number <= 30 for number in named):
        assert numbers[0] == next(number for number in named if 1 <= number <= 30)


def test_a_hundred_thousand_passages_answer_quickly() -> None:
    texts = passages(*(f"river {at} valley{at % 977} stone{at % 13}" for at in range(100_000)))
    retriever = Retriever(texts, "en")
    started = time.process_time()
    assert retriever.search("river valley7 stone5", 20)
    assert time.process_time() - started < 0.5


def test_languages_are_told_with_and_without_the_model() -> None:
    german = "Das ist der Fluss und die Brücke, und es ist nicht leicht, mit der Zeit und dem Wasser zu leben. " * 3
    assert by_telling_words(german) == "de"
    dutch = (
        "Het is niet makkelijk om met de rivier en het water te leven, maar de mensen van het dal doen het toch. " * 3
    )
    assert by_telling_words(dutch) is None
    assert detect(dutch) == "nl"
    assert detect("1 2 3") == detect("nkj bfgol pmhk agdcb lkohn jiefk mmhpd ogbca kdfjl pcbnh " * 20) == "en"


@pytest.mark.parametrize("tag", ["en", "en-GB", "en_US"])
def test_stop_words_count_for_nothing_whatever_the_region(tag: str) -> None:
    texts = passages("and the of to in is that it was for", "a harbour")
    assert Retriever(texts, tag).search("the and of", 5) == []
