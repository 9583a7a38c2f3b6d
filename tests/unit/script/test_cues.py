from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.cues import build_timeline, sentence_cues
from narrowcast.script.timeline import SentenceCue, TurnCue, WordTiming

TEXT = "It burned for 251 seconds. Was that long? Yes, it was."
SENTENCES = ["It burned for 251 seconds.", "Was that long?", "Yes, it was."]

sentences_of_words = st.lists(
    st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12), min_size=1, max_size=8).map(
        " ".join
    ),
    min_size=1,
    max_size=8,
)


@given(
    sentences=sentences_of_words,
    start=st.integers(0, 10_000_000),
    length=st.integers(0, 60_000),
    words=st.lists(st.tuples(st.integers(-5, 500), st.integers(-100, 100_000)), max_size=30),
    spoken=st.none() | st.text(max_size=80),
)
def test_cues_fill_the_turn_without_gaps_or_steps_back(
    sentences: list[str], start: int, length: int, words: list[tuple[int, int]], spoken: str | None
) -> None:
    timings = [WordTiming(offset=offset, start_ms=at) for offset, at in words]
    cues = sentence_cues(" ".join(sentences), start, start + length, sentences, timings, spoken)
    assert [cue.text for cue in cues] == sentences
    assert (cues[0].start_ms, cues[-1].end_ms) == (start, start + length)
    assert all(one.end_ms == two.start_ms for one, two in itertools.pairwise(cues))
    assert all(cue.start_ms <= cue.end_ms for cue in cues)


def words_of(text: str, each_ms: int) -> list[WordTiming]:
    found, cursor = [], 0
    for number, word in enumerate(text.split()):
        cursor = text.index(word, cursor)
        found.append(WordTiming(offset=cursor, start_ms=number * each_ms))
        cursor += len(word)
    return found


def test_known_words_place_sentences_exactly() -> None:
    cues = sentence_cues(TEXT, 1000, 7000, SENTENCES, words_of(TEXT, 500))
    assert [cue.start_ms for cue in cues] == [1000, 1000 + 5 * 500, 1000 + 8 * 500]


def test_words_are_found_again_in_the_text_that_was_spoken() -> None:
    spoken = "It burned for two hundred and fifty one seconds. Was that long? Yes, it was."
    cues = sentence_cues(TEXT, 0, 9000, SENTENCES, words_of(spoken, 500), spoken)
    assert [cue.start_ms for cue in cues] == [0, 9 * 500, 12 * 500]


def test_a_sentence_whose_first_word_is_said_otherwise_starts_with_what_is_said_of_it() -> None:
    text, sentences = "It burned. 251 were lost. Yes.", ["It burned.", "251 were lost.", "Yes."]
    spoken = "It burned. two hundred and fifty one were lost. Yes."
    cues = sentence_cues(text, 0, 9000, sentences, words_of(spoken, 500), spoken)
    assert [cue.start_ms for cue in cues] == [0, 2 * 500, 9 * 500]


def test_sentence_whose_word_is_unknown_lies_between_its_neighbours() -> None:
    words = [WordTiming(offset=0, start_ms=0), WordTiming(offset=TEXT.index("Yes"), start_ms=4000)]
    cues = sentence_cues(TEXT, 0, 6000, SENTENCES, words)
    assert cues[2].start_ms == 4000
    assert 2000 < cues[1].start_ms < 3500


def test_without_words_time_is_shared_by_what_there_is_to_say() -> None:
    cues = sentence_cues("One two three. One two three.", 0, 2000, ["One two three.", "One two three."])
    assert abs(cues[1].start_ms - 1000) < 50
    digits = sentence_cues("1234567890. abcdefghij.", 0, 2000, ["1234567890.", "abcdefghij."])
    assert digits[1].start_ms > 1200


def test_words_that_run_backwards_or_late_do_no_harm() -> None:
    words = [WordTiming(offset=TEXT.index("Was"), start_ms=4000), WordTiming(offset=TEXT.index("Yes"), start_ms=1000)]
    assert [cue.start_ms for cue in sentence_cues(TEXT, 0, 6000, SENTENCES, words)] == [0, 4000, 4000]
    late = [WordTiming(offset=TEXT.index("Was"), start_ms=90_000)]
    assert {cue.end_ms for cue in sentence_cues(TEXT, 0, 6000, SENTENCES, late)} == {6000}


def test_text_without_sentences_is_one_cue() -> None:
    assert sentence_cues("Hm", 5, 9, []) == (SentenceCue(text="Hm", start_ms=5, end_ms=9),)


def cue(segment: int, start_ms: int, end_ms: int) -> TurnCue:
    return TurnCue(turn_id="x", speaker="Ann", segment=segment, start_ms=start_ms, end_ms=end_ms, sentences=())


def test_chapters_meet_and_cover_the_whole_episode() -> None:
    timeline = build_timeline(
        [cue(1, 300, 2000), cue(1, 2400, 4000), cue(3, 5000, 6000)], ["Start", "Nothing said", ""], 6500
    )
    assert [(c.title, c.start_ms, c.end_ms) for c in timeline.chapters] == [("Start", 0, 5000), ("3", 5000, 6500)]
    assert timeline.duration_ms == 6500
    assert len(timeline.cues) == 3
