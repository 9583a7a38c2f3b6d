"""What models write is mended where that is safe, and let alone otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.dialogue import Size
from narrowcast.writers.llm.mend import clean_text, find_speaker, read_entry, read_turns

SPEAKERS = ["Maya Lin", "Daniel", "Dr. Ann"]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("(laughs) Well, **that** is [12] good [upbeat music fades out].", "Well, that is good."),
        ("It was *soft*, and *laughs nervously* they left.", "It was soft, and they left."),
        (
            "The demand (the soft drink market) rose. (music by Bach)",
            "The demand (the soft drink market) rose. (music by Bach)",
        ),
        ("A [sic] matter (of course) (chuckles softly), yes.", "A [sic] matter (of course), yes."),
        ("# Title\n- point one\n- two `code`", "Title point one two code"),
        ("It costs 5 * 3 * 2, see [the docs](http://x.org).", "It costs 5 * 3 * 2, see the docs."),
        ("snake_case_name and 2 (two) [12, 13].", "snake_case_name and 2 (two)."),
        ("As passage says (passage 3), yes [passages 3, 4].", "As passage says, yes."),
        ("A\u0000b\ud83dc\u200b d", "Abc d"),
        ("2024. Then\u2028more", "2024. Then more"),
    ],
)
def test_only_what_is_said_remains(written: str, spoken: str) -> None:
    assert clean_text(written) == spoken


@given(st.text())
def test_cleaning_leaves_text_that_can_be_written_and_cleaned_again(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert cleaned == cleaned.strip()
    assert "\n" not in cleaned


@given(st.text(alphabet=st.characters(categories=["L", "Nd"], include_characters=" '’"), min_size=1))
def test_plain_words_are_not_touched(text: str) -> None:
    assert clean_text(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("MAYA LIN", "Maya Lin"),
        ("maya", "Maya Lin"),
        ("Daniel (host):", "Daniel"),
        ("**Daniel**", "Daniel"),
        ("Ann", "Dr. Ann"),
        ("Host", None),
        ("", None),
        (None, None),
        (3, None),
    ],
)
def test_speakers_are_known_by_what_models_call_them(named: object, found: str | None) -> None:
    assert find_speaker(named, SPEAKERS) == found


def test_a_name_that_fits_two_speakers_fits_none() -> None:
    assert find_speaker("Ann", ["Ann Lee", "Ann Roe"]) is None


def test_a_lone_speaker_says_everything() -> None:
    assert read_turns({"speaker": "Narrator", "text": "So."}, ["Maya"], ()) == [("Maya", "So.", ())]


def test_labels_in_the_text_reveal_two_turns() -> None:
    item = {"speaker": "maya", "text": "Maya Lin: Hello there. Daniel: Hi! Note: this stays.", "cites": ["[3]", 9]}
    assert read_turns(item, SPEAKERS, {3}) == [
        ("Maya Lin", "Hello there.", (3,)),
        ("Daniel", "Hi! Note: this stays.", (3,)),
    ]


def test_a_label_saves_a_turn_of_an_unknown_speaker() -> None:
    assert read_turns({"speaker": "Host", "text": "**Daniel:** Hi!"}, SPEAKERS, ()) == [("Daniel", "Hi!", ())]


def test_silence_is_no_turn_and_an_unknown_speaker_no_answer() -> None:
    assert read_turns({"speaker": "Daniel", "text": " … (laughs)"}, SPEAKERS, ()) == []
    assert read_turns({"speaker": "Nobody", "text": "Hello."}, SPEAKERS, ()) is None


@pytest.mark.parametrize(
    ("cites", "kept"),
    [([1, "2", "[3]"], (1, 2, 3)), (2, (2,)), ("1, 3", (1, 3)), ([1, 1, 99], (1,)), (None, ()), (True, ()), ({}, ())],
)
def test_citations_of_any_shape_are_read_and_unknown_ones_dropped(cites: object, kept: tuple[int, ...]) -> None:
    turns = read_turns({"speaker": "Daniel", "dialogue": "Yes.", "cites": cites}, SPEAKERS, {1, 2, 3})
    assert turns == [("Daniel", "Yes.", kept)]


def test_an_outline_entry_loses_its_number_and_unknown_passages() -> None:
    entry = read_entry({"name": "Segment 2: **Lamps**", "size": "LONG", "passages": "1, 2, 99"}, {1, 2})
    assert entry is not None
    assert (entry.name, entry.size, entry.passages, entry.hand_over) == ("Lamps", Size.LONG, (1, 2), "")
    assert read_entry({"title": "Oil", "size": "huge"}, ()) is not None
    assert read_entry({"name": "  "}, ()) is None
