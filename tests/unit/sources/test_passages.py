"""The laws of passages: nothing lost, nothing too long, nothing across headings, numbers without gaps."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.script.source import PassageKind
from narrowcast.sources.blocks import Block, BlockKind, Document, settle
from narrowcast.sources.from_text import read_text
from narrowcast.sources.passages import ENOUGH, MOST, cut

WORD = st.text(st.sampled_from("abcdefgöäüßéABCZ"), min_size=1, max_size=12)
SENTENCE = st.lists(WORD, min_size=1, max_size=60).map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=12).map(" ".join)
BLOCK = st.one_of(
    st.builds(Block, st.just(BlockKind.HEADING), WORD, level=st.integers(1, 4)),
    st.builds(Block, st.just(BlockKind.PROSE), PARAGRAPH, page=st.integers(1, 9)),
    st.builds(Block, st.just(BlockKind.LIST), st.lists(SENTENCE, min_size=1, max_size=20).map("\n".join)),
    st.builds(Block, st.just(BlockKind.CODE), st.lists(SENTENCE, min_size=1, max_size=20).map("\n".join)),
)


@given(st.lists(BLOCK, max_size=12), st.integers(1, 50))
def test_every_word_arrives_in_order_in_passages_of_bounded_size(blocks: list[Block], first: int) -> None:
    passages = cut(blocks, source=3, first_number=first, language="en")
    said = " ".join(block.text for block in blocks if block.kind is not BlockKind.HEADING).split()
    assert " ".join(passage.text for passage in passages).split() == said
    assert all(0 < len(passage.text) <= MOST for passage in passages)
    assert [passage.number for passage in passages] == list(range(first, first + len(passages)))
    assert {passage.source for passage in passages} <= {3}


@given(st.lists(PARAGRAPH, min_size=1, max_size=8))
def test_plain_text_loses_no_word_of_its_prose(paragraphs: list[str]) -> None:
    document = settle(read_text("\n\n".join(paragraphs)))
    passages = cut(document.blocks, source=1, first_number=1, language="en")
    heard = " ".join([*(passage.text for passage in passages), *(h for p in passages for h in p.headings)])
    missing = set(" ".join(paragraphs).split()) - set(heard.split()) - set((document.title or "").split())
    assert not missing


def test_short_neighbours_are_joined_but_never_across_a_heading() -> None:
    prose = "One two three four five six seven eight nine ten. " * 3
    blocks = [
        Block(BlockKind.HEADING, "A", level=1),
        Block(BlockKind.PROSE, prose, page=1),
        Block(BlockKind.PROSE, prose, page=2),
        Block(BlockKind.HEADING, "B", level=2),
        Block(BlockKind.PROSE, prose, page=2),
        Block(BlockKind.HEADING, "C", level=1),
        Block(BlockKind.TABLE, "a | b"),
        Block(BlockKind.PROSE, prose),
    ]
    passages = cut(blocks, source=1, first_number=1, language="en")
    assert [passage.headings for passage in passages] == [("A",), ("A", "B"), ("C",), ("C",)]
    assert [passage.page for passage in passages] == [1, 2, None, None]
    assert passages[0].text == f"{prose.strip()}\n\n{prose.strip()}"
    assert passages[2].kind is PassageKind.TABLE


def test_a_long_paragraph_is_split_at_sentences_into_parts_of_like_size() -> None:
    text = " ".join(f"This is the sentence with the number {at} in it." for at in range(60))
    passages = cut([Block(BlockKind.PROSE, text)], source=1, first_number=1, language="en")
    assert all(passage.text.endswith(" in it.") for passage in passages)
    assert min(len(passage.text) for passage in passages) > ENOUGH


def test_a_very_long_paragraph_is_cut_quickly_and_whole() -> None:
    text = "Nothing here ever ends and goes on and on. " * 20_000
    passages = cut([Block(BlockKind.PROSE, text)], source=1, first_number=1, language="en")
    assert " ".join(passage.text for passage in passages).split() == text.split()


def test_the_sole_top_heading_is_the_title() -> None:
    blocks = (
        Block(BlockKind.HEADING, "The Book", level=1),
        Block(BlockKind.HEADING, "One", level=2),
        Block(BlockKind.PROSE, "Words."),
    )
    document = settle(Document("html", blocks, title="The Book – A Site"))
    assert document.title == "The Book – A Site"
    assert document.blocks == blocks[1:]
    assert settle(Document("html", (*blocks, Block(BlockKind.HEADING, "More", level=1)))).blocks[0] == blocks[0]


def test_headings_alone_are_read_as_prose() -> None:
    document = settle(Document("text", (Block(BlockKind.HEADING, "HELLO WORLD", level=2),)))
    assert [block.kind for block in document.blocks] == [BlockKind.PROSE]
    assert re.match("HELLO", document.title or "")


@pytest.mark.parametrize("glue", ["", " "])
def test_a_sentence_without_end_is_cut_all_the_same(glue: str) -> None:
    text = glue.join(f"wort{at}" for at in range(600))
    passages = cut([Block(BlockKind.PROSE, text), Block(BlockKind.CODE, text)], source=1, first_number=1, language="de")
    assert max(len(passage.text) for passage in passages) <= MOST
    assert "".join("".join(passage.text for passage in passages).split()) == "".join(text.split()) * 2
