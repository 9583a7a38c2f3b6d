"""Documents of more than is read are refused at once, by what there is too much of; large ones within are read."""

from __future__ import annotations

import io
import time
import tracemalloc
from pathlib import Path

import pytest

from narrowcast.errors import SourceError
from narrowcast.script.source import Passage
from narrowcast.sources.blocks import Block, BlockKind
from narrowcast.sources.bounds import check_page
from narrowcast.sources.from_html import read_html
from narrowcast.sources.from_markdown import read_markdown
from narrowcast.sources.passages import LONGEST_HEADING, cut
from narrowcast.sources.read import read_sources
from narrowcast.sources.retrieval.postings import postings

PROSE = "The river rose by four metres, and the people of the valley moved to the hills for a while. "
MARKDOWN = "# T\n\n- a\n\n"
PAGE = "<!DOCTYPE html><html><head><title>T</title></head><body>"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PROSE * 140_000, "MB of text; at most 12 MB"),
        (PAGE + "<p>" + PROSE * 140_000, "MB of text; at most 12 MB"),
        ("a\n" * 300_002, "300,000 lines"),
        (PAGE + "<p>a</p>" * 100_001, "200,000 tags"),
        (PAGE + "<p " + " ".join(f"a{at}" for at in range(1_002)) + ">", "1,000 attributes in one tag"),
        (PAGE + "<p " + " ".join(f"a{at}='b c'" for at in range(1_002)) + ">", "1,000 attributes in one tag"),
        (PAGE + "<p a b c d e f g>" * 45_000, "300,000 attributes"),
        (MARKDOWN + "a\n\n" * 100_001, "200,000 lines"),
        (MARKDOWN + "[a" * 200_001, "200,000 links"),
        (MARKDOWN + "*a " * 1_000_001, "1,000,000 marks"),
        (MARKDOWN + "a|b|c\n-|-|-\n" + "a|b|c\n" * 60_000, "100,000 table cells"),
        (MARKDOWN + "a|\n-|\n" + "a\n" * 30_000, "rows in one table"),
        (MARKDOWN + ("> " * 20 + "a\n\n") * 8_000, "300,000 blocks"),
        (MARKDOWN + "- " * 10_000 + "a\n\n" + PROSE, "96 levels"),
        (MARKDOWN + "> " * 10_000 + "a\n\n" + PROSE, "96 levels"),
    ],
)
async def test_too_much_is_named(text: str, says: str) -> None:
    started = time.process_time()
    with pytest.raises(SourceError, match=says) as caught:
        await read_sources(["-"], stdin=io.BytesIO(text.encode()))
    assert time.process_time() - started < 5
    assert caught.value.message.startswith("Standard input")
    assert caught.value.hint


async def test_one_episode_is_made_from_so_much(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("narrowcast.sources.read.MAX_EPISODE_TEXT", 10_000)
    for at in range(3):
        (tmp_path / f"{at}.txt").write_text(f"{at}. {PROSE * 50}")
    assert len((await read_sources([str(tmp_path / "0.txt"), str(tmp_path / "1.txt")])).sources) == 2
    with pytest.raises(SourceError, match="one episode is made from at most"):
        await read_sources([str(tmp_path)])


def test_values_of_attributes_do_not_count() -> None:
    image = "data:image/png;base64," + "QUJD/+=" * 40_000
    style = "; ".join(f"a{at}: b c" for at in range(2_000))
    check_page(f"{PAGE}<img src='{image}' alt=\"a > b\"><p style=\"{style}\" class = 'x y'>a < b</p>" * 3, "x")


def test_a_deep_page_gives_no_traceback() -> None:
    document = read_html(PAGE + "<div>" * 10_000 + "a" + "</div>" * 10_000)
    assert document.format == "html"
    document = read_html(PAGE + f"<p>{PROSE * 3}</p>" + "<ul><li>a" * 5_000)
    assert any("four metres" in block.text for block in document.blocks)


def test_lists_as_deep_as_people_write_them_are_read_whole() -> None:
    nested = "".join("  " * depth + f"- level {depth}\n" for depth in range(30))
    document = read_markdown(f"{nested}\nThe end.\n")
    assert "level 29" in document.blocks[0].text
    assert document.blocks[-1].text == "The end."


def test_a_paragraph_longer_than_any_keeps_its_words_and_marks_go() -> None:
    text = "one *two* [three](https://example.org) \\*four\\* " * 3_000
    started = time.process_time()
    (block,) = read_markdown(text).blocks
    assert time.process_time() - started < 5
    assert block.text.split() == ["one", "two", "three", "*four*"] * 3_000


def test_an_item_of_many_paragraphs_costs_no_more_than_they_do() -> None:
    started = time.process_time()
    (block,) = read_markdown("- a\n\n" + ("  " + "word " * 40 + "\n\n") * 10_000).blocks
    assert time.process_time() - started < 1.5
    assert block.text.count("word") == 400_000


def test_a_comment_without_end_in_markdown() -> None:
    started = time.process_time()
    read_markdown("<div>\n" + "<!-- <" * 50_000)
    assert time.process_time() - started < 1
    (block,) = read_markdown("<div>a <!-- b --> c <!-- d</div>").blocks
    assert (block.kind, block.text.split()[:2]) == (BlockKind.PROSE, ["a", "c"])


def test_no_heading_is_repeated_without_bound() -> None:
    blocks = [Block(BlockKind.HEADING, "Heading " * 100_000, level=1), Block(BlockKind.PROSE, PROSE)]
    (passage,) = cut(blocks, source=1, first_number=1, language="en")
    assert len(passage.headings[0]) <= LONGEST_HEADING


def test_an_index_takes_a_few_times_the_memory_of_its_text() -> None:
    words = [f"w{at * 7919 % 5_003:x}" for at in range(200_000)]
    texts = [" ".join(words[at : at + 100]) for at in range(0, len(words), 100)]
    passages = [Passage(number=at + 1, source=1, text=text) for at, text in enumerate(texts)]
    postings(passages[:10], "en")  # what it imports is no part of it
    tracemalloc.start()
    postings(passages, "en")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 11 * sum(map(len, texts))
