"""Documents through the API: every format, every refusal, and nobody else's."""

from __future__ import annotations

import asyncio
import io
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.sources.zipped import docx, epub

from narrowcast.errors import SourceError
from narrowcast.sources.apart import read_apart
from narrowcast.sources.raw import Raw
from narrowcast.store.files.besides import MARK
from narrowcast.store.tables import episode, episode_source

WORDS = "The tide rises twice a day, because the moon pulls at the sea. Nobody can hold it back for long."
PARAGRAPH = f"<p>{WORDS}</p>"


def _pdf(text: str) -> bytes:
    stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 50_000_000)
    return packed.getvalue()


def _laughs() -> bytes:
    lols = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<!DOCTYPE d [<!ENTITY a0 "ha">{lols}]><d>&a9;</d>')
    return packed.getvalue()


async def _give(client: Any, name: str, data: bytes, **fields: str) -> Any:
    return await client.post("sources", files={"file": (name, data)}, data=fields)


FORMATS = (
    ("tides.txt", WORDS.encode(), "text"),
    ("tides.md", f"# Tides\n\n{WORDS}".encode(), "markdown"),
    (
        "tides.html",
        f"<html><body><script>steal()</script><article>{PARAGRAPH * 3}</article></body>".encode(),
        "html",
    ),
    ("tides.pdf", _pdf(WORDS), "pdf"),
    ("tides.srt", f"1\n00:00:01,000 --> 00:00:04,000\n{WORDS}\n".encode(), "subtitles"),
    ("wrongly named.pdf", f"Otherwise: {WORDS}".encode(), "text"),
)


async def test_each_format_is_read_once_and_kept(served: Served) -> None:
    answers = await asyncio.gather(*(_give(served.sam, name, data) for name, data, _ in FORMATS))
    for answer, (name, data, kind) in zip(answers, FORMATS, strict=True):
        await _check_kept(served, answer, name, data, kind)


async def _check_kept(served: Served, answer: Any, name: str, data: bytes, kind: str) -> None:
    assert answer.status_code == 201, answer.text
    source = answer.json()
    assert (source["format"], source["origin"], source["language"]) == (kind, name, "en")
    assert source["words"] >= 20
    passages = (await served.sam.get(f"sources/{source['id']}/passages")).json()["items"]
    text = " ".join(passage["text"] for passage in passages)
    assert "moon pulls" in text
    assert "steal" not in text
    file = await served.sam.get(f"sources/{source['id']}/file")
    assert file.content == data
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert (file.headers["x-content-type-options"], "sandbox" in file.headers["content-security-policy"]) == (
        "nosniff",
        True,
    )


async def test_files_of_files_are_read(served: Served, tmp_path: Path) -> None:
    for name, data in (("tides.docx", docx(f"<w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>")), ("tides.epub", _book())):
        answer = await _give(served.sam, name, data)
        assert (answer.status_code, answer.json().get("format")) == (201, name.partition(".")[2]), answer.text


def _book() -> bytes:
    return epub({"one.xhtml": f"<h1>Tides</h1>{PARAGRAPH * 3}"})


REFUSED = (
    ("empty.txt", b"", "is empty"),
    ("blank.txt", b" \n ", "is blank"),
    ("song.mp3", b"ID3\x04" + bytes(500), "is a sound file"),
    ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(500), "is an image"),
    ("bomb.docx", _bomb(), "bomb.docx"),
    ("laughs.docx", _laughs(), "laughs.docx"),
    ("broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, "broken.pdf"),
    ("../../up.txt", b"\x00\x01\x02" * 200, "up.txt"),
)


async def test_what_cannot_be_read_is_refused_by_name_and_leaves_nothing(served: Served, tmp_path: Path) -> None:
    answers = await asyncio.gather(*(_give(served.sam, name, data) for name, data, _ in REFUSED))
    for answer, (name, _, said) in zip(answers, REFUSED, strict=True):
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), name
        assert said in answer.json()["detail"]
        assert "broke down" not in answer.json()["detail"]
        assert str(tmp_path) not in answer.text
    assert _kept(tmp_path) == []
    assert (await served.sam.get("sources")).json()["items"] == []


def _kept(tmp_path: Path) -> list[str]:
    folders = (tmp_path / "home" / "incoming", tmp_path / "home" / "blobs")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if not str(path).endswith(MARK)]


async def test_a_text_is_read_whatever_it_begins_with(served: Served) -> None:
    for text in (f"RIFF and raff. {WORDS}", f"II* things. {WORDS}", f"# Über 雪\n\n{WORDS}\n\n- one\n- two"):
        answer = await served.sam.post("sources", json={"text": text})
        assert answer.status_code == 201, answer.text
        assert answer.json()["has_file"] is False
    assert answer.json()["title"] == "Über 雪"
    assert (await served.sam.get(f"sources/{answer.json()['id']}/file")).status_code == 404


ORDERS: tuple[Any, ...] = (
    {},
    {"text": ""},
    {"text": "  "},
    {"text": WORDS, "url": "https://example.org"},
    {"text": WORDS, "title": ""},
    {"text": WORDS, "title": "\u202e"},
    {"text": WORDS, "notebook_id": "../x"},
    {"text": WORDS, "language": "<script>"},
    {"url": ""},
    {"url": "/etc/passwd"},
    {"url": "file:///etc/passwd"},
    {"url": "http://127.0.0.1:1/"},
    {"url": "http://[::ffff:10.0.0.1]/"},
    {"url": "http://169.254.169.254/latest/meta-data"},
    {"url": "http://0x7f000001/"},
    {"url": "http://user:secret@example.org/"},
    {"url": "http://localhost/"},
    {"url": "http://\u202e/"},
    [],
    None,
    7,
)


async def test_bad_orders_are_refused(served: Served) -> None:
    for body in ORDERS:
        answer = await served.sam.post("sources", json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body
        assert "secret" not in answer.text


async def test_bodies_that_are_no_order_are_refused(served: Served) -> None:
    for content, kind in (
        (b"{", "application/json"),
        (b'{"text": "\\ud800"}', "application/json"),
        (b"\xff", "application/json"),
        (b"text=x", "application/x-www-form-urlencoded"),
        (b"x", ""),
        (b"x", "multipart/form-data"),
    ):
        answer = await served.sam.post("sources", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 422, (content, answer.text)


async def test_nobody_is_read_for_before_they_signed_in(served: Served) -> None:
    assert (await _give(served.nobody, "a.txt", b"x" * 3_000_000)).status_code == 401
    assert (await _give(served.lea, "a.txt", WORDS.encode())).status_code == 403


async def test_the_same_document_is_kept_once_for_each(served: Served) -> None:
    first, *others = await asyncio.gather(*(_give(served.sam, f"{name}.txt", WORDS.encode()) for name in "abc"))
    again = await served.sam.post("sources", json={"text": WORDS})
    assert sorted(answer.status_code for answer in (first, *others, again)) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in (first, *others, again)}) == 1
    assert (await _give(served.nils, "a.txt", WORDS.encode())).status_code == 201
    assert len((await served.sam.get("sources")).json()["items"]) == 1


async def test_nobody_else_sees_or_changes_a_source(served: Served) -> None:
    source = (await _give(served.sam, "a.txt", WORDS.encode())).json()["id"]
    notebook = (await served.nils.post("notebooks", json={"name": "Mine"})).json()["id"]
    for method, path, body in (
        ("GET", f"sources/{source}", None),
        ("GET", f"sources/{source}/passages", None),
        ("GET", f"sources/{source}/file", None),
        ("PATCH", f"sources/{source}", {"title": "x"}),
        ("DELETE", f"sources/{source}?confirm=true", None),
        ("PUT", f"notebooks/{notebook}/sources/{source}", None),
        ("GET", f"sources/{uuid.uuid4()}", None),
    ):
        assert (await served.nils.request(method, path, json=body)).status_code == 404, (method, path)
    assert (await served.nils.get("sources")).json() == {"items": [], "next_cursor": None}
    assert (await served.sam.post("sources", json={"text": WORDS + "!", "notebook_id": notebook})).status_code == 404
    assert (await served.sam.get(f"sources/{source}")).status_code == 200


async def test_a_deleted_source_leaves_nothing(served: Served, tmp_path: Path) -> None:
    source = (await _give(served.sam, "a.txt", WORDS.encode())).json()["id"]
    assert len(_kept(tmp_path)) == 2
    assert (await served.sam.delete(f"sources/{source}")).status_code == 204
    assert _kept(tmp_path) == []
    assert (await served.sam.delete(f"sources/{source}")).status_code == 404


async def test_a_source_of_episodes_is_deleted_with_them_or_not_at_all(served: Served) -> None:
    source = (await _give(served.sam, "a.txt", WORDS.encode())).json()["id"]
    sam = (await served.sam.get("me")).json()["id"]
    made = await served.context.store.episodes.begin(title="On tides", language="en")
    async with served.context.store._database.write() as connection:
        await connection.execute(episode.update().values(owner_id=sam))
        await connection.execute(episode_source.insert().values(episode_id=made, source_id=source))
    answer = await served.sam.delete(f"sources/{source}")
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"where": f"episode {made}", "message": "On tides"}]
    assert (await served.sam.get(f"sources/{source}")).status_code == 200
    assert (await served.sam.delete(f"sources/{source}?confirm=true")).status_code == 204
    assert await served.context.store.episodes.get(made) is None


async def test_passages_and_sources_come_by_pages(served: Served) -> None:
    text = "\n\n".join(f"# Part {n}\n\n{WORDS} {n}" for n in range(5))
    source = (await served.sam.post("sources", json={"text": text, "title": "e\u0301\u202e\n x"})).json()
    assert source["title"] == "é x"
    numbers, query = [], "?limit=2"
    while query:
        answer = (await served.sam.get(f"sources/{source['id']}/passages{query}")).json()
        numbers += [passage["number"] for passage in answer["items"]]
        query = f"?limit=2&cursor={answer['next_cursor']}" if answer["next_cursor"] else ""
    assert numbers == list(range(1, source["passages"] + 1))
    for bad in ("x", "-1", "99999999999"):
        assert (await served.sam.get(f"sources/{source['id']}/passages?cursor={bad}")).status_code == 422


async def test_a_notebook_holds_sources(served: Served) -> None:
    notebook = (await served.sam.post("notebooks", json={"name": "Sea", "description": "a\r\nb\x00"})).json()
    assert (notebook["description"], notebook["sources"]) == ("a\nb", 0)
    place = f"notebooks/{notebook['id']}"
    first = (await served.sam.post("sources", json={"text": WORDS, "notebook_id": notebook["id"]})).json()["id"]
    other = (await served.sam.post("sources", json={"text": f"More. {WORDS}"})).json()["id"]
    for _ in range(2):
        assert (await served.sam.put(f"{place}/sources/{other}")).status_code == 204
    assert (await served.sam.get(place)).json()["sources"] == 2
    page = (await served.sam.get(f"{place}/sources?limit=1")).json()
    rest = (await served.sam.get(f"{place}/sources?limit=1&cursor={page['next_cursor']}")).json()
    assert [one["id"] for one in (*page["items"], *rest["items"])] == [other, first]
    assert rest["next_cursor"] is None
    assert (await served.sam.patch(place, json={"name": "Ocean"})).json()["name"] == "Ocean"
    assert (await served.sam.delete(f"{place}/sources/{first}")).status_code == 204
    assert (await served.sam.delete(f"{place}/sources/{first}")).status_code == 404
    for method, path in (("GET", place), ("GET", f"{place}/sources"), ("DELETE", place), ("PATCH", place)):
        assert (await served.nils.request(method, path, json={"name": "x"})).status_code == 404
    assert (await served.nils.get("notebooks")).json()["items"] == []
    assert (await served.sam.delete(place)).status_code == 204
    assert len((await served.sam.get("sources")).json()["items"]) == 2


class TestQuota:
    @pytest.fixture
    def server_settings(self) -> Mapping[str, str]:
        return {"NARROWCAST_TIERS": '{"standard": {"storage_bytes": 2000000}}'}

    async def test_no_more_is_kept_than_the_tier_allows(self, served: Served, tmp_path: Path) -> None:
        assert (await _give(served.sam, "a.txt", WORDS.encode())).status_code == 201
        kept = _kept(tmp_path)
        answer = await _give(served.sam, "b.txt", (WORDS * 21_000).encode())
        assert answer.status_code == 413
        assert "you have 2 MB" in answer.text
        assert _kept(tmp_path) == kept


async def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    await asyncio.to_thread(path.write_bytes, _pdf(WORDS))
    with pytest.raises(SourceError, match=r"takes longer than 0\.01 seconds"):
        await read_apart(Raw("a.pdf", path), timeout_s=0.01)
