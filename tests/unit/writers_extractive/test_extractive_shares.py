"""Chapters and sources: which segment tells of which, and that none is left out."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from narrowcast.script.source import Source
from narrowcast.writers.extractive.material import prepare
from narrowcast.writers.extractive.sections import partition
from narrowcast.writers.extractive.speakable import is_speakable
from narrowcast.writers.key_sentences import RankedSentence

_spec = importlib.util.spec_from_file_location("essay", Path(__file__).with_name("essay.py"))
assert _spec
assert _spec.loader
essay = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(essay)

_TOWNS = ("Aldham", "Brisk", "Corven", "Dunmore", "Elstow", "Farrow", "Gorse")


def town(number: int, name: str, paragraphs: int, first: int) -> Source:
    """A source about one town, its passages numbered from `first`."""
    kinds = ("bakers", "weavers", "sailors", "teachers", "gardeners", "masons", "painters", "clerks")
    text = f"# {name}\n\n" + "\n\n".join(
        f"The {kinds[n % 8]} of {name} met in hall number {n} every winter to choose a new warden. "
        f"Most {kinds[n % 8]} walked {n + 3} miles through {name} and its fields before they came to the hall."
        for n in range(paragraphs)
    )
    source: Source = essay.source(text, number=number, title=f"The book of {name}")
    passages = tuple(p.model_copy(update={"number": p.number + first}) for p in source.passages)
    return source.model_copy(update={"passages": passages})


@pytest.mark.parametrize("lengths", [(60, 2, 2), (2, 60, 2, 2, 2), (3, 3, 3, 3, 3, 3, 3)])
async def test_more_sources_than_segments_are_all_heard_and_named(lengths: tuple[int, ...]) -> None:
    sources = [town(n + 1, _TOWNS[n], length, 100 * n) for n, length in enumerate(lengths)]
    plan = replace(essay.plan_of(*sources, segments=2, words=900), title="Towns of the valley")
    written = await essay.episode_of(plan)
    assert len(written) == 2
    turns = [turn for turns in written for turn in turns]
    cited = {number for turn in turns for number in turn.cites}
    heard = [source.title for source in sources if {p.number for p in source.passages} & cited]
    assert heard == [source.title for source in sources]
    later = " ".join(turn.text for turn in turns[1:])
    named = [source.title for source in sources[1:] if source.title in later]
    assert len(named) >= min(3, len(sources) - 1), later


def sentence(number: int, headings: tuple[str, ...]) -> RankedSentence:
    return RankedSentence(f"Sentence {number}.", number, 2 * number, 1.0, 10, True, ("1", *headings), {}, number)


def test_a_segment_tells_of_whole_chapters_or_of_parts_of_one() -> None:
    chapters = ["Beginnings"] * 6 + ["Middle"] * 55 + ["Practice"] * 30 + ["End"] * 9
    sentences = [sentence(n, (chapter, f"{chapter} {n // 4}")) for n, chapter in enumerate(chapters)]
    for groups in (3, 4, 5):
        for start, end in partition(sentences, groups):
            told = set(chapters[start:end])
            whole = all(chapters.count(chapter) == chapters[start:end].count(chapter) for chapter in told)
            assert len(told) == 1 or whole, (groups, start, end)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Updated translations are available online.", "fr"),
        ("When users insert a USB drive into the client, the media is mounted when the icon is used.", "fr"),
        ("Basée sur Debian 3.0 Woody, publiée le 19 juillet 2002.", "fr"),
        ("Basado en Debian 3.0 Woody publicado el 19 de julio.", "es"),
    ],
)  # fmt: skip
def test_what_is_untranslated_or_has_no_verb_is_not_said(text: str, language: str) -> None:
    assert not is_speakable(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Fondée en 1820 par des marchands, la ville devint riche grâce au port.", "fr"),
        ("Basée sur une idée simple, la machine avait trois roues de bois.", "fr"),
        ("Fundada en 1820 por comerciantes, la ciudad era rica gracias al puerto.", "es"),
        ("Il chante Time of the Gypsies tous les soirs devant le public du village.", "fr"),
    ],
)
def test_a_sentence_that_opens_with_a_participle_or_names_a_title_is_said(text: str, language: str) -> None:
    assert is_speakable(text, language)


def test_a_title_of_two_names_is_spoken_and_a_path_is_not() -> None:
    one = town(1, "Aldham", 4, 0)
    assert (
        prepare(replace(essay.plan_of(one), title="Manual of Aldham/Brisk 12")).title == "Manual of Aldham – Brisk 12"
    )
    assert prepare(replace(essay.plan_of(one), title="/home/Ann/Book")).title == "The book of Aldham"
