"""Word documents: what becomes of their parts, and which are refused."""

from __future__ import annotations

import io

import pytest
from tests.integration.sources.zipped import docx, zipped

from narrowcast.errors import SourceError
from narrowcast.script.source import PassageKind, Source
from narrowcast.sources.read import read_sources

STYLES = (
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Eigen"><w:name w:val="Mein Stil"/><w:basedOn w:val="U2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="U2"><w:name w:val="Abschnitt"/><w:pPr>'
    '<w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="V1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Punkt"><w:name w:val="List Bullet"/><w:pPr>'
    '<w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Kreis"><w:name w:val="x"/><w:basedOn w:val="Kreis"/></w:style>'
)


def p(text: str, style: str = "", more: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>{more}</w:p>"


async def read(data: bytes) -> Source:
    (source,) = (await read_sources(["-"], stdin=io.BytesIO(data))).sources
    return source


async def refused(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        await read(data)
    assert caught.value.hint
    return caught.value.message


def found(source: Source) -> list[tuple[str, str]]:
    return [(passage.kind.value, passage.text) for passage in source.passages]


async def test_headings_by_style_in_any_language_and_the_title_set_as_one() -> None:
    body = (
        p("Der Bericht", "Titel") + p("Fluss .... 3", "V1") + p("Fluss", "berschrift1") + p("Er stieg.")
        + p("Nacht", "Eigen") + p("Um vier Meter.", "Kreis")
        + "<w:p><w:pPr><w:outlineLvl w:val='0'/></w:pPr><w:r><w:t>Tal</w:t></w:r></w:p>" + p("Es blieb.", "fehlt")
    )  # fmt: skip
    core = (
        "<c:x xmlns:c='c' xmlns:dc='d' xmlns:t='t'><dc:title>Dokument1</dc:title><dc:creator>Ann</dc:creator>"
        "<t:created>2024-03-01T08:00:00Z</t:created><dc:language>de-DE</dc:language></c:x>"
    )
    source = await read(docx(body, styles=STYLES, others={"docProps/core.xml": core}))
    assert (source.title, source.author, source.published, source.language) == (
        "Der Bericht",
        "Ann",
        "2024-03-01",
        "de",
    )
    assert source.format == "docx"
    assert [(*passage.headings, passage.text) for passage in source.passages] == [
        ("Fluss", "Er stieg."), ("Fluss", "Nacht", "Um vier Meter."), ("Tal", "Es blieb."),
    ]  # fmt: skip


async def test_deletions_comments_and_hidden_words_go_and_insertions_stay() -> None:
    body = (
        "<w:p><w:r><w:t>It rose by </w:t></w:r><w:del><w:r><w:delText>three</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>four</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t> secret</w:t></w:r>"
        "<w:r><w:commentReference w:id='0'/></w:r><w:r><w:t> metres</w:t><w:noBreakHyphen/><w:t>high</w:t>"
        "<w:br w:type='page'/>"
        "<w:t>at</w:t><w:cr/><w:t>night, </w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGEREF x</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
        "<w:fldSimple w:instr='SEQ'><w:r><w:t>Figure 1</w:t></w:r></w:fldSimple>"
        "<w:hyperlink r:id='gone'><w:r><w:t> here</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        "<w:p><w:r><w:t>Click to enter</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>Kept.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    comments = "<w:comments xmlns:w='w'><w:comment><w:p/></w:comment></w:comments>"
    source = await read(docx(body, others={"word/comments.xml": comments}))
    assert found(source) == [("prose", "It rose by four metres-high at night, Figure 1 here.\n\nKept.")]


async def test_notes_stand_behind_their_section_and_not_in_the_sentence() -> None:
    body = (
        p("One", "berschrift1")
        + p("It rose", "", "<w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:endnoteReference w:id='2'/></w:r>"
            "<w:r><w:footnoteReference w:id='99'/></w:r><w:r><w:t> at night.</w:t></w:r>")
        + p("Then it fell.") + p("Two", "berschrift1") + p("Silence.")
    )  # fmt: skip
    source = await read(docx(body, styles=STYLES, footnotes=p("By 4 m."), endnotes=p("By day too.")))
    assert [(passage.kind, passage.headings, passage.text) for passage in source.passages] == [
        (PassageKind.PROSE, ("One",), "It rose at night.\n\nThen it fell."),
        (PassageKind.NOTE, ("One",), "By day too.\nBy 4 m."),
        (PassageKind.PROSE, ("Two",), "Silence."),
    ]


async def test_tables_lists_text_boxes_formulas_and_raised_figures() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    box = f"<w:txbxContent>{p('In a box.')}</w:txbxContent>"
    body = (
        "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>" + cell("Year") + cell("Heights", "<w:gridSpan w:val='2'/>")
        + "</w:tr>"
        "<w:tr>" + cell("1910", "<w:vMerge w:val='restart'/>") + cell("4 m") + cell("5 m") + "</w:tr>"
        "<w:tr>" + cell("", "<w:vMerge/>") + cell("6 m") + cell("7 m") + "</w:tr>"
        "<w:tr><w:trPr><w:del/></w:trPr>" + cell("gone") + cell("x") + cell("y") + "</w:tr></w:tbl>"
        + p("first", "Punkt") + p("second", "Punkt")
        + "<w:p><w:r><mc:AlternateContent><mc:Choice>"
        "<w:drawing><a:x>" + box + "</a:x></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:shape><v:textbox>" + box + "</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
        "</w:r><w:r><w:t>At 10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>6</w:t></w:r>"
        "<m:oMath><m:r><m:t> x=2</m:t></m:r></m:oMath><w:r><w:drawing><a:blip r:embed='rId9'/></w:drawing></w:r></w:p>"
    )  # fmt: skip
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    source = await read(docx(body, styles=STYLES, numbering=numbering))
    assert found(source) == [
        ("table", "Year | Heights\n1910 | 4 m | 5 m\n1910 | 6 m | 7 m"),
        ("list", "first\nsecond"),
        ("prose", "At 10⁶ x=2\n\nIn a box."),
    ]


async def test_documents_that_cannot_be_read_say_why() -> None:
    laughs = '<!DOCTYPE a [<!ENTITY a "ha">]><w:document xmlns:w="w"><w:body>&a;</w:body></w:document>'
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": laughs}
    assert "entities" in await refused(zipped(parts))
    assert "main part is missing" in await refused(
        zipped({"[Content_Types].xml": "<Types/>", "word/other.xml": "<a/>"})
    )
    assert "do not fit" in await refused(zipped({**parts, "word/document.xml": "<document/>"}))
    assert "more than can be read" in await refused(zipped({**parts, "word/document.xml": " " * 13_000_000}))
    assert "150,000 paragraphs" in await refused(docx("<w:p/>" * 150_000))
    lists = '<w:abstractNum w:abstractNumId="{0}"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    assert "and lists" in await refused(docx(p("x"), numbering="".join(map(lists.format, range(50_001)))))
    assert "no text" in await refused(docx(""))
    assert "do not fit" in await refused(docx("<w:tbl><w:tr><w:tc>" * 70 + p("x") + "</w:tc></w:tr></w:tbl>" * 70))


async def test_an_item_deeper_than_its_list_goes_stays_an_item() -> None:
    def item(text: str, depth: int) -> str:
        place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>'
        return f"<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    levels = "".join(f'<w:lvl w:ilvl="{at}"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>' for at in (0, 1))
    numbering = (
        f'<w:abstractNum w:abstractNumId="0"><w:nsid w:val="1"/>{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = item("first", 0) + item("within", 1) + item("deeper", 3) + item("last", 0)
    assert found(await read(docx(body, numbering=numbering))) == [("list", "first\nwithin\ndeeper\nlast")]


async def test_a_rule_broken_here_and_there_costs_nothing() -> None:
    body = p("One.") + "<w:p><w:r><w:sym w:font='x' w:char='zz'/><w:t>Two.</w:t></w:r></w:p><x:y xmlns:x='x'/>"
    assert found(await read(docx(body))) == [("prose", "One.\n\nTwo.")]
