"""Laws that hold for the conversation in every language."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from string import Formatter

import pytest

from narrowcast.script.dialogue import Turn
from narrowcast.script.sentences import split_sentences
from narrowcast.script.source import PassageKind, Source
from narrowcast.writers.extractive.material import fair_seats
from narrowcast.writers.extractive.phrases import CONVERSES, bank_for
from narrowcast.writers.extractive.phrases.bank import Bank
from narrowcast.writers.key_sentences import is_boilerplate, normalised, rank_sentences

_spec = importlib.util.spec_from_file_location("essay", Path(__file__).with_name("essay.py"))
assert _spec
assert _spec.loader
essay = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(essay)

SLOTS = {
    "welcome": {"host", "guest", "title", "by"}, "welcome_more": {"host", "guests", "title", "by"},
    "welcome_alone": {"host", "title", "by"}, "by": {"author"}, "ahead": {"list"}, "ahead_alone": {"list"},
    "begin": {"guest"}, "begin_topic": {"guest", "topic"}, "leave": {"previous"},
    "hand_over": {"previous", "topic", "guest"},
    "hand_over_alone": {"previous", "topic"}, "new_topic": {"topic"}, "new_topic_alone": {"topic"},
    "new_topic_label": {"topic"}, "about": {"topic"}, "echoes": {"figure"}, "way": {"previous", "topic"},
    "recap_ask": {"guest"}, "recap_point": {"topic"}, "goodbye": {"title", "guest"}, "goodbye_alone": {"title"},
    "part_name": {"number"}, "titled": {"title"}, "clause_slot": {"topic"},
}  # fmt: skip
"""Every slot that a phrase may have; the fields not named here have none."""

NEEDED = {"welcome", "welcome_more", "welcome_alone", "goodbye", "goodbye_alone", "titled"}
"""Phrases that tell what is heard: each must name the title."""


def source(language: str) -> Source:
    """A document in that language: its own file of `texts`, with the title in the first line."""
    if language == "en":
        coffee: Source = essay.source(essay.COFFEE)
        return coffee
    text = (Path(__file__).parent / "texts" / f"{language}.txt").read_text(encoding="utf-8")
    title, _, rest = text.partition("\n")
    found: Source = essay.source(rest, language=language, title=title)
    return found


async def told(language: str, speakers: int, words: int) -> list[Turn]:
    plan = essay.plan_of(source(language), speakers=speakers, words=words)
    return [turn for turns in await essay.episode_of(plan) for turn in turns]


def phrases(bank: Bank) -> dict[str, tuple[str, ...]]:
    values = {field.name: getattr(bank, field.name) for field in fields(bank)}
    return {
        name: value if isinstance(value, tuple) else (value,) for name, value in values.items() if not callable(value)
    }


@pytest.mark.parametrize("language", CONVERSES)
def test_every_phrase_has_only_slots_that_are_filled_and_all_it_needs(language: str) -> None:
    bank = bank_for(language)
    assert bank
    for name, said in phrases(bank).items():
        assert len(set(said)) == len(said), name
        assert said or name == "begin_topic", name
        for phrase in said:
            slots = {slot for _, slot, _, _ in Formatter().parse(phrase) if slot is not None}
            assert slots <= SLOTS.get(name, set()), (name, phrase)
            assert name not in NEEDED or "title" in slots, (name, phrase)
            assert phrase == " ".join(phrase.split()) or name in {"by", "clause_slot"}, (name, phrase)


@pytest.mark.parametrize("language", CONVERSES)
def test_a_clause_has_phrases_of_its_own(language: str) -> None:
    bank = bank_for(language)
    assert bank
    for said in (bank.new_topic, bank.new_topic_alone):
        assert any(bank.clause_slot in phrase for phrase in said)


@pytest.mark.parametrize("speakers", [1, 2, 3, 4])
@pytest.mark.parametrize("language", CONVERSES)
async def test_every_speaker_is_heard_and_no_sentence_twice(language: str, speakers: int) -> None:
    turns = await told(language, speakers, 600)
    assert {turn.speaker for turn in turns} == set(("Alex", "Sam", "Nadia", "Ben")[:speakers])
    said = Counter(normalised(s) for turn in turns for s in split_sentences(turn.text, language))
    assert not [sentence for sentence, count in said.items() if count > 1]
    assert len({turn.id for turn in turns}) == len(turns)


@pytest.mark.parametrize("words", [500, 1200])
@pytest.mark.parametrize("language", CONVERSES)
async def test_every_sentence_of_the_document_is_cited_and_nothing_else_is(language: str, words: int) -> None:
    document = source(language)
    passages = {p.number: normalised(p.text) for p in document.passages}
    known = {normalised(s.text): s.passage for s in rank_sentences(document.passages, language)}
    heard = 0
    for turn in await told(language, 2, words):
        own = normalised(turn.text)
        quoted = {passage for text, passage in known.items() if len(text.split()) > 4 and text in own}
        heard += len(quoted)
        assert quoted <= set(turn.cites), turn
        for number in turn.cites:
            assert any(text in own and text in passages[number] for text, p in known.items() if p == number), turn
    assert heard > 4


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("language", CONVERSES)
async def test_no_phrase_twice_and_no_slot_left_open(language: str, *, parallel: bool) -> None:
    bank = bank_for(language)
    assert bank
    written = await essay.episode_of(essay.plan_of(source(language), words=1000), parallel=parallel)
    turns = [turn for turns in written for turn in turns]
    whole = "|".join(f" {normalised(turn.text)} " for turn in turns)
    for name, said in phrases(bank).items():
        for phrase in said:
            fixed = normalised(phrase)
            if "{" not in phrase and len(fixed.split()) > 2:
                assert whole.count(f" {fixed} ") <= 1, (name, phrase)
    for turn in turns:
        assert not re.search(r"[{}]|  |\.\.|\s[.,]|[?!]\.|\bNone\b", turn.text), turn.text
        assert re.search(r"[.!?:][”»“\"]?$", turn.text), turn.text


@pytest.mark.parametrize("language", CONVERSES)
async def test_it_opens_with_the_title_and_closes_with_thanks(language: str) -> None:
    document = source(language)
    for speakers in (1, 2, 3):
        turns = await told(language, speakers, 600)
        assert document.title in turns[0].text
        assert turns[0].speaker == turns[-1].speaker == "Alex"
        assert re.search(r"[Tt]hank|[Dd]ank|[Mm]erci|[Gg]racias", turns[-1].text)


@pytest.mark.parametrize("language", CONVERSES)
async def test_the_host_asks_more_than_he_repeats(language: str) -> None:
    host = [turn.text for turn in await told(language, 2, 1200) if turn.speaker == "Alex"]
    assert len([text for text in host if text.endswith("?")]) >= len(host) / 4


@pytest.mark.parametrize("language", CONVERSES)
async def test_a_short_source_beside_a_long_one_is_named_and_heard(language: str) -> None:
    """The last two paragraphs as a note of their own, after the document twelve times over."""
    document = source(language)
    body = [p for p in document.passages if p.kind is PassageKind.PROSE and not is_boilerplate(p.headings)]
    long = [
        passage.model_copy(update={"number": number, "text": re.sub(r"\.(?= |$)", f", {number} mal.", passage.text)})
        for number, passage in enumerate(body * 12, 1)
    ]
    note = [passage.model_copy(update={"number": len(long) + n, "source": 2}) for n, passage in enumerate(body[-2:], 1)]
    name = "Die Pflanze von morgen"
    sources = (
        document.model_copy(update={"passages": tuple(long), "author": None}),
        document.model_copy(update={"number": 2, "title": name, "passages": tuple(note)}),
    )
    plan = replace(essay.plan_of(*sources, segments=4, words=900), title=f"{document.title} · Die Pflanze von morgen")
    turns = [turn for turns in await essay.episode_of(plan) for turn in turns]
    assert {number for turn in turns for number in turn.cites} & {passage.number for passage in note}
    assert any("Die Pflanze von morgen" in turn.text for turn in turns[1:-1])
    assert "Miriam Okafor" not in turns[0].text  # one author of two is not the author
    assert " · " not in turns[0].text


@pytest.mark.parametrize(
    ("words", "most", "count", "seats"),
    [
        ([60_000, 400], [200, 2], 5, [4, 1]),
        ([60_000, 15_000], [200, 50], 5, [3, 2]),
        ([500, 500, 500], [9, 9, 9], 3, [1, 1, 1]),
        ([60_000, 400], [2, 1], 9, [2, 1]),
    ],
)
def test_seats_are_shared_by_the_root_of_words(words: list[int], most: list[int], count: int, seats: list[int]) -> None:
    assert fair_seats(words, most, count) == seats
