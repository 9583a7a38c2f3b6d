"""Files, folders, addresses and standard input, as people have them: `read_sources` from end to end."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from pathlib import Path

import pytest

from narrowcast.errors import SourceError
from narrowcast.script.source import PassageKind
from narrowcast.sources import places
from narrowcast.sources.read import read_sources

PROSE = "The river rose by four metres in a single night, and the people of the valley moved to the hills. " * 4
PAGE = f"""<!DOCTYPE html><html lang="de-AT"><head><title>Der Fluss – Talblatt</title>
<meta name="author" content="Anna Müller"><meta property="article:published_time" content="2024-03-01T08:00:00Z"></head>
<body><nav><ul><li><a href="/">Startseite</a></li><li><a href="/abo">Abo bestellen</a></li></ul></nav>
<div class="sidebar"><h2>Mehr lesen</h2><a href="/x">Werbung für Dinge</a></div>
<main><article><h1>Der Fluss</h1><p>{PROSE}</p><h2>Zahlen</h2><p>{PROSE}</p>
<table><tr><th>Jahr</th><th>Höhe</th></tr><tr><td>1910</td><td>4 m</td></tr></table>
<ul><li>der erste Punkt</li><li>der zweite Punkt mit Fußnote<sup><a href="#1">[1]</a></sup></li></ul>
<pre>echo hallo
  echo welt</pre><p>{PROSE}</p></article></main>
<footer>Impressum und Datenschutz</footer><script>alert("nie")</script></body></html>"""


async def refused(*places: str, stdin: bytes | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read_sources(places, stdin=None if stdin is None else io.BytesIO(stdin))
    return caught.value


async def test_a_folder_is_read_in_order_and_says_what_it_passed_over(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(PROSE)
    (tmp_path / "a.md").write_text(f"# First\n\n{PROSE}")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.html").write_text(PAGE)
    (tmp_path / ".hidden.txt").write_text("hidden words")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "liar.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "empty.txt").touch()
    reading = await read_sources([str(tmp_path)])
    assert [source.format for source in reading.sources] == ["markdown", "text", "html"]
    assert [source.number for source in reading.sources] == [1, 2, 3]
    numbers = [passage.number for source in reading.sources for passage in source.passages]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(passage.source == source.number for source in reading.sources for passage in source.passages)
    assert len(reading.skipped) == 3
    assert all(any(name in line for line in reading.skipped) for name in ("photo.jpg", "liar.txt", "empty.txt"))


async def test_a_page_is_read_without_its_menus(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    (source,) = (await read_sources([str(tmp_path / "page.html")])).sources
    assert (source.title, source.author, source.published) == ("Der Fluss", "Anna Müller", "2024-03-01")
    assert source.language == "de"
    text = "\n".join(passage.text for passage in source.passages)
    for noise in ("Startseite", "Abo", "Werbung", "Mehr lesen", "Impressum", "alert", "[1]"):
        assert noise not in text
    found = {passage.kind: passage for passage in source.passages}
    assert found[PassageKind.TABLE].text == "Jahr | Höhe\n1910 | 4 m"
    assert found[PassageKind.LIST].text == "der erste Punkt\nder zweite Punkt mit Fußnote"
    assert found[PassageKind.CODE].text == "echo hallo\n  echo welt"
    assert found[PassageKind.TABLE].headings == ("Zahlen",)


@pytest.mark.parametrize("name", ["lie.pdf", "lie.txt", "lie", "lie.jpg"])
async def test_the_content_decides_not_the_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PAGE)
    assert (await read_sources([str(tmp_path / name)])).sources[0].format == "html"


async def test_standard_input_and_language(tmp_path: Path) -> None:
    (source,) = (await read_sources(["-"], stdin=io.BytesIO(f"# Notes\n\n- one\n- two\n\n{PROSE}".encode()))).sources
    assert (source.origin, source.format, source.title, source.language) == ("-", "markdown", "Notes", "en")
    (source,) = (await read_sources(["-"], stdin=io.BytesIO(PROSE.encode()), language="pt-BR")).sources
    assert (source.title, source.language) == ("Standard input", "pt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
async def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = (
        "Die Brücke über den Fluß wurde für große Füße und schöne Mädchen geöffnet. Es wäre übel, fände das niemand. "
        * 3
    )
    path = tmp_path / "a.txt"
    path.write_bytes(text.replace(". ", ".\r\n\r\n").encode(encoding))
    passages = (await read_sources([str(path)])).sources[0].passages
    assert " ".join(" ".join(passage.text for passage in passages).split()) == text.strip()


async def test_a_page_by_its_address(tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = PAGE.encode("latin-1", errors="replace")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin-1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fluss"
        (source,) = (await read_sources([url], allow_private=True)).sources
        assert (source.origin, source.author) == (url, "Anna Müller")
        assert "not a public address" in (await refused(url)).message


async def test_bad_places_are_named_with_a_way_out(tmp_path: Path) -> None:
    files = {
        "empty.txt": b"",
        "blank.txt": b" \n\t\n ",
        "marks.txt": b"--- *** ---",
        "binary.md": bytes(range(256)) * 40,
        "book.epub": b"PK\x03\x04 and so on",
        "photo.png": b"\x89PNG\r\n\x1a\n",
        "page.html": b"<html><body><script>x</script></body></html>",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        error = await refused(str(tmp_path / name))
        assert name in error.message
        assert error.hint
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "x.jpg").write_bytes(b"x")
    for place in ("pipe.txt", "loop.txt", "missing.txt", "none", "a" * 5_000, "nul\0byte"):
        error = await refused(str(tmp_path / place))
        assert error.hint
    assert "/dev/zero" in (await refused("/dev/zero")).message


async def test_no_source_at_all() -> None:
    assert "no source" in (await refused()).message
    assert "empty name" in (await refused(" ")).message
    assert "no standard input" in (await refused("-")).message
    assert (await refused("-", stdin=b"")).message == "Standard input is empty."
    assert "only http and https" in (await refused("file:///etc/passwd")).message


async def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    error = await refused(str(path))
    assert "200 MB" in error.message
    assert "100 MB" in error.message


async def test_permission_denied() -> None:
    # Root may read everything, so it becomes nobody for a moment; what the reading imports is imported before that.
    with tempfile.TemporaryDirectory() as folder:
        open_to_all, locked = Path(folder) / "open.txt", Path(folder) / "a.txt"
        for path in (open_to_all, locked):
            path.write_text(PROSE)
        await read_sources([str(open_to_all)])
        locked.parent.chmod(0o755)
        locked.chmod(0)
        is_root = os.geteuid() == 0
        try:
            if is_root:
                os.seteuid(65_534)
            error = await refused(str(locked))
        finally:
            if is_root:
                os.seteuid(0)
    assert "Permission denied" in error.message


async def test_folders_have_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_FILES", 2)
    monkeypatch.setattr(places, "MAX_DEPTH", 3)
    deep = tmp_path / "1" / "2" / "3" / "4" / "5"
    deep.mkdir(parents=True)
    (deep / "lost.txt").write_text(PROSE)
    (tmp_path / "1" / "again").symlink_to(tmp_path)
    (tmp_path / "a.txt").write_text(PROSE)
    reading = await read_sources([str(tmp_path)])
    assert len(reading.sources) == 1
    assert any("folders deep" in line for line in reading.skipped)
    assert any("link to a folder" in line for line in reading.skipped)
    for name in ("b.txt", "c.txt"):
        (tmp_path / name).write_text(PROSE)
    assert "3 documents" in (await refused(str(tmp_path))).message


async def test_names_that_are_not_utf8_are_read_and_shown(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / f"{name}.txt").write_text(PROSE)
    whole = f"{tmp_path}/caf\ufffd.txt"
    (source,) = (await read_sources([str(tmp_path / f"{name}.txt")])).sources
    assert (source.origin, source.title) == (whole, "caf\ufffd")
    assert (await read_sources([str(tmp_path)])).sources == (source,)
    (tmp_path / f"{name}.txt").write_bytes(b"")
    (tmp_path / f"{name}.jpg").write_bytes(b"x")
    (tmp_path / name).mkdir()
    (tmp_path / "a.txt").write_text(PROSE)
    assert (await refused(str(tmp_path / f"{name}.txt"))).message == f"{whole} is empty."
    assert (await refused(str(tmp_path / f"{name}.md"))).message == f"{whole[:-4]}.md does not exist."
    assert "caf\ufffd holds nothing" in (await refused(str(tmp_path / name))).message
    assert "\n".join((await read_sources([str(tmp_path)])).skipped).encode(), "what is skipped can be written down"


async def test_episodes_that_were_made_into_a_folder_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(PROSE)
    (tmp_path / "other.notes.md").write_text(f"Notes: {PROSE}")
    (tmp_path / ".report.123.part").write_text(PROSE)
    made = [f"episode{ending}" for ending in places.OUTPUT_ENDINGS]
    for name in made:
        (tmp_path / name).write_text(PROSE)
    reading = await read_sources([str(tmp_path)])
    assert [Path(source.origin).name for source in reading.sources] == ["other.notes.md", "report.txt"]
    assert sorted(reading.skipped) == sorted(f"{tmp_path / name}: Narrowcast made it" for name in made)
    assert (await read_sources([str(tmp_path / "episode.txt")])).sources, "one that is named outright is read"


async def test_what_is_given_twice_is_read_once_and_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    first, copy = tmp_path / "a.txt", tmp_path / "in" / "b.txt"
    first.write_text(PROSE)
    copy.write_text(PROSE)
    again = f"{copy}: the same as {first}, which is read"
    reading = await read_sources([str(first), str(first), str(copy), str(copy.parent)])
    assert [source.origin for source in reading.sources] == [str(first)]
    assert reading.skipped == (f"{first}: given 2 times, read once", again, again)
    reading = await read_sources(["-", "-"], stdin=io.BytesIO(PROSE.encode()))
    assert len(reading.sources) == 1
    assert reading.skipped == ("-: given 2 times, read once",)
