"""Plain text and Markdown into blocks; lines into paragraphs."""

from __future__ import annotations

import pytest

from narrowcast.sources.blocks import Block
from narrowcast.sources.decode import decode
from narrowcast.sources.from_markdown import front_matter, read_markdown
from narrowcast.sources.from_text import heading_level, read_text
from narrowcast.sources.joining import join_lines, vocabulary


def shape(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [(block.kind.value + (str(block.level) if block.level else ""), block.text) for block in blocks]


def test_plain_text_with_all_that_is_usual() -> None:
    text = """The Valley
Title: A Year in the Valley
Author: A. Miller

Spring
======
The river rose by four metres and the peo-
ple moved to the hills; it was a well-
known danger.

1.2 The bridge

It went in the night. What was needed:
  * timber, and
    much of it
  * nails

SUMMER

    $ build --all | tee log
    $ ls /tmp

The people well knew it; known to all.
"""
    document = read_text(text)
    assert (document.title, document.author) == ("A Year in the Valley", "A. Miller")
    assert shape(document.blocks)[1:] == [
        ("heading1", "Spring"),
        ("prose", "The river rose by four metres and the people moved to the hills; it was a well-known danger."),
        ("heading3", "1.2 The bridge"),
        ("prose", "It went in the night. What was needed:"),
        ("list", "timber, and much of it\nnails"),
        ("heading2", "SUMMER"),
        ("code", "    $ build --all | tee log\n    $ ls /tmp"),
        ("prose", "The people well knew it; known to all."),
    ]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("CHAPTER IV. The Bridge", 1),
        ("Kapitel 3", 1),
        ("2. Methods", 2),
        ("2.1.3 Cells", 4),
        ("RESULTS AND DISCUSSION", 2),
        ("He said nothing.", 0),
        ("1984", 0),
        ("and so it went", 0),
        ("日本語の文章", 0),
        ("- A POINT", 0),
    ],
)
def test_lines_that_stand_alone(line: str, level: int) -> None:
    assert heading_level(line) == level


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["an exam-", "ple"], "an example"),
        (["a well-", "known fact"], "a well-known fact"),
        (["all to-", "day"], "all today"),
        (["Haupt-", "und Nebensatz"], "Haupt- und Nebensatz"),
        (["the Franco-", "Prussian war"], "the Franco-Prussian war"),
        (["in 1939-", "45"], "in 1939- 45"),
        (["see https://example.org/a/", "page.html now"], "see https://example.org/a/page.html now"),
        (["漢字の", "文章"], "漢字の文章"),
        (["soft\u00ad", "ware co\u00adop"], "software coop"),
        (["a dash -", "and more"], "a dash - and more"),
    ],
)
def test_line_breaks_are_healed(lines: list[str], joined: str) -> None:
    known = vocabulary(["It is well known to all, as an example.", "The day is today, to be sure."])
    assert join_lines(lines, known) == joined


def test_markdown_with_front_matter() -> None:
    document = read_markdown(
        "---\ntitle: 'On Rivers'\nauthor: [A. Miller, B. Smith]\ndate: 2024-05-06T10:00\nlang: de\n---\n"
        "Intro with [a link](http://x.example), `code` and ![a picture](p.png).\n\n## Part\n\n"
        "1. one\n   - inner\n2. two\n\n   more of two\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n"
        "```sh\nls -l\n```\n\n<div>html &amp; text</div>\n"
    )
    assert (document.title, document.author, document.published) == ("On Rivers", "A. Miller, B. Smith", "2024-05-06")
    assert document.language == "de"
    assert shape(document.blocks) == [
        ("prose", "Intro with a link, code and ."),
        ("heading2", "Part"),
        ("list", "one\ninner\ntwo more of two"),
        ("prose", "quoted"),
        ("table", "a | b\n1 | 2"),
        ("code", "ls -l"),
        ("prose", "html & text"),
    ]


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    text = "---\n\nJust words.\n\n---\n"
    assert front_matter(text) == ({}, text)


def test_control_characters_go_and_line_ends_are_one_kind() -> None:
    assert decode(b"a\r\nb\rc\x0cd\x08e\xef\xbb\xbf", "x") == "a\nb\nc\n\nde"
