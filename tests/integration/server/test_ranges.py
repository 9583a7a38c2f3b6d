"""Ranges and conditions, against the bytes themselves."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from narrowcast.errors import ChangedError, NotFoundError
from narrowcast.server import files
from narrowcast.server.files import PIECE, Kept, blob_answer
from narrowcast.server.ranges import Stored
from narrowcast.store.files.blobs import Blobs

DATA = hashlib.shake_256(b"sound").digest(2 * PIECE + 77)
AT = datetime(2026, 11, 21, 12, 0, 0, 700_000, tzinfo=UTC)
ETAG = '"abc"'
MIDDLE = st.integers(0, len(DATA) + 3)
SPECIFIED = st.one_of(
    st.tuples(MIDDLE, st.none()), st.tuples(st.none(), MIDDLE), st.tuples(MIDDLE, MIDDLE), st.tuples(MIDDLE, MIDDLE)
)


@dataclass(frozen=True)
class Files:
    """A blob, asked for over ASGI."""

    blobs: Blobs

    def get(self, method: str = "GET", **headers: str) -> httpx2.Response:
        """What is answered; `if_match` stands for `If-Match`."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            kept = Kept(Stored(ETAG, len(DATA), AT), "audio/mpeg", "On bees.mp3")
            answer = await blob_answer(request, self.blobs, "a/b.mp3", kept)
            await answer(scope, receive, send)

        async def ask() -> httpx2.Response:
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://here") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, "/", headers=named)

        return asyncio.run(ask())


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The blob in a folder."""
    folder: Path = tmp_path_factory.mktemp("blobs")
    blobs = Blobs.open(folder.as_uri(), "tests")
    asyncio.run(blobs.put("a/b.mp3", DATA))
    return Files(blobs)


@settings(max_examples=60, deadline=None)
@given(bounds=SPECIFIED)
def test_any_range_is_that_part_of_the_bytes(stored: Files, bounds: tuple[int | None, int | None]) -> None:
    first, last = bounds
    answer = stored.get(range=f"bytes={'' if first is None else first}-{'' if last is None else last}")
    part = DATA[-last:] if first is None and last else DATA[first : None if last is None else last + 1]
    if first is not None and last is not None and last < first:
        assert (answer.status_code, answer.content) == (200, DATA)
    elif (first is not None and first >= len(DATA)) or (first is None and last == 0):
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{len(DATA)}"
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        begin = len(DATA) - len(part) if first is None else first
        assert answer.status_code == 206
        assert answer.content == part
        assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(part) - 1}/{len(DATA)}"
        assert answer.headers["content-length"] == str(len(part))


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-9",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "lines=0-1",
        "0-1",
        "bytes=1-0",
        "bytes=0x1-2",
    ],
)
def test_what_is_no_single_range_gets_everything(stored: Files, asked: str) -> None:
    answer = stored.get(range=asked)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert "content-range" not in answer.headers


def test_head_tells_of_all_of_it_and_sends_nothing(stored: Files) -> None:
    whole, head = stored.get(), stored.get("HEAD", range="bytes=0-1")
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)
    assert head.headers["content-length"] == str(len(DATA))
    assert head.headers["accept-ranges"] == "bytes"
    assert head.headers["x-content-type-options"] == "nosniff"
    assert head.headers["cache-control"].startswith("private")


def _date(seconds: int) -> str:
    return format_datetime(AT.replace(second=seconds, microsecond=0), usegmt=True)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"if_none_match": ETAG}, 304),
        ({"if_none_match": f'"x", W/{ETAG}'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_none_match": '"x"', "if_modified_since": _date(5)}, 200),
        ({"if_modified_since": _date(0)}, 304),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_match": ETAG}, 200),
        ({"if_match": f"W/{ETAG}"}, 412),
        ({"if_match": '"x"'}, 412),
        ({"if_unmodified_since": _date(0)}, 200),
        ({"if_unmodified_since": "Sat, 21 Nov 2026 11:59:59 GMT"}, 412),
        ({"if_match": '"x"', "if_none_match": ETAG}, 412),
        ({"range": "bytes=0-1", "if_none_match": ETAG}, 304),
        ({"range": "bytes=0-1", "if_range": ETAG}, 206),
        ({"range": "bytes=0-1", "if_range": f"W/{ETAG}"}, 200),
        ({"range": "bytes=0-1", "if_range": '"x"'}, 200),
        ({"range": "bytes=0-1", "if_range": _date(0)}, 206),
        ({"range": "bytes=0-1", "if_range": _date(1)}, 200),
        ({"range": "bytes=0-1", "if_range": "Sat, 99 Nov 99999999 11:59:59 GMT"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(stored: Files, condition: dict[str, str], status: int, method: str) -> None:
    if status == 412:
        with pytest.raises(ChangedError):
            stored.get(method, **condition)
        return
    answer = stored.get(method, **condition)
    assert answer.status_code == (200 if method == "HEAD" and status == 206 else status)
    assert answer.headers["etag"] == ETAG
    if status == 304:
        assert answer.content == b""
        assert "content-type" not in answer.headers


def test_a_file_that_is_gone_or_cut_is_not_there(stored: Files, tmp_path: Path) -> None:
    blobs = Blobs.open(tmp_path.as_uri(), "tests")
    with pytest.raises(NotFoundError):
        Files(blobs).get()
    asyncio.run(blobs.put("a/b.mp3", DATA[:-1]))
    with pytest.raises(NotFoundError):
        Files(blobs).get()


def test_where_the_system_does_not_tell_what_is_in_memory(stored: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_NO_WAIT", None)
    assert stored.get(range="bytes=5-").content == DATA[5:]


async def test_who_goes_away_ends_the_reading(tmp_path: Path) -> None:
    blobs = Blobs.open(tmp_path.as_uri(), "tests")
    await blobs.put("a/b.mp3", bytes(40 * PIECE))
    sent = 0

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        nonlocal sent
        sent += 1

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    kept = Kept(Stored(ETAG, 40 * PIECE, AT), "audio/mpeg", "x.mp3")
    answer = await blob_answer(Request(scope), blobs, "a/b.mp3", kept)
    await answer(scope, receive, send)
    assert sent < 10
