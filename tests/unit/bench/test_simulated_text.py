"""The simulated model obeys what prompts ask for, ours and podcast-creator's."""

import json

import pytest

from simulated_faults import Faults, parse_fault
from simulated_text import Shape, answer

SEGMENT = """Now segment 2 of 3: Glass. What it does.
<passages>
[4] A lens of the first order weighs several tonnes and was turned by a falling weight in the tower every night.
[7] In July 1823 the first was lit at Cordouan; it was seen 32 kilometres away by ships that had never seen so much.
</passages>
Write about {words} words in about {turns} turns.
Answer with this JSON only; a turn is keyed by who speaks (Maya or Tom), and `cites` are the numbers of the passages:
{{"turns":[{{"Maya":"…","cites":[3]}}]}}
"""
OUTLINE = """<material>
## One
[1] Towers were households once.
## Two
[2] Then came the lens.
[3] Then the valve.
</material>
Plan exactly 3 segments, so that it is heard.
{"segments":[{"name":"…","description":"…","size":"medium","passages":[3,7],"hand_over":"…"}]}
"""


def _texts(turn: dict[str, object]) -> list[str]:
    return [text for text in turn.values() if isinstance(text, str)]


@pytest.mark.parametrize(("words", "turns"), [(60, 2), (320, 7), (900, 20)])
def test_a_word_budget_is_met_within_three_per_cent(words: int, turns: int) -> None:
    said = json.loads(answer(SEGMENT.format(words=words, turns=turns), Shape()).text)["turns"]
    assert len(said) == turns
    assert sum(len(text.split()) for turn in said for text in _texts(turn)) == pytest.approx(words, rel=0.04)


def test_turns_use_the_prompts_speakers_and_passages() -> None:
    said = json.loads(answer(SEGMENT.format(words=80, turns=4), Shape()).text)["turns"]
    assert [next(iter(turn)) for turn in said] == ["Maya", "Tom", "Maya", "Tom"]
    assert {number for turn in said for number in turn["cites"]} == {4, 7}
    assert len({text for turn in said for text in _texts(turn)}) == 4


def test_fixed_turns_have_their_length() -> None:
    said = answer(SEGMENT.format(words=80, turns=4), Shape(turns=8, turn_characters=260, ignore_words=True))
    assert [len(text) for text in said.items] == pytest.approx([260] * 8, abs=20)
    assert said.segment == 2


def test_only_the_rest_is_written_after_what_stands() -> None:
    rest = "These turns of this segment are written already and stand:\nMaya: A.\nTom: B.\nContinue after them: "
    prompt = SEGMENT.format(words=80, turns=4) + rest + "write only the rest, about 40 words in about 2 turns."
    said = json.loads(answer(prompt, Shape()).text)["turns"]
    assert len(said) == 2
    fixed = answer(prompt, Shape(turns=8, ignore_words=True))
    assert len(fixed.items) == 6


def test_outlines_have_as_many_different_segments_as_asked() -> None:
    entries = json.loads(answer(OUTLINE, Shape()).text)["segments"]
    assert len({entry["name"] for entry in entries}) == 3
    assert [entry["passages"] for entry in entries] == [[1], [2], [3]]
    rest = OUTLINE + "Continue after them: plan only the remaining 2."
    assert len(json.loads(answer(rest, Shape()).text)["segments"]) == 2


def test_items_end_where_they_say() -> None:
    said = answer(OUTLINE, Shape())
    for end in said.ends:
        assert said.text[end - 1] == "}"
        json.loads(said.text[:end] + "]}")


def test_peers_prompts_are_answered_in_their_format() -> None:
    outline = "specialized in creating podcast outlines <context>\nTowers stood.\n</context> consist of 4 main segments"
    assert len(json.loads(answer(outline, Shape()).text)["segments"]) == 4
    transcript = (
        "<context>\nTowers stood on rocks for years.\n</context> Use the actual speaker names (Ann, Bo) to denote "
        'speakers. {\n    "transcript": [\n'
    )
    lines = json.loads(answer(transcript, Shape(turns=3)).text)["transcript"]
    assert [line["speaker"] for line in lines] == ["Ann", "Bo", "Ann"]


def test_a_prompt_for_nothing_known_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        answer("Tell me a joke.", Shape())


def test_faults_strike_the_calls_that_were_named() -> None:
    faults = Faults([parse_fault("tts:429@2,3"), parse_fault("llm:500")], seed=1)
    assert [faults.next("tts") for _ in range(4)] == [None, "429", "429", None]
    assert faults.next("llm") == "500"


def test_faults_strike_as_often_as_asked_and_the_same_way_again() -> None:
    runs = [[Faults([parse_fault("tts:silent:0.25")], seed).next("tts") for _ in range(1)] for seed in range(400)]
    assert 60 < sum(run[0] is not None for run in runs) < 140
    once, again = (Faults([parse_fault("tts:429:0.5")], seed=7) for _ in range(2))
    assert [once.next("tts") for _ in range(50)] == [again.next("tts") for _ in range(50)]


@pytest.mark.parametrize("text", ["", "tts", "tts:no", "llm:truncated", "llm:500:x", "tts:200"])
def test_faults_that_nobody_knows_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - argparse shows its own message
        parse_fault(text)
