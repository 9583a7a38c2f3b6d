"""Text is packed for who can unpack it, and comes as it is to all others."""

from __future__ import annotations

import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from narrowcast.server.packing import packed

TEXT = b"the same words again and again, " * 100


def asking(accepts: str | None) -> Request:
    """A request that takes these encodings."""
    headers = [] if accepts is None else [(b"accept-encoding", accepts.encode())]
    return Request({"type": "http", "method": "GET", "headers": headers})


def test_what_is_packed_unpacks_to_itself_and_says_its_length() -> None:
    answer = packed(asking("gzip, deflate, br"), Response(TEXT, media_type="text/html"))
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(answer.body)) == TEXT
    assert int(answer.headers["content-length"]) == len(answer.body) < len(TEXT) / 4
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepts", "text"), [(None, TEXT), ("br", TEXT), ("gzip;q=0, br", TEXT), ("gzip", b"short")])
def test_others_get_it_as_it_is_and_caches_know(accepts: str | None, text: bytes) -> None:
    answer = packed(asking(accepts), Response(text))
    assert "content-encoding" not in answer.headers
    assert (answer.body, answer.headers["content-length"]) == (text, str(len(text)))
    assert answer.headers["vary"] == "Accept-Encoding"
