"""What is sent straight in: by the bookmark, and by the installed app; and what must not come in that way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2
import pytest
from tests.integration.server.conftest import Served

WORDS = "The tide rises twice a day, because the moon pulls at the sea. Nobody can hold it back for long. "
NASTY = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
PAGE = "text/html,*/*"
BY_HAND = {"Accept": PAGE, "Sec-Fetch-Site": "none", "Origin": "null"}


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        paragraphs = "".join(f"<p>At place {number}: {WORDS}</p>" for number in range(8))
        body = f"<html><head><title>Tides</title></head><body><article>{paragraphs}</article></body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is written."""


@contextmanager
def a_site() -> Iterator[str]:
    """The address of a page on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as site:
        thread = Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{site.server_address[1]}/tides"
        site.shutdown()
        thread.join()


@pytest.fixture
def server_settings() -> Mapping[str, str]:
    return {"NARROWCAST_ALLOW_PRIVATE_ADDRESSES": "yes"}


async def _at_root(client: httpx2.AsyncClient, method: str, path: str, **asked: Any) -> httpx2.Response:
    return await client.request(method, f"http://127.0.0.1:8484{path}", **asked)


async def _sources(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("sources")).json()["items"]
    return found


async def test_the_bookmark_leads_to_one_button_and_does_nothing_before_it_is_pressed(served: Served) -> None:
    with a_site() as url:
        asked = {"url": url, "title": NASTY}
        shown = await _at_root(served.sam, "GET", "/save", params=asked, headers={"Accept": PAGE})
        assert (shown.status_code, NASTY in shown.text, url in shown.text) == (200, False, True)
        assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
        assert await _sources(served.sam) == []
        pressed = await _at_root(served.sam, "POST", "/save", data=asked, headers={"Accept": PAGE})
        assert pressed.status_code == 303, pressed.text
        (source,) = await _sources(served.sam)
        assert pressed.headers["location"] == f"/?add={source['id']}"
        made = await _at_root(served.sam, "GET", f"/?add={source['id']},nobody", headers={"Accept": PAGE})
        assert source["title"] in made.text
        assert source["id"] not in (await _at_root(served.nils, "GET", f"/?add={source['id']}")).text


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://x/y", "http://", f"https://{'x' * 1980}", "//x"], ids=range(6)
)
async def test_what_is_no_page_is_not_saved(served: Served, url: str) -> None:
    shown = await _at_root(served.sam, "GET", "/save", params={"url": url}, headers={"Accept": PAGE})
    assert shown.status_code == 200
    assert 'href="javascript' not in shown.text
    odd = await _at_root(served.sam, "GET", "/save", params={"url": f"http://[{url}"}, headers={"Accept": PAGE})
    assert "There is no page to save" in odd.text
    refused = await _at_root(served.sam, "POST", "/save", data={"url": url}, headers={"Accept": PAGE})
    assert refused.status_code == 422
    assert await _sources(served.sam) == []


async def test_shared_files_and_links_come_to_the_make_page(served: Served) -> None:
    files = [("files", (f"{number}.md", f"# {number}\n\n{WORDS}".encode())) for number in range(3)]
    answer = await _at_root(served.sam, "POST", "/share-target", files=files, headers=BY_HAND)
    assert answer.status_code == 303, answer.text
    assert len(re.findall(r"[0-9a-f-]{36}", answer.headers["location"])) == 3
    with a_site() as url:
        form = {"title": (None, "Tides"), "text": (None, f"Look: {url}")}
        answer = await _at_root(served.sam, "POST", "/share-target", files=form, headers=BY_HAND)
        assert answer.status_code == 303, answer.text
    note = {"title": (None, "A note"), "text": (None, WORDS), "url": (None, "")}
    answer = await _at_root(served.sam, "POST", "/share-target", files=note, headers=BY_HAND)
    assert answer.status_code == 303
    assert sorted({one["format"] for one in await _sources(served.sam)}) == ["html", "markdown", "text"]


async def test_of_what_is_shared_the_refused_is_told_and_the_rest_kept(served: Served) -> None:
    song, text = ("files", (f"{NASTY}.mp3", b"ID3\x04" + bytes(500))), ("files", ("a.txt", WORDS.encode()))
    answer = await _at_root(served.sam, "POST", "/share-target", files=[song, text], headers=BY_HAND)
    assert (answer.status_code, "<script>" in answer.text, "is a sound file" in answer.text) == (200, False, True)
    (source,) = await _sources(served.sam)
    assert f"/?add={source['id']}" in answer.text
    for wrong in ({"text": (None, " ")}, {"files": ("x.mp3", b"ID3\x04" + bytes(500))}):
        answer = await _at_root(served.sam, "POST", "/share-target", files=wrong, headers=BY_HAND)
        assert answer.status_code == 422, wrong


async def test_nobody_else_shares_in_ones_name(served: Served) -> None:
    form = {"text": (None, WORDS)}
    answer = await _at_root(served.nobody, "POST", "/share-target", files=form, headers=BY_HAND)
    assert (answer.status_code, "Sign in" in answer.text) == (401, True)
    answer = await _at_root(served.lea, "POST", "/share-target", files=form, headers=BY_HAND)
    assert answer.status_code == 403
    for site in ("cross-site", "same-site"):
        headers = {"Accept": PAGE, "Sec-Fetch-Site": site, "Origin": "null", "Cookie": "narrowcast_session=x"}
        for path in ("/share-target", "/save"):
            answer = await _at_root(served.nobody, "POST", path, files=form, headers=headers)
            assert (answer.status_code, "another site" in answer.text) == (403, True)
    assert await _sources(served.sam) == await _sources(served.lea) == []
