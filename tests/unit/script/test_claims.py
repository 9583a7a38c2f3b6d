"""Flags for what the passages lack, and none for what they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.claims import Flag, unsupported

PASSAGE = (
    "In 1823 Augustin Fresnel lit 3,512,000 lamps at Cordouan, 20% of France's. It cost forty-two francs; by the "
    "1960s, 1.500 of them were gone. On 12 May 1877 it burned for 10.5 hours. In the nineteenth century a dozen "
    "keepers, all Norwegian, drank 2.5 million litres. «Étoile» it was called."
)


def flagged(text: str, language: str = "en") -> list[str]:
    return [flag.text for flag in unsupported(text, [PASSAGE], language, known_names=["Maya Lin"])]


@pytest.mark.parametrize(
    "text",
    [
        "In 1823, about 3.5 million lamps.",
        "Three and a half? No: 3.51 million, or 3 512 000.",
        "Twenty percent, 20 percent, or 20 %.",
        "It was 42 francs. Forty-two!",
        "Some 1,500 went, 1500 in all.",
        "Eighteen seventy-seven, that was the year.",
        "The 1960s, the 19th century, twelve keepers.",
        "2,500,000 litres in 10.5 hours.",
        "So there are three questions, and I have ten more.",
        "Fresnel's lamp. And Fresnel himself, Maya, in France?",
        "Why did Norwegians do it on a Monday in July?",
        'OK. The Internet says so: Cordouan. "Étoile" it was.',
        "What a year! Then they left.",
        "",
    ],
)
def test_what_the_passage_holds_is_not_flagged(text: str) -> None:
    assert flagged(text) == []


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("It was 1824.", ["1824"]),
        ("Some 3.6 million lamps.", ["3.6 million"]),
        ("Thirty percent, or 43 francs.", ["Thirty", "43"]),
        ("In the 1970s, 51 of them.", ["1970s", "51"]),
        ("One hundred and twenty keepers.", ["One hundred and twenty"]),
        ("A part of it: 82 and 512.", ["82", "512"]),
        ("I met Thomas Stevenson in Paris.", ["Thomas Stevenson", "Paris"]),
        ("Albert Einstein came.", ["Einstein"]),
        ("They sailed with Fresnel and Stevenson.", ["Stevenson"]),
    ],
)
def test_what_it_lacks_is_flagged(text: str, claims: list[str]) -> None:
    assert flagged(text) == claims


def test_a_flag_tells_kind_and_place() -> None:
    text = "He saw Paris in 1999."
    flags = unsupported(text, [PASSAGE], "en")
    assert flags == [Flag("name", "Paris", 7), Flag("number", "1999", 16)]
    assert all(text[flag.offset :].startswith(flag.text) for flag in flags)


def test_nothing_is_flagged_where_nothing_is_cited() -> None:
    assert unsupported("In Paris, 1999.", [], "en") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("Bien. ¿Qué es el café? ¡Vaya sorpresa!", "es"), ("« Bonjour à tous. » Et puis voilà.", "fr")],
)
def test_a_word_that_begins_a_sentence_is_no_name_in_any_typography(text: str, language: str) -> None:
    assert unsupported(text, ["Nothing of this."], language) == []


def test_in_german_only_numbers_are_checked() -> None:
    passage = ["Einundzwanzig Lampen brannten."]
    assert [flag.text for flag in unsupported("Es waren 21, nicht 22 Öllampen.", passage, "de")] == ["22"]


pieces = [
    "forty", "two", "hundred", "and", "million", "nineteen", "eighty-four", "1,234", "567", "3.5", "k", "The", "Paris",
    "O'Neil", "New York.", "20", "20%", "third", "dozen",
]  # fmt: skip
words = st.lists(
    st.sampled_from(pieces) | st.text(alphabet="aeinorstABEN0123456789.,-'% ", min_size=1, max_size=8),
    min_size=1,
    max_size=30,
)


@given(words, st.data())
def test_a_quotation_is_never_flagged(parts: list[str], data: st.DataObject) -> None:
    passage = " ".join(" ".join(parts).split())
    spoken = passage.split(" ")
    start = data.draw(st.integers(0, len(spoken) - 1))
    end = data.draw(st.integers(start + 1, len(spoken)))
    assert unsupported(" ".join(spoken[start:end]), [passage], data.draw(st.sampled_from(["en", "fr"]))) == []


def test_a_quotation_may_begin_within_a_figure() -> None:
    assert unsupported("011A", ["forty 1,234 011A"], "en") == []


def test_sentences_of_a_real_text_are_never_flagged() -> None:
    for sentence in PASSAGE.split(". "):
        assert flagged(sentence) == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_checked(text: str, passage: str) -> None:
    for flag in unsupported(text, [passage], "en"):
        assert text[flag.offset : flag.offset + len(flag.text)] == flag.text
