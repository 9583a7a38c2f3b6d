"""What of a page is content, and what its own structure is."""

from __future__ import annotations

from lxml import html

from narrowcast.sources.blocks import Block, BlockKind
from narrowcast.sources.from_html import content_only, read_html
from narrowcast.sources.html_blocks import page_blocks

HEADING, PROSE, TABLE, CODE = BlockKind.HEADING, BlockKind.PROSE, BlockKind.TABLE, BlockKind.CODE


def blocks(body: str) -> list[tuple[str, str]]:
    return [
        (block.kind.value, block.text) for block in page_blocks(html.document_fromstring(f"<body>{body}</body>").body)
    ]


def test_only_blocks_of_the_main_text_stay_with_the_headings_over_them() -> None:
    page = [
        Block(HEADING, "Site", level=2),
        Block(PROSE, "Buy our many fine things here today"),
        Block(HEADING, "The River", level=1),
        Block(HEADING, "Spring", level=2),
        Block(PROSE, "The river rose by four metres in one night."),
        Block(CODE, "measure --now"),
        Block(PROSE, "Nobody in the whole valley was hurt."),
        Block(HEADING, "Read more", level=2),
        Block(TABLE, "ad | ad"),
    ]
    words = "the river rose by four metres in one night nobody in the whole valley was hurt"
    assert content_only(page, words.split()) == page[2:7]


def test_lists_terms_and_tables() -> None:
    assert blocks("<ul><li><p>One</p><p>is first.</p><ul><li>inner</li></ul></li><li>two</li></ul>") == [
        ("list", "One: is first.\ninner\ntwo")
    ]
    assert blocks("<dl><dt>Mill</dt><dd>grinds</dd><dt>Weir</dt><dt>dam</dt><dd>holds</dd></dl>") == [
        ("list", "Mill: grinds\nWeir, dam: holds")
    ]
    assert blocks("<table><tr><th>a<th>b<tr><td>1<td>2</table>") == [("table", "a | b\n1 | 2")]
    assert blocks("<table><tr><td><p>laid out</p></td></tr></table>") == [("prose", "laid out")]


def test_loose_text_breaks_and_notes() -> None:
    assert blocks("loose <b>text</b><br><br>after<div>in a box</div>tail") == [
        ("prose", "loose text"), ("prose", "after"), ("prose", "in a box"), ("prose", "tail"),
    ]  # fmt: skip
    assert blocks("<p>Said<sup>[1]</sup><sup><a>2</a></sup> at 10<sup>6</sup></p>") == [("prose", "Said at 10⁶")]
    assert blocks('<div class="footnotes"><p>The note.</p></div>') == [("note", "The note.")]
    assert blocks('<h2 id="x">Part<a class="headerlink">¶</a></h2><p>Note</p><p hidden>no</p>') == [("heading", "Part")]


def test_soup_is_read_and_nothing_is_nothing() -> None:
    soup = "<p>The river <b>rose by four metres<p>and nobody <i>was hurt</b> at all</td></table><script>x"
    assert (
        " ".join(block.text for block in read_html(soup).blocks)
        == "The river rose by four metres and nobody was hurt at all"
    )
    assert read_html("").blocks == ()
    assert read_html("<html></html>").blocks == ()
