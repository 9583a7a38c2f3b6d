"""Each door that takes files from people: the real files that a case starts from, and how it is read."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.integration.sources.conftest import build

from narrowcast.profiles.catalogue import find_episode_profile, find_speaker_profile
from narrowcast.script.script_file import parse_script
from narrowcast.sources.read import read_sources
from narrowcast.sources.youtube.answers import page_date, page_key, read_player

ROOT = Path(__file__).resolve().parents[2]
PROSE = "The river rose by four metres in 1998, and the people of the valley moved to the hills for a while. "
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Reader:
    """`seeds` makes the files, `words` names the tokens put into them, `read` raises `InputError` or nothing."""

    seeds: Callable[[], Sequence[bytes]]
    words: str
    read: Callable[[bytes], object]


def _source(data: bytes) -> object:
    return asyncio.run(read_sources(["-"], stdin=io.BytesIO(data)))


def _script(data: bytes) -> object:
    return parse_script(data.decode("utf-8", errors="replace"), "x.script.json")


def _profile(find: Callable[[str], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(data)
            file.flush()
            return find(file.name)

    return read


def _files(*names: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [(ROOT / name).read_bytes()[:20_000] for name in names]


def _pdfs() -> Sequence[bytes]:
    from PIL import Image

    runs = [(72.0, 760.0 - 14 * at, 10.0 + at % 3, f"F{1 + at % 3}", f"{PROSE[:60]} ({at})") for at in range(30)]
    picture = io.BytesIO()
    Image.new("L", (40, 60), 200).save(picture, "PDF")
    books = build([runs, runs, runs[:5]], outline=[("One", 0), ("Two", 1)], fields="/Title (The river) /Author (Ann)")
    return [books, build([runs[:4]], catalog="/Lang (de)"), picture.getvalue()]


def _zip(members: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)  # no date: a case is always the same
    return out.getvalue()


def _docx() -> Sequence[bytes]:
    def run(text: str) -> str:
        return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'

    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    row = f"<w:tr><w:tc><w:p>{run('Year')}</w:p></w:tc><w:tc><w:p>{run('Height')}</w:p></w:tc></w:tr>"
    heading = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{}</w:p>'
    items = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="1"/></w:numPr></w:pPr>{run("an item")}</w:p>'
        for at in (0, 1, 0)
    )
    body = f"{heading.format(run('The flood'))}<w:p>{run(PROSE)}{note}</w:p>{items}<w:tbl>{row}{row}</w:tbl>"
    footnote = f'<w:footnote w:id="2"><w:p>{run("A note.")}</w:p></w:footnote>'
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = {"/word/document.xml": "document.main", "/word/styles.xml": "styles", "/word/footnotes.xml": "footnotes"}
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kinds}.{kind}+xml"/>' for name, kind in parts.items()
    )
    types = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    main = f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
    inner = "".join(
        f'<Relationship Id="r{at}" Type="{_R}/{kind}" Target="{kind}.xml"/>'
        for at, kind in enumerate(("styles", "footnotes", "numbering"))
    )
    style = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    core = '<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">The river</dc:title>'
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>'
    numbers = f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
    numbers += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    links = f'xmlns="{package}/relationships"'
    properties = f'xmlns:cp="{package}/metadata/core-properties"'
    return [
        _zip(
            {
                "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{types}{overrides}</Types>',
                "_rels/.rels": f"<Relationships {links}>{main}</Relationships>",
                "word/_rels/document.xml.rels": f"<Relationships {links}>{inner}</Relationships>",
                "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
                "word/styles.xml": f"<w:styles {_W}>{style}</w:styles>",
                "word/numbering.xml": f"<w:numbering {_W}>{numbers}</w:numbering>",
                "word/footnotes.xml": f"<w:footnotes {_W}>{footnote}</w:footnotes>",
                "docProps/core.xml": f"<cp:coreProperties {properties}>{core}</cp:coreProperties>",
            }
        )
    ]


def _epub() -> Sequence[bytes]:
    chapter = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        "<head><title>{0}</title></head>"
        '<body><h1 id="a">{0}</h1><p>{1}<a epub:type="noteref" href="#n1">1</a></p><ul><li>one</li><li>two</li></ul>'
        "<table><tr><td>a</td><td>b</td></tr></table>"
        '<aside epub:type="footnote" id="n1"><p>A note.</p></aside></body></html>'
    )
    urn = "urn:oasis:names:tc:opendocument:xmlns:container"
    container = '<rootfiles><rootfile full-path="OPS/b.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    metadata = "<dc:title>The river</dc:title><dc:language>en</dc:language><dc:creator>Ann</dc:creator>"
    items = "".join(f'<item id="c{at}" href="c{at}.xhtml" media-type="application/xhtml+xml"/>' for at in (1, 2))
    nav = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    ncx = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    points = "".join(
        f'<navPoint id="p{at}"><navLabel><text>Part {at}</text></navLabel><content src="c{at}.xhtml#a"/></navPoint>'
        for at in (1, 2)
    )
    entries = "".join(f'<li><a href="c{at}.xhtml#a">Part {at}</a></li>' for at in (1, 2))
    toc = f'<nav epub:type="toc" xmlns:epub="http://www.idpf.org/2007/ops"><ol>{entries}</ol></nav>'
    return [
        _zip(
            {
                "mimetype": "application/epub+zip",
                "META-INF/container.xml": f'<container xmlns="{urn}">{container}</container>',
                "OPS/b.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
                f'xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
                f"<manifest>{items}{nav}{ncx}</manifest>"
                '<spine toc="ncx"><itemref idref="c1"/><itemref idref="c2"/></spine></package>',
                "OPS/c1.xhtml": chapter.format("The flood", PROSE * 3),
                "OPS/c2.xhtml": chapter.format("The dam", PROSE * 5),
                "OPS/nav.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{toc}</body></html>',
                "OPS/toc.ncx": f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>',
            }
        )
    ]


def _subtitles() -> Sequence[bytes]:
    lines = [
        f"{at}\n00:00:{at:02},000 --> 00:00:{at:02},900\n- ANN: {PROSE[:40]}\n(sighs) {at} & more\n"
        for at in range(1, 40)
    ]
    tags = [
        f"00:{at:02}.000 --> 00:{at:02}.900 line:0\n<v Ann>the<00:{at:02}.300><c> river</c> rose\n"
        for at in range(1, 40)
    ]
    head = "WEBVTT - Talk\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nNOTE a\n\n"
    return ["\n".join(lines).encode(), (head + "\n".join(tags)).encode()]


def _scripts() -> Sequence[bytes]:
    turns = [{"id": f"t{at}", "speaker": "Ann", "text": PROSE, "cites": [at]} for at in range(4)]
    script = {
        "title": "The river",
        "language": "en",
        "speakers": [{"name": "Ann"}, {"name": "Bob"}],
        "segments": [{"title": "One", "turns": turns}],
    }
    return [json.dumps(script, indent=1).encode()]


def _profiles(kind: str) -> Callable[[], Sequence[bytes]]:
    def seeds() -> Sequence[bytes]:
        whole = json.loads((ROOT / "src/narrowcast/profiles/shipped" / f"{kind}.json").read_text("utf-8"))
        return [json.dumps({"profiles": dict([pair])}).encode() for pair in list(whole["profiles"].items())[:3]]

    return seeds


def _player(data: bytes) -> object:
    video = read_player(data, "https://youtu.be/x", "https://www.youtube.com", "de")
    return video, page_key(data.decode("latin-1")), page_date(data.decode("latin-1"))


def _players() -> Sequence[bytes]:
    tracks = [
        {"baseUrl": f"/api/timedtext?v=x&lang={code}&fmt=srv3", "languageCode": code, "kind": kind}
        for code, kind in (("en", "asr"), ("de", ""))
    ]
    details = {"title": "A river", "author": "Ann", "shortDescription": "0:00 One\n0:30 Two\n1:00:00 Three\n"}
    captions = {"playerCaptionsTracklistRenderer": {"captionTracks": tracks}}
    fine = {"playabilityStatus": {"status": "OK"}, "captions": captions, "videoDetails": details}
    refused = {"playabilityStatus": {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm your age"}}
    return [json.dumps(fine).encode(), json.dumps(refused).encode()]


READERS: Mapping[str, Reader] = {
    "text": Reader(_files("examples/the-metre.txt"), "text", _source),
    "markdown": Reader(
        _files("examples/lighthouses.md", "tests/acceptance/canal.md", "README.md"), "markdown", _source
    ),
    "html": Reader(_files("examples/night-trains.html"), "html", _source),
    "pdf": Reader(_pdfs, "pdf", _source),
    "docx": Reader(_docx, "xml", _source),
    "epub": Reader(_epub, "xml", _source),
    "subtitles": Reader(_subtitles, "subtitles", _source),
    "youtube": Reader(_players, "json", _player),
    "script": Reader(_scripts, "json", _script),
    "episode-profile": Reader(_profiles("episodes"), "json", _profile(find_episode_profile)),
    "speaker-profile": Reader(_profiles("speakers"), "json", _profile(find_speaker_profile)),
}


def _sleep() -> bool:
    time.sleep(60)
    return True


def _spin() -> bool:
    end = time.process_time() + 1
    while time.process_time() < end:
        pass
    return True


def _seed() -> Sequence[bytes]:
    return [b"seed"]


FAULTY: Mapping[str, Reader] = {
    "raises": Reader(_seed, "text", lambda data: data == b"seed" or int(b"no number")),
    "dies": Reader(_seed, "text", lambda data: data == b"seed" or os._exit(7)),
    "grows": Reader(_seed, "text", lambda data: data == b"seed" or len(b"x" * 300_000_000)),
    "sleeps": Reader(_seed, "text", lambda data: data == b"seed" or _sleep()),
    "spins": Reader(_seed, "text", lambda data: data == b"seed" or _spin()),
}
"""Readers with every fault that is looked for, to see that it is found."""


def reader_of(case: str) -> Reader:
    """The reader of a case `READER:SEED:NUMBER`."""
    name = case.partition(":")[0]
    return READERS.get(name) or FAULTY[name]


@cache
def seeds_of(name: str) -> Sequence[bytes]:
    """The files that the cases of a reader start from."""
    return reader_of(name).seeds()
