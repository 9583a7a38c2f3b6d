"""Words as they are heard, and the languages behind tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.claims import unsupported
from narrowcast.script.language import primary
from narrowcast.script.words import count_words
from narrowcast.tts.spoken import TABLES, table_for


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two three", 3),
        ("Don't — well, 3.5 million; e.g. twenty-two!", 6),
        ("", 0),
        ("… — !", 0),
        ("これは長い文章です", 5),
        ("これは。長い、文章です。", 5),
        ("OpenAI は新しい", 3),
        ("The word 灯台 means lighthouse, and that is all that there is to say about it.", 16),
        ("한국어는 띄어 쓴다", 3),
        ("ภาษาไทย", 4),
    ],
)
def test_words_are_counted_as_heard(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text(alphabet="ab é—.,漢かก 1"), st.text(alphabet="ab é—.,漢かก 1"))
def test_texts_side_by_side_have_the_words_of_both(left: str, right: str) -> None:
    assert 0 <= count_words(left) + count_words(right) - count_words(f"{left} {right}") <= 1


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de-AT", "de"),
        ("en_US.UTF-8", "en"),
        ("EN-gb", "en"),
        ("yue", "yue"),
        ("english", None),
        (None, None),
        ("", None),
    ],
)
def test_the_primary_part_of_a_tag(tag: str | None, language: str | None) -> None:
    assert primary(tag) == language


@pytest.mark.parametrize("tag", ["en-GB", "en_GB", "EN", "de_DE.UTF-8"])
def test_a_region_changes_nothing_where_only_the_language_counts(tag: str) -> None:
    language = str(primary(tag))
    assert table_for(tag) is TABLES[language]
    for text in ("It cost twelve million.", "Der Turm von Arles."):
        assert unsupported(text, ["Nothing of it."], tag) == unsupported(text, ["Nothing of it."], language)
