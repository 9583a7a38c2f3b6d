"""Real files, changed by chance: the same case always gives the same bytes."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 300_000
"""A mutated file is cut off here; what large files cost is another test's question."""

_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65536",
    b"2147483647",
    b"4294967296",
    b"99999999999999999999",
    b"1e308",
    b"NaN",
)
_TOKENS: dict[str, tuple[bytes, ...]] = {
    "text": (b"\n\n", b"- ", b"\xff\xfe", b"\0", b"\xe2\x80\xa8", b"=====\n", b"1. ", b"    $ ", b"Title: "),
    "markdown": (
        b"# ",
        b"```\n",
        b"> ",
        b"- ",
        b"|a|b|\n|-|-|\n",
        b"[a](",
        b"![",
        b"<div>",
        b"&#0;",
        b"\\",
        b"***",
        b"[^1]",
    ),
    "html": (
        b"<div>",
        b"</div>",
        b"<table><tr><td>",
        b"<p ",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<script>",
        b"</body>",
        b"&#x0;",
        b"&#xD800;",
        b"<pre>",
        b"<li>",
        b"<h1>",
        b"<svg><title>",
        b"<template>",
        b"<meta charset=utf-16>",
        b"\0",
        b"<math>",
        b'<base href="//[">',
        b"<title>",
        b"<noscript>",
        b"<select><option>",
        b"<a href='http://[::'>",
        b"<time datetime=9999999>",
    ),
    "xml": (
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"<![CDATA[",
        b"]]>",
        b"</",
        b"xmlns:w=''",
        b'encoding="utf-7"',
        b"<?xml ?>",
        b'href="../../../../etc/passwd"',
        b'href="%00"',
        b"&#xFFFF;",
        b"<w:tbl>",
        b"<w:p>",
        b"<p>",
        b"<spine/>",
        b'idref="none"',
        b'Target="file:///etc/passwd"',
        b"<w:footnoteReference w:id='0'/>",
        b"<h1>",
        b"<table>",
    ),
    "pdf": (
        b" 0 R",
        b"<<",
        b">>",
        b"[",
        b"]",
        b"(",
        b")",
        b"/Kids",
        b"/Count ",
        b"/Length ",
        b"/MediaBox [0 0 0 0]",
        b"/Parent 2 0 R",
        b"stream\n",
        b"endstream",
        b"endobj",
        b"BT ",
        b" ET",
        b" Tj",
        b"BI ID EI",
        b"/Filter /FlateDecode",
        b"/Rotate 90",
        b"/Type /Catalog",
        b"trailer",
        b"startxref\n0",
        b"/Prev 0",
        b"/Encrypt ",
        b"/ToUnicode ",
        b" Tm",
        b" Tf",
    ),
    "subtitles": (
        b"00:00:01,000 --> 00:00:02,000\n",
        b"-->",
        b"WEBVTT\n\n",
        b"NOTE ",
        b"STYLE\n",
        b"<v Ann>",
        b"<c>",
        b"<00:00:01.000>",
        b"{\\an8}",
        b"[",
        b"]",
        b">> ",
        b"- ",
        b"ANN: ",
        b"\xe2\x99\xaa",
        b"&amp;",
        b"99:99:99,999",
        b"<rt>",
        b"(",
        b"\n\n",
    ),
    "json": (
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"null",
        b"true",
        b"\\u0000",
        b"\\ud800",
        b":",
        b",",
        b'"text"',
        b'"speaker"',
        b'"cites"',
        b"-0",
        b"1e999",
        b'"":',
        b"[[[[[[[[",
        b"{}",
        b"''",
    ),
}
Step = Callable[[bytes, Random], bytes]


def mutate(seeds: Sequence[bytes], words: str, case: str) -> bytes:
    """One of the seeds after a few changes. `words` names the tokens that are put in, `case` decides everything."""
    random = Random(case)  # noqa: S311 - chance that can be repeated, no secret
    data = random.choice(seeds)
    if data.startswith(b"PK") and random.random() < 0.75:
        return _inside(data, random)[:MOST_BYTES]
    return _changed(data, seeds, words, random)[:MOST_BYTES]


def _changed(data: bytes, others: Sequence[bytes], words: str, random: Random) -> bytes:
    tokens = _TOKENS[words]
    steps: tuple[Step, ...] = (
        _flip,
        _overwrite,
        _delete,
        _double,
        _cut,
        _number,
        lambda data, random: _insert(data, random, random.choice(tokens)),
        lambda data, random: _insert(data, random, random.choice(tokens) * random.choice((2, 60, 3_000))),
        lambda data, random: _insert(data, random, _piece(random.choice(others), random)),
    )
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        data = random.choice(steps)(data, random)
    return data


def _at(data: bytes, random: Random) -> int:
    return random.randrange(len(data) + 1)


def _piece(data: bytes, random: Random) -> bytes:
    start = _at(data, random)
    return data[start : start + random.choice((1, 4, 30, 200, 2_000))]


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 4, 40)) if data else 0):
        changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _overwrite(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    size = random.choice((1, 2, 4, 16))
    return data[:at] + random.choice((b"\0", b"\xff", b" ", b"\x80", random.randbytes(1))) * size + data[at + size :]


def _delete(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    return data[:at] + data[at + len(_piece(data[at:], random)) :]


def _double(data: bytes, random: Random) -> bytes:
    piece = _piece(data, random)
    return _insert(data, random, piece * random.choice((1, 2, 20, 300)))


def _cut(data: bytes, random: Random) -> bytes:
    return data[: _at(data, random)]


def _insert(data: bytes, random: Random, piece: bytes) -> bytes:
    at = _at(data, random)
    return data[:at] + piece + data[at:]


def _number(data: bytes, random: Random) -> bytes:
    found = list(re.finditer(rb"\d+", data[:50_000]))
    if not found:
        return data
    number = random.choice(found)
    return data[: number.start()] + random.choice(_NUMBERS) + data[number.end() :]


def _inside(data: bytes, random: Random) -> bytes:
    """A zip file with one member changed, renamed, doubled, dropped, replaced by zeros, or lied about."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = random.randrange(len(members))
    name, body = members[at]
    match random.choice(("change",) * 8 + ("rename", "double", "drop", "zeros", "lie")):
        case "rename":
            members[at] = (
                random.choice(("../" * 9 + name, "/" + name, name.upper(), "\\" + name, "a" * 300, ".")),
                body,
            )
        case "double":
            members.insert(at, (name, _changed(body, [body], "xml", random)))
        case "drop":
            del members[at]
        case "zeros":
            members[at] = (name, bytes(20_000_000))
        case "lie":
            return _lied(_zipped(members), random)
        case _:
            words = "xml" if random.random() < 0.7 else "html"
            members[at] = (name, _changed(body, [other for _, other in members], words, random))
    return _zipped(members)


def _zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            # writestr warns of names that stand twice, which is what is wanted here
            if name not in archive.NameToInfo:
                archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _lied(data: bytes, random: Random) -> bytes:
    """A size, checksum or method in a directory entry or local header that is not true."""
    places = [found.start() for found in re.finditer(rb"PK\x01\x02|PK\x03\x04", data)]
    at = random.choice(places)
    offset, form = random.choice(((8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (28, "<H"), (42, "<I")))
    wrong = random.choice((0, 1, 8, 99, 0x7FFF, 0xFFFF, 0xFFFFFFFF)) & (0xFFFF if form == "<H" else 0xFFFFFFFF)
    packed = struct.pack(form, wrong)
    return data[: at + offset] + packed + data[at + offset + len(packed) :]
