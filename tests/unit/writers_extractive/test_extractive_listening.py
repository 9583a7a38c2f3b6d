"""What makes a script good to hear: nothing hangs in the air, questions fit, short texts stay short."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from narrowcast.script.dialogue import Turn
from narrowcast.script.sentences import split_sentences
from narrowcast.writers.extractive.keep_back import kept_back
from narrowcast.writers.extractive.languages.en import ENGLISH as ENGLISH_GRAMMAR
from narrowcast.writers.extractive.leaning import Lean, leaning, leaning_at_start, sets_up
from narrowcast.writers.extractive.lexicon import lexicon_of
from narrowcast.writers.extractive.phrases.en import ENGLISH
from narrowcast.writers.extractive.speakable import clean, is_speakable
from narrowcast.writers.extractive.stretches import beside, burden, stretches_of
from narrowcast.writers.extractive.writer import ExtractiveWriter
from narrowcast.writers.key_sentences import RankedSentence, normalised, rank_sentences

_spec = importlib.util.spec_from_file_location("essay", Path(__file__).with_name("essay.py"))
assert _spec
assert _spec.loader
essay = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(essay)

LIGHTHOUSES = Path(__file__).parents[3] / "examples" / "lighthouses.md"
MARKED = "\n\n".join(
    re.sub(r"^#+ ", "# ", block)
    for block in re.sub(r"```.*?```", "", LIGHTHOUSES.read_text(encoding="utf-8"), flags=re.DOTALL).split("\n\n")[1:]
    if block.strip()
)
ESSAY = essay.source(MARKED, title="The Last Keepers")
SENTENCES = [s for p in ESSAY.passages if p.kind == "prose" for s in split_sentences(p.text, "en")]
NOTE = (
    "From Monday the team calendar moves from the wiki page to the shared server. Nobody loses an entry: all 214 "
    "events were copied last Thursday and checked twice. The old page stays readable until 15 March and is then "
    "switched off. To see the new calendar on your phone, sign in once with your usual account and accept the "
    "invitation. Meeting rooms are now booked in the same place, so the paper list on the door goes away. If an event "
    "looks wrong, tell Priya, who has the old copy and can restore it within an hour."
)


def body(written: Sequence[Sequence[Turn]]) -> list[str]:
    """The document's sentences as they are told, without the close."""
    turns = [turn for turns in written for turn in turns if turn.speaker != "Alex"]
    if re.search(r"First[:,]", turns[-1].text):
        turns.pop()
    return [s for turn in turns for s in split_sentences(turn.text, "en") if s in SENTENCES]


@pytest.mark.parametrize("words", [450, 900, 1600, 2200])
async def test_no_told_sentence_leans_on_one_that_was_left_out(words: int) -> None:
    told = body(await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=words)))
    assert len(told) > words / 40
    places = [SENTENCES.index(sentence) for sentence in told]
    section_starts = {p.text.split("\n")[0][:40] for p in ESSAY.passages}
    for before, place in zip([None, *places], places, strict=False):
        sentence = SENTENCES[place]
        if before is None or place == before + 1 or sentence[:40] in section_starts & _openings():
            continue
        assert not re.match(r"(?:He|She|It|They|His|Its|This|That|These|Then|The other|One of them)\b", sentence), (
            sentence
        )
        assert not re.search(r"\bthat night\b|^The story goes that he\b|^Nothing about the beam", sentence)


def _openings() -> set[str]:
    seen: set[tuple[str, ...]] = set()
    found: set[str] = set()
    for passage in ESSAY.passages:
        if passage.kind == "prose" and passage.headings not in seen:
            seen.add(passage.headings)
            found.add(passage.text[:40])
    return found


@pytest.mark.parametrize("words", [900, 1600, 2200])
async def test_no_run_ends_on_a_set_up(words: int) -> None:
    told = body(await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=words)))
    for sentence, following in pairwise([*told, ""]):
        if sets_up(sentence, "en"):
            assert following == SENTENCES[SENTENCES.index(sentence) + 1], sentence


async def test_short_sentences_stay_where_they_belong() -> None:
    told = body(await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=2400)))
    for short in ("They were households.", "He got his wish.", "It worked.", "The light was brilliant."):
        assert told.index(short) == told.index(SENTENCES[SENTENCES.index(short) - 1]) + 1


def test_a_stretch_has_no_hole() -> None:
    for stretch in stretches_of(rank_sentences(ESSAY.passages, "en"), "en"):
        assert all(beside(a, b) for a, b in pairwise(stretch.sentences))
        assert len({s.paragraph for s in stretch.sentences}) == 1
        for end in stretch.ends:
            told, left = stretch.sentences[:end], stretch.sentences[end:]
            assert not left or (end > 1 and leaning(left[0].text, [s.text for s in told], "en") is not Lean.HARD)


def test_what_cannot_be_said_parts_a_paragraph() -> None:
    text = (
        "The keeper had a boat of his own. The rules are explained in section 4.2 of the manual. "
        "Nobody used the harbour in winter. The ice was too thick for any boat."
    )
    parts = [
        len(stretch.sentences) for stretch in stretches_of(rank_sentences(essay.source(text).passages, "en"), "en")
    ]
    assert parts == [1, 2]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nothing about the beam changed that night.",
        "The story goes that he was walking home in fog.",
        "That alone saved most of the fuel.",
        "Mariners have complaints too.",
        "Together the two inventions saved most of the gas.",
        "Earlier that year an explosion had blinded him.",
        "It was made to save light.",
        "Some of that loneliness may have been chemistry.",
        "Later sirens could be heard many kilometres away.",
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str) -> None:
    assert leaning(sentence, (), "en") is Lean.HARD


@pytest.mark.parametrize(
    "sentence",
    [
        "Fresnel died of tuberculosis, but his lenses stood on coasts all over the world.",
        "A lighthouse is recognised by its rhythm.",
        "Thomas Howell was afraid that he would be accused of murder.",
        "Rock lighthouses such as Eddystone had always been relieved by boat.",
        "The kettle in the kitchen is still there.",
    ],
)
def test_what_is_understood_alone(sentence: str) -> None:
    assert leaning(sentence, (), "en") is Lean.NONE


def test_a_thing_named_before_and_a_person_introduced_before_are_leaned_on_softly() -> None:
    assert leaning("The lens was driven by a weight.", ["The rhythm came from a lens."], "en") is Lean.SOFT
    assert leaning("Dalén's company solved the danger.", ["An engineer named Gustaf Dalén came."], "en") is Lean.SOFT
    assert leaning_at_start("For most of their history lighthouses were not machines.", "en") is Lean.SOFT
    assert leaning_at_start("They came in sizes called orders.", "en") is Lean.HARD


@pytest.mark.parametrize(
    ("sentence", "announces"),
    [
        ("In 1801 the Smalls lighthouse had only two.", True),
        ("After a while she noticed something.", True),
        ("There are three ways to do this.", True),
        ("This was not for modesty.", True),
        ("It works in the following way:", True),
        ("It weighed about 200 grams.", False),
        ("After that, three became the rule.", False),
    ],
)
def test_what_promises_more(sentence: str, announces: bool) -> None:
    assert sets_up(sentence, "en") is announces


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Why they came back", "Why did they come back?"),
        ("What it costs", "What does it cost?"),
        ("How translations are handled", "How are translations handled?"),
        ("What is left to look after", "What is left to look after?"),
        ("When light is no use", "When is light no use?"),
        ("How to upload a package", "How do I upload a package?"),
        ("Where nothing can stand", None),
        ("How much it costs", None),
        ("Building where nothing can stand", None),
    ],
)
def test_headings_that_are_clauses_become_questions(heading: str, question: str | None) -> None:
    assert ENGLISH.heading_question(heading, lexicon_of([], ENGLISH_GRAMMAR)) == question


async def test_a_clause_only_stands_after_about() -> None:
    turns = [t for turns in await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=1600)) for t in turns]
    host = [turn.text for turn in turns if turn.speaker == "Alex"]
    assert not any("the question of" in line for line in host)
    assert "What did a keeper actually do?" in " ".join(host)
    assert "When is light no use?" in " ".join(host)


@pytest.mark.parametrize(
    ("answer", "figure"),
    [
        ("The second tower stood for 47 years.", "47 years"),
        ("Henry Hall was 94 years old.", "94 years old"),
        ("It saved well over 90 per cent of the gas.", "Well over 90 per cent"),
        ("It arose between 10,000 and 15,000 years ago.", None),
        ("Such trees are between 300 and 400 years old.", None),
        ("The boat went out in 1801.", None),
        ("He died four years later.", None),
    ],
)
def test_a_figure_is_repeated_whole_or_not_at_all(answer: str, figure: str | None) -> None:
    assert ENGLISH.echo(answer) == figure


async def test_questions_come_from_the_answers_own_first_sentence() -> None:
    written = await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=2800))
    asked = {b.text.split(". ")[0]: a.text for turns in written for a, b in pairwise(turns)}
    for answer, question in (
        ("Henry Winstanley, an engraver", "Who was Henry Winstanley?"),
        ("The third builder was John Smeaton", "Who was the third builder?"),
        ("The person who did most", "Who did most to empty the lighthouses?"),
    ):
        assert next(host for said, host in asked.items() if said.startswith(answer)).endswith(question)


async def test_generic_prompts_are_few() -> None:
    written = await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=1600))
    host = [turn.text for turns in written for turn in turns if turn.speaker == "Alex"]
    generic = {p for bank in (ENGLISH.more, ENGLISH.go_on) for p in bank}
    assert sum(any(line.endswith(phrase) for phrase in generic) for line in host) <= len(host) / 4


async def test_a_note_is_one_or_two_exchanges_with_a_question_of_its_own() -> None:
    note = essay.source(NOTE, title="Moving the team calendar")
    plan = essay.plan_of(note, segments=5)
    assert [entry.name for entry in await essay.outline_of(plan)] == ["Moving the team calendar"]
    (turns,) = await essay.episode_of(plan)
    assert 3 <= len(turns) <= 5
    assert any("How do I see the new calendar on my phone?" in turn.text for turn in turns)
    said = normalised(" ".join(turn.text for turn in turns))
    assert all(normalised(sentence) in said for sentence in split_sentences(NOTE, "en"))


async def test_a_segment_is_never_called_part_so_and_so() -> None:
    plain = essay.source("\n\n".join(b for b in MARKED.split("\n\n") if not b.startswith(("#", "|"))), title="Keepers")
    for asked in (3, 8):
        names = [entry.name for entry in await essay.outline_of(essay.plan_of(plain, segments=asked))]
        assert len(names) == asked
        assert not [name for name in names if re.fullmatch(r"Part \d+", name)]


def test_a_short_text_without_headings_is_one_segment() -> None:
    half = essay.source(" ".join(SENTENCES[:12]))
    assert ExtractiveWriter().segments(essay.plan_of(half, segments=5)) == 1


def _chronicle(points: int) -> list[RankedSentence]:
    """Nine paragraphs, of which the first `points` in three parts end with a sentence that sums up."""
    towns = ("Avel", "Brod", "Celm", "Dorn", "Elst", "Fahr", "Goor", "Hain", "Iven")
    text = "\n\n".join(
        f"In {town} spring began with a market. Merchants from {town} sold cloth, and they paid {n + 3} coins for it. "
        f"He who came late to {town} found nothing. "
        + (f"A fair near {town} always needed peace, because trade depends on trust." if n % 3 == 1 and n // 3 < points
           else f"They all left {town} again.")
        for n, town in enumerate(towns)
    )  # fmt: skip
    return rank_sentences(essay.source(text).passages, "en")


def test_there_is_a_recap_only_with_two_good_points() -> None:
    assert len(kept_back(_chronicle(3), "en", "The fair")[1]) == 3
    assert len(kept_back(_chronicle(2), "en", "The fair")[1]) == 2
    assert kept_back(_chronicle(1), "en", "The fair")[1] == ()


async def test_the_close_has_two_points_at_least_or_none() -> None:
    for source in (ESSAY, essay.source(essay.COFFEE)):
        written = await essay.episode_of(essay.plan_of(source, segments=5, words=1600))
        closing = [turn for turn in written[-1] if turn.speaker != "Alex"][-1].text
        if re.search(r"(?:First|Then|And last)[:,]", closing):
            assert re.search(r"First[:,].+(?:And last|And on)[ :,]", closing)


@pytest.mark.parametrize("words", [1600, 2800])
async def test_the_opening_quotes_a_line_that_does_not_come_again(words: int) -> None:
    written = await essay.episode_of(essay.plan_of(ESSAY, segments=5, words=words), parallel=True)
    opening = written[0][0]
    quoted = [s for s in SENTENCES if s in opening.text]
    assert len(quoted) == 1
    cited = [p for p in ESSAY.passages if p.number in opening.cites]
    assert any(quoted[0] in p.text for p in cited)
    assert not any(quoted[0] in turn.text for turns in written for turn in turns if turn is not opening)
    assert re.search(r"\d|only|never|because", quoted[0])


@pytest.mark.parametrize(
    "sentence",
    [
        "General guidelines for package descriptions describes common guidelines for both parts of it.",
        "A copy of the license is included in the section entitled “GNU Free Documentation License”.",
        "This page was last updated by the editors in the spring of the year.",
        "This document is outdated and nobody should follow what it says.",
        "11 A new rule begins with its target declaration in the first column.",
        "Prints on the out file descriptor the tree starting from the name element.",
        "This document may be used under the terms of the GNU General Public License.",
    ],
)
def test_what_speaks_of_the_document_itself_is_not_told(sentence: str) -> None:
    assert not is_speakable(clean(sentence), "en")


def test_words_for_the_eye_weigh_on_a_sentence() -> None:
    assert burden("Put the name of the bug into the X-Debbugs-CC field of pkg-foo_1.2.", "en")
    assert not burden("The person who did most to empty the lighthouses was a Swedish engineer.", "en")
    assert not burden("By 1788 the colony of Saint-Domingue supplied half of the world's coffee.", "en")


def test_a_stretch_full_of_field_names_is_worth_less_than_one_without() -> None:
    eye = (
        "A Build-Depends-Indep line in libFoo2 can replace the fooBar command of standards4 whenever libBar3 is older."
    )
    ear = "A maintainer of the old library can replace the slow command of many users whenever somebody is unhappy."
    ranked = rank_sentences(essay.source(f"{eye}\n\n{ear}").passages, "en")
    for_the_eye, for_the_ear = stretches_of(ranked, "en")
    assert for_the_eye.worth < 0.4 * for_the_ear.worth
