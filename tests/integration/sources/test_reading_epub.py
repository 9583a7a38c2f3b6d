"""EPUB: what becomes of a book's pages, and which books are refused."""

from __future__ import annotations

import io

import pytest
from tests.integration.sources.zipped import PROSE, epub, page, zipped

from narrowcast.errors import SourceError
from narrowcast.script.source import PassageKind, Source
from narrowcast.sources.read import read_sources


async def read(data: bytes) -> Source:
    (source,) = (await read_sources(["-"], stdin=io.BytesIO(data))).sources
    return source


async def refused(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        await read(data)
    assert caught.value.hint
    return caught.value.message


def shape(source: Source) -> list[tuple[str, ...]]:
    return [(*passage.headings, passage.text.strip()) for passage in source.passages]


def entry(title: str, href: str, inner: str = "") -> str:
    return f'<li><a href="{href}">{title}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>'


async def test_chapters_stand_in_the_order_of_the_spine_at_the_depth_of_the_contents() -> None:
    book = epub(
        {
            "two.xhtml": "<h2>2. The Hill</h2><p>Second.</p><h3>Top</h3><p>View.</p>",
            "one%20a.xhtml": '<h2 class="c">Chapter 1</h2><h2>The River</h2><p id="b">First.</p>',
            "bare.xhtml": '<p class="title">The End</p><p>Last.</p>',
        },
        contents=entry("Part One", "one%20a.xhtml", entry("Chapter 1: The River", "one%20a.xhtml"))
        + entry("The Hill", "two.xhtml")
        + entry("The End", "bare.xhtml"),
        spine='<itemref idref="p1"/><itemref idref="gone"/><itemref idref="p0"/><itemref idref="p2"/>',
        others={"OEBPS/one a.xhtml": page("<h2>Chapter 1</h2><h2>The River</h2><p>First.</p>")},
    )
    source = await read(book)
    assert (source.title, source.language, source.format) == ("The Valley", "en", "epub")
    assert shape(source) == [
        ("Part One", "Chapter 1: The River", "First."),
        ("The Hill", "Second."),
        ("The Hill", "Top", "View."),
        ("The End", "Last."),
    ]


async def test_contents_of_an_older_book_and_places_in_a_page() -> None:
    ncx = (
        '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>'
        '<navPoint><navLabel><text>Spring</text></navLabel><content src="a.html#s"/>'
        '<navPoint><navLabel><text>May</text></navLabel><content src="a.html#m"/></navPoint></navPoint>'
        "</navMap></ncx>"
    )
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        "<dc:title>Year &amp; Day</dc:title>"
        '<dc:creator opf:role="ill">Ink</dc:creator><dc:creator opf:role="aut">Ann</dc:creator>'
        "<dc:creator>Bob</dc:creator>"
        '<dc:date opf:event="modification">2020-01-01</dc:date><dc:date opf:event="publication">1999-05-01</dc:date>'
        '</metadata><manifest><item id="a" href="a.html" media-type="application/xhtml+xml"/>'
        '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        '<spine toc="n"><itemref idref="a"/></spine></package>'
    )
    body = '<p>Before.</p><div id="s"><img src="x"/><p>Rain.</p></div><p>More <a id="m"/>rain&nbsp;&mdash; ever.</p>'
    source = await read(zipped({"content.opf": opf, "toc.ncx": ncx, "a.html": page(body)}))
    assert (source.title, source.author, source.published) == ("Year & Day", "Ann, Bob", "1999-05-01")
    assert shape(source) == [("Before.",), ("Spring", "Rain."), ("Spring", "May", "More rain — ever.")]


async def test_what_nobody_reads_out_is_left_and_nothing_else() -> None:
    links = "".join(f'<li><a href="c{at}.xhtml">Chapter {at}</a></li>' for at in range(9))
    book = epub(
        {
            "cover.xhtml": "<h1>The Valley</h1>",
            "rights.xhtml": "<h1>The Valley</h1><p>Copyright © 2020 Ann. All rights reserved.</p>",
            "toc.xhtml": f"<h1>Contents</h1><ul>{links}</ul>",
            "title.xhtml": '<section epub:type="titlepage"><p>The Valley, by Ann</p></section>',
            "c1.xhtml": f'<section id="social"><h1>One</h1><div class="toc"><ul>{links}</ul></div><p>{PROSE}</p>'
            '<aside class="sidebar">In a box.</aside><p>© is a sign of copyright; ISBN a number.</p></section>',
            "long.xhtml": f"<h1>Two</h1><p>{PROSE * 80}</p>",
            "index.xhtml": '<h1>Index</h1><p>river, <a href="c1.xhtml">1</a>, <a href="c1.xhtml#a">14</a></p>',
        },
        guide='<reference type="cover" href="cover.xhtml"/><reference type="toc" href="long.xhtml"/>'
        '<reference type="index" href="c1.xhtml#x"/>',
    )
    source = await read(book)
    text = " ".join(passage.text for passage in source.passages)
    assert text.startswith("The river rose")
    assert "In a box." in text
    assert "© is a sign" in text
    assert text.count("The river rose") == 81
    assert not any(word in text for word in ("All rights", "by Ann", "Chapter 3", "14"))


@pytest.mark.parametrize(
    "marks",
    [
        '<p>It rose<a epub:type="noteref" href="#n">1</a> at night.</p>'
        '<aside epub:type="footnote" id="n"><p>By 4 m.</p></aside>',
        '<p>It rose<sup><a href="#n">1</a></sup> at night.</p>'
        '<div class="footnote" id="n"><p><a href="#r">↩</a>By 4 m.</p></div>',
        '<p>It rose <a role="doc-noteref" href="#n">[1]</a>at night.</p>'
        '<section role="doc-endnotes"><ol><li id="n"><p>By 4 m. '
        '<a role="doc-backlink" href="#r">back</a></p></li></ol></section>',
        '<p>It rose<a href="#n"><sup>*</sup></a> at night.</p><ol><li epub:type="endnote" id="n">By 4 m.</li></ol>',
    ],
)
async def test_notes_leave_their_sentences(marks: str) -> None:
    source = await read(epub({"a.xhtml": f"<h1>A</h1>{marks}<p>Then it fell.</p>"}))
    found = [(passage.kind, " ".join(passage.text.split())) for passage in source.passages]
    assert found == [(PassageKind.PROSE, "It rose at night. Then it fell."), (PassageKind.NOTE, "By 4 m.")]


async def test_a_broken_page_is_read_as_soup_and_what_leads_out_is_not_followed() -> None:
    body = '<p>One<span class="x"/> two<script src="x.js"/> three &unknown; <b>four</p><p>five'
    book = epub({"a.xhtml": body, "../../../etc/passwd": "x", "http://127.0.0.1:1/x": "y"})
    (passage,) = (await read(book)).passages
    assert "One two three" in passage.text
    assert passage.text.endswith("five")


async def test_books_that_cannot_be_read_say_why() -> None:
    def locked(method: str) -> dict[str, str | bytes]:
        return {
            "META-INF/encryption.xml": '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
            f'<enc:EncryptionMethod Algorithm="{method}"/><enc:CipherData><enc:CipherReference URI="OEBPS/a.xhtml"/>'
            "</enc:CipherData></enc:EncryptedData></encryption>"
        }

    pages = {"a.xhtml": f"<p>{PROSE}</p>"}
    assert "DRM" in await refused(epub(pages, others=locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))
    assert (await read(epub(pages, others=locked("http://www.idpf.org/2008/embedding")))).passages
    pictures = {f"{at}.xhtml": '<img src="x.jpg" alt="page"/>' for at in range(3)}
    assert "pictures" in await refused(epub(pictures))
    assert "which pages" in await refused(zipped({"META-INF/container.xml": "<container/>", "a.xhtml": "x"}))
    assert "well-formed" in await refused(zipped({"META-INF/container.xml": "<container>", "a.xhtml": "x"}))
    assert "no text" in await refused(epub({"a.xhtml": ""}))
    bomb = '<!DOCTYPE x [<!ENTITY a "ha">]><container>&a;</container>'
    assert "entities" in await refused(zipped({"META-INF/container.xml": bomb}))
