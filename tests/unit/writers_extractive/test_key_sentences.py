"""Ranking, filters and the digest."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowcast.script.source import Passage, Source
from narrowcast.writers.extractive.sections import partition, title_of
from narrowcast.writers.extractive.speakable import clean, is_speakable, standalone
from narrowcast.writers.key_sentences import is_boilerplate, rank_sentences, section_digest

_spec = importlib.util.spec_from_file_location("essay", Path(__file__).with_name("essay.py"))
assert _spec
assert _spec.loader
essay = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(essay)
COFFEE = essay.source(essay.COFFEE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Figure 3: A map of the trade that was drawn in Cairo.",
        "The rules are explained in section 4.2 of the manual.",
        "Click here to subscribe to our newsletter, which is free.",
        "Smith, J. was the first who described the plant in 1901.",
        "As shown below, the price is still going up every year.",
        "Run it with the --force option when the build is broken.",
        "Introduction .......... 7 and Background .......... 12 are here.",
        "THIS OFFER IS VALID UNTIL THE LAST DAY OF MARCH ONLY.",
        "the beginning of a line that was cut off is missing here.",
        "The sentence has no end and it goes on to the",
        'The quote "was opened and it was never closed by anyone.',
        "Visit www.example.org if you have any further questions about it.",
        "A fine house by the river with a garden.",
        "Home » Products » Coffee and tea that you will like.",
        "What is the price that everybody has to pay for this?",
        "The file /etc/passwd is read by every program on the machine.",
        "1 2 3 4 5 6 7 8 9 is what was printed.",
    ],
)
def test_what_is_for_the_eye_is_not_spoken(sentence: str) -> None:
    assert not is_speakable(clean(sentence), "en")


@pytest.mark.parametrize(
    "sentence",
    [
        "The tower is 77 metres high and was rebuilt in 1543.",
        "A cup costs $3.50 in Rome, but twice as much in Oslo.",
        "He said that “the water will never reach the sill” and went to bed.",
        "Researchers found that sleep loss doubles the risk (by 104 percent).",
    ],
)
def test_prose_is_spoken(sentence: str) -> None:
    assert is_speakable(clean(sentence), "en")


@pytest.mark.parametrize(
    ("raw", "washed"),
    [
        ("Arabica is a hybrid [3] that is old.[12]", "Arabica is a hybrid that is old."),
        ("The plant was found in Yemen (Hattox, 1985) first.", "The plant was found in Yemen first."),
        ("It works (see Figure 2) **very** well.¶", "It works very well."),
        ("Read [the manual](https://x.org/a) first.", "Read the manual first."),
        ("The soft\u00adware is\x00 \u202efine\u202c.", "The software is fine."),
        ("The price rose by 3.5 percent (about $12).", "The price rose by 3.5 percent (about $12)."),
    ],
)
def test_washing_keeps_the_words(raw: str, washed: str) -> None:
    assert clean(raw) == washed


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [
        ("This was the end of the trade.", False),
        ("It destroyed the plantations.", False),
        ("For example, a cup costs three dollars.", False),
        ("In these cases the price falls.", False),
        ("It is important to know the price.", True),
        ("This guide explains how coffee is made.", True),
        ("There are two kinds of packages.", True),
        ("Farmers receive a small part.", True),
    ],
)
def test_what_stands_alone(sentence: str, alone: bool) -> None:
    assert standalone(sentence, "en") is alone


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("3.2.1 Uploading a package¶", "Uploading a package"),
        ("Chapter 4 - The Storm", "The Storm"),
        ("Appendix B: Tools", "Tools"),
        ("src/main/app.py", ""),
        ("VII. The return", "The return"),
        ("12", ""),
        ("THE LONG WAY HOME", "The long way home"),
        ("1984", ""),
        ("Chapters of my life", "Chapters of my life"),
    ],
)
def test_headings_become_titles(heading: str, title: str) -> None:
    assert title_of(heading) == title


def test_order_and_adjacency() -> None:
    ranked = rank_sentences(COFFEE.passages, "en")
    positions = [s.position for s in ranked]
    assert positions == sorted(positions)
    assert len(set(positions)) == len(positions)
    assert all(s.score > 0 for s in ranked)


def test_a_refrain_is_not_a_sentence_of_the_text() -> None:
    text = "The newsletter is sent to you every week. Coffee is a drink that keeps people awake."
    passages = [Passage(number=n, source=1, text=text.replace("awake", f"awake in {n} ways")) for n in range(1, 5)]
    said = [s.text for s in rank_sentences(passages, "en")]
    assert len(said) == 4
    assert not any("newsletter" in text for text in said)


@pytest.mark.parametrize("budget", [300, 1_000, 4_000, 20_000])
@pytest.mark.parametrize("sections", [3, 40, 400])
def test_the_digest_holds_its_budget_and_spans_the_book(budget: int, sections: int) -> None:
    passages = tuple(
        Passage(
            number=n, source=1, headings=(f"Part {n // 20}", f"On matter {n}"),
            text=f"Matter {n} was settled by {n + 3} judges in the town of Veld. "
            f"The verdict on item {n} is known to all.",
        )
        for n in range(1, sections + 1)
    )  # fmt: skip
    digest = section_digest([_source(passages)], "en", budget)
    cost = sum(len(d.headings[-1]) + 8 + sum(len(text) + 8 for _, text in d.sentences) for d in digest)
    assert cost <= budget
    assert abs(sum(d.weight for d in digest) - 1) < 1e-6
    chosen = [number for d in digest for number, _ in d.sentences]
    assert chosen == sorted(chosen)
    if budget >= 1_000:
        assert min(chosen) <= sections / 3 < 2 * sections / 3 <= max(chosen)


def test_boilerplate_has_no_weight() -> None:
    assert is_boilerplate(("7. References",))
    assert is_boilerplate(("Appendix", "Copyright notice"))
    assert not is_boilerplate(("Index funds and how they work",))
    assert all("References" not in d.headings for d in section_digest([COFFEE], "en", 4_000))


def _source(passages: tuple[Passage, ...]) -> Source:
    return Source(number=1, title="T", origin="t", format="text", language="en", passages=passages)


@given(st.integers(1, 60), st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_partition_is_contiguous_complete_and_as_many_as_asked(sentences: int, groups: int) -> None:
    words = ("river", "mill", "bridge", "barn", "orchard")
    text = " ".join(f"The {words[n % 5]} number {n} was built in {1500 + n} by the monks." for n in range(sentences))
    ranked = rank_sentences([Passage(number=1, source=1, text=text)], "en")
    slices = partition(ranked, groups)
    assert len(slices) == min(groups, len(ranked))
    assert [start for start, _ in slices] == [0, *(end for _, end in slices[:-1])]
    assert slices[-1][1] == len(ranked)
    assert all(end > start for start, end in slices)


@given(st.text(max_size=2_000))
@settings(max_examples=60, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    for sentence in rank_sentences([Passage(number=1, source=1, text=text or "x")], "en"):
        assert sentence.text.isprintable()
        assert sentence.words <= 45


def test_who_speaks_in_subtitles_is_not_part_of_what_is_said() -> None:
    said = "Ann Lee: The first bicycles had no pedals at all.\n\nBen: In 1861 pedals came to the front wheel."
    spoken = Passage(number=1, source=1, text=said, start_ms=0)
    assert [sentence.text for sentence in rank_sentences([spoken], "en")] == [
        "The first bicycles had no pedals at all.",
        "In 1861 pedals came to the front wheel.",
    ]
