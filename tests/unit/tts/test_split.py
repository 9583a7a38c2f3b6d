"""Cutting long texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowcast.tts.split import split_for_limit


def test_a_short_text_is_one_part() -> None:
    assert split_for_limit("  One. Two.  ", 50, "en") == ["One. Two."]


def test_a_blank_text_has_no_parts() -> None:
    assert split_for_limit(" \n ", 50, "en") == []


def test_cuts_between_sentences_and_fills_parts() -> None:
    assert split_for_limit("One two. Three four. Five six.", 20, "en") == ["One two. Three four.", "Five six."]


def test_a_long_sentence_is_cut_between_clauses_then_words() -> None:
    text = "Short. When it rains, we stay in the house all day, and read."
    assert split_for_limit(text, 30, "en") == ["Short.", "When it rains,", "we stay in the house all day,", "and read."]
    assert split_for_limit("one two three four", 9, "en") == ["one two", "three", "four"]


def test_a_word_is_cut_only_when_nothing_else_helps_and_not_before_a_mark() -> None:
    assert split_for_limit("abcdefgh", 3, "en") == ["abc", "def", "gh"]
    assert split_for_limit("abe\u0301d", 3, "en") == ["ab", "e\u0301d"]


def test_chinese_is_cut_at_its_own_stops() -> None:
    assert split_for_limit("今天下雨。我们在家，读书。", 6, "zh") == ["今天下雨。", "我们在家，", "读书。"]


def test_no_room_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="limit"):
        split_for_limit("a", 0, "en")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["word", "a", ".", ",", " ", "  ", "\n", "! ", "Dr. ", "é", "。", "e\u0301", "x" * 9])
    ).map("".join),
    st.integers(2, 30),
)
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    parts = split_for_limit(text, limit, "en")
    assert "".join("".join(parts).split()) == "".join(text.split())
    position = 0
    for part in parts:
        assert 0 < len(part) <= limit
        assert part == part.strip()
        position = text.index(part, position) + len(part)
