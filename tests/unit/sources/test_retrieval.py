"""BM25 over any number of sources, and its fusion with vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.source import Passage
from narrowcast.sources.language import by_telling_words, detect
from narrowcast.sources.retrieval.postings import postings
from narrowcast.sources.retrieval.retrieve import Indexed, Retriever, fused
from narrowcast.sources.retrieval.stopwords import STOP_WORDS
from narrowcast.sources.retrieval.terms import terms


def passages(*texts: str, heading: str = "") -> list[Passage]:
    headings = (heading,) if heading else ()
    return [Passage(number=at, source=1, text=text, headings=headings) for at, text in enumerate(texts, start=1)]


def over(*sources: list[Passage], language: str = "en") -> Retriever:
    return Retriever([Indexed([p.number for p in texts], postings(texts, language)) for texts in sources], language)


TEXTS = passages(
    "The bridge was built of stone in 1954.",
    "Cattle graze on the hills in the summer.",
    "The mill burned down, and nobody knows why.",
    "In 1954 the mill was sold.",
)


def test_the_best_passage_comes_first_and_only_what_shares_a_word() -> None:
    retriever = over(TEXTS)
    assert retriever.search("Why did the mill burn down?", 5)[0] == 3
    assert set(retriever.search("1954", 5)) == {1, 4}
    assert retriever.search("the and of", 5) == []
    assert retriever.search("zebra", 5) == []
    assert retriever.search("mill", 0) == []


def test_headings_are_searched_too_and_nothing_is_found_in_nothing() -> None:
    assert over(passages("Words.", heading="Volcanoes")).search("volcanoes", 3) == [1]
    assert over([]).search("x", 3) == over().search("x", 3) == []


WORDS = st.lists(st.text(st.sampled_from("abcd"), min_size=1, max_size=2), max_size=12).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=12), WORDS, st.integers(1, 3))
def test_scores_are_those_of_bm25_however_the_passages_lie_in_sources(
    texts: list[str], query: str, sources: int
) -> None:
    """Against bm25s, which holds finished scores of one closed corpus (its method `lucene`, its default constants)."""
    import bm25s

    all_texts = [Passage(number=at, source=1 + at % sources, text=text) for at, text in enumerate(texts)]
    shelves = [[p for p in all_texts if p.source == source] for source in range(1, sources + 1)]
    ours = over(*shelves, language="xx")
    scores = ours._bm25(query)
    corpus = [list(terms(p.text)) for shelf in shelves for p in shelf]
    wanted = [term for term in terms(query) if any(term in text for text in corpus)]
    if not wanted:
        assert not scores.any()
        return
    theirs = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    theirs.index(corpus, show_progress=False)
    assert scores == pytest.approx(theirs.get_scores(wanted), rel=1e-5, abs=1e-6)


def test_vectors_find_what_shares_no_word_and_words_what_vectors_miss() -> None:
    vectors = np.eye(4, dtype=np.float16)
    retriever = Retriever([Indexed([p.number for p in TEXTS], postings(TEXTS, "en"), vectors)], "en")
    near_to_the_first = np.array([0.9, 0.1, 0.0, 0.0], np.float32)
    found = retriever.search("mill 1954", 4, near_to_the_first)
    assert found[:2] == [1, 4] or found[:2] == [4, 1], "best in both lists, or best by words"
    assert set(found) == {1, 2, 3, 4}
    assert 2 not in retriever.search("mill 1954", 4)


def test_fusion_is_by_rank_alone() -> None:
    assert fused([[7, 8, 9], [9, 7]]) == [7, 9, 8]
    assert fused([[], [5, 4]]) == [5, 4]
    assert fused([[1, 2], [2, 1]]) == [1, 2]


def test_scripts_without_spaces_are_searched_by_pairs() -> None:
    retriever = over(passages("東京は日本の首都です。", "猫が好きです。"), language="ja")
    assert retriever.search("日本の首都", 2)[0] == 1


def test_figures_stay_whole_and_stop_words_go() -> None:
    assert list(terms("The price was 1,250.50 in 2024.", STOP_WORDS["en"])) == ["price", "1,250.50", "2024"]


def test_widths_accents_and_scripts_are_told_as_readers_do() -> None:
    assert list(terms("ＧＰＵを使う")) == ["gpu", "を使", "使う"]
    assert list(terms("cafe\u0301")) == list(terms("café"))


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
    assert over(texts, language=tag).search("the and of", 5) == []
