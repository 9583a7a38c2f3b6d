"""A folder of Word, EPUB, PDF, HTML, Markdown and subtitles becomes one episode that tells of each, and rightly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.program import Program
from tests.integration.sources.conftest import build
from tests.integration.sources.zipped import docx, epub

from narrowcast.sources.read import read_sources

BEES = (
    "A study of 36 gardens in Bristol counted 108 kinds of pollen in one summer.",
    "London had 2,500 hives in 2011 and more than 7,000 in 2020, and some districts hold more than they can feed.",
    "In spring a colony grows from 10,000 bees to 50,000 within eight weeks.",
    "The keeper looks through the combs every seven days, because a queen cell takes eight days to be capped.",
    "Honey is taken when the bees have capped three quarters of a comb.",
    "Capped honey holds less than 18 per cent water, and with more than 20 per cent it ferments.",
)
NOTE = "Varroa destructor came to Europe in 1977 and to Britain in 1992."
GLASS = (
    "For centuries a window began as a bubble that was spun to a disc of a metre and a half.",
    "Crown glass was bright because its surface never touched anything while it was hot.",
    "Alastair Pilkington poured molten glass on a bath of molten tin, where it spread out to an even sheet.",
    "It took seven years and seven million pounds before the first panes could be sold.",
)
PAPER = (
    "For six hundred years European paper was made of old linen rags.",
    "Women sorted the rags by hand and left the heaps to rot for weeks.",
    "Robert built a machine in 1798 that poured pulp on an endless belt.",
    "A machine of 1830 made as much paper in a day as a man in two months.",
)
SALT = (
    "Salt pans on the coast of Brittany have been raked by hand since the ninth century.",
    "One worker looks after 60 pans and gathers about 90 tonnes in a good summer.",
    "The French gabelle made every person above eight years buy a fixed weight of salt each week.",
    "In Paris salt cost twenty times as much as in Brittany, which paid no such tax.",
)
TIDES = (
    "The moon pulls the near side of the sea harder than the far side, and two bulges run around the earth.",
    "The sun does the same with a little less than half of the moon's strength.",
    "The Bay of Fundy has a range of 16 metres, the greatest in the world.",
    "William Thomson built a machine of brass pulleys in 1872 that drew the tide of a whole year in four hours.",
)
WHEELS = (
    "The first bicycles had no pedals at all, and riders pushed themselves along with their feet.",
    "Pedals came in the 1860s, and they were fixed to the front wheel of the machine.",
    "The Rover safety bicycle of 1885 has the shape that nearly every bicycle has had since then.",
    "Within ten years a million bicycles were sold each year in the United States alone.",
)
TOLD: Mapping[str, tuple[str, ...]] = {
    "docx": (*BEES, NOTE),
    "epub": GLASS,
    "pdf": PAPER,
    "html": SALT,
    "markdown": TIDES,
    "subtitles": WHEELS,
}


def _word() -> bytes:
    def run(text: str) -> str:
        return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'

    def paragraph(text: str, style: str = "", more: str = "") -> str:
        named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{named}{run(text)}{more}</w:p>"

    rows = [("Month", "Bees in the hive"), ("March", "12,000"), ("July", "50,000")]
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{called}"/></w:style>'
        for name, called in (("T", "Title"), ("H1", "heading 1"))
    )
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = [
        paragraph("Keeping Bees in the City", "T"),
        paragraph("Why the city suits them", "H1"),
        paragraph(" ".join(BEES[:2])),
        paragraph("A year with a hive", "H1"),
        paragraph(" ".join(BEES[2:4])),
        table,
        paragraph(" ".join(BEES[4:]), more=note),
    ]
    return docx("".join(body), styles=styles, footnotes=paragraph(NOTE))


def _subtitles() -> str:
    said = [f"{'Ann' if at % 2 else 'Ben'}: {sentence}" for at, sentence in enumerate(WHEELS)]
    return "\n".join(
        f"{at}\n00:00:{6 * at:02},000 --> 00:00:{6 * at + 5:02},000\n{line}\n" for at, line in enumerate(said, 1)
    )


def _fill(folder: Path) -> None:
    folder.mkdir()
    (folder / "bees.docx").write_bytes(_word())
    pages = {
        f"{at}.xhtml": f"<h1>{title}</h1><p>{' '.join(GLASS[2 * at : 2 * at + 2])}</p>"
        for at, title in enumerate(("Blown and cut", "Floating on tin"))
    }
    entries = "".join(f'<li><a href="{name}">{name[0]}</a></li>' for name in pages)
    title = "<dc:title>Window Glass</dc:title><dc:language>en</dc:language>"
    (folder / "glass.epub").write_bytes(epub(pages, contents=entries, metadata=title))
    lines = [(72.0, 760.0 - 14 * at, 10.0, "F1", line) for at, line in enumerate(PAPER)]
    (folder / "paper.pdf").write_bytes(build([lines], fields="/Title (Paper from Rags)", catalog="/Lang (en)"))
    parts = "".join(
        f"<h2>{heading}</h2><p>{' '.join(SALT[at : at + 2])}</p>"
        for heading, at in (("From the sea", 0), ("The tax", 2))
    )
    article = f"<article><h1>The Price of Salt</h1>{parts}</article>"
    (folder / "salt.html").write_text(
        f'<!doctype html><html lang="en"><head><title>The Price of Salt</title></head><body>{article}</body></html>'
    )
    (folder / "tides.md").write_text(
        f"# Reading the tides\n\n## What pulls\n\n{' '.join(TIDES[:2])}\n\n## Where it goes\n\n{' '.join(TIDES[2:])}\n"
    )
    (folder / "wheels.srt").write_text(_subtitles())


def _plain(text: str) -> str:
    return " ".join(text.split())


async def test_a_folder_of_six_formats_is_told_of_whole_and_cited_rightly(program: Program) -> None:
    folder = program.path("reading")
    _fill(folder)
    program.run(
        *("make", str(folder), "-o", "out.mp3", "--title", "Six things", "--minutes", "5", "--segments", "6"),
        *("--llm", "none", "--tts", "espeak", "--stop-after", "script"),
    ).done()
    reading = await read_sources([str(folder)])
    assert not reading.skipped
    format_of = {passage.number: source.format for source in reading.sources for passage in source.passages}
    passages = {passage.number: _plain(passage.text) for source in reading.sources for passage in source.passages}
    assert set(format_of.values()) == set(TOLD)

    heard: dict[str, set[str]] = {name: set() for name in TOLD}
    for turn in program.turns():
        text = _plain(turn["text"])
        for name, sentences in TOLD.items():
            for sentence in (sentence for sentence in sentences if sentence in text):
                at = [number for number in turn["cites"] if sentence in passages[number]]
                assert at, f"{sentence} is not where it is cited: {turn['cites']}"
                assert {format_of[number] for number in at} == {name}
                heard[name].add(sentence)
        assert not re.search(r"\b(?:Ann|Ben):|\||\[\d", text), "names, bars and marks are for the eye"
    assert all(len(sentences) >= 2 for sentences in heard.values()), heard
    titles = [segment["title"] for segment in program.script()["segments"]]
    assert len(set(titles)) == 6, "a chapter for each document"

    notes = program.path("out.notes.md").read_text("utf-8")
    for title in (
        "Keeping Bees in the City",
        "Window Glass",
        "Paper from Rags",
        "The Price of Salt",
        "Reading the tides",
    ):
        assert re.search(rf"\[\d+\] {title}", notes), f"a citation names {title}"
