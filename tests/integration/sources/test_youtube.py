"""A video by its captions, from a stand-in that speaks as the site does.

Shapes of the answers: what youtube-transcript-api 1.2.5 keeps of real ones in its own tests.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from narrowcast.errors import SourceError
from narrowcast.sources.read import read_sources
from narrowcast.sources.youtube.answers import chapters, video_id

VIDEO = "GJLlxj_dtq8"
PLACE = f"https://youtu.be/{VIDEO}?si=abc&t=12"
KEY = "AIzaSyAO_FJ2SlqU8Q4STEHLGCilw_Y9_11qcW8"
PAGE = (
    '<html><meta itemprop="datePublished" content="2018-07-23T00:00:00-07:00">'
    f'<script>ytcfg.set({{"INNERTUBE_API_KEY":"{KEY}","X":1}});</script></html>'
)
DESCRIPTION = (
    "All about a river.\n\n0:00 The flood\n0:05 - The dam\n(0:09) What it cost\n1:00:00 Never\nhttps://example.org"
)
SAID = {
    "en": ("The river rose by four metres.", "Then they built a dam of stone.", "It cost a million."),
    "de": ("Der Fluss stieg um vier Meter.", "Dann bauten sie einen Damm.", "Er kostete eine Million."),
    "auto": ("the river rose by four metres", "then they built a dam of stone", "it cost a million"),
}


class Site:
    """Answers as the site does; a test changes `page`, `player` or `captions`."""

    def __init__(self) -> None:
        self.port = 0
        self.page = PAGE
        self.player: dict[str, Any] = {}
        self.captions = True
        self.statuses: dict[str, str] = {}
        self.asked: list[tuple[str, str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def track(self, code: str, *, auto: bool = False, more: str = "") -> dict[str, Any]:
        which = "auto" if auto else code
        url = f"{self.url}/api/timedtext?v={VIDEO}&caps=asr&signature=1F.64&which={which}&lang={code}&fmt=srv3{more}"
        track = {"baseUrl": url, "name": {"runs": [{"text": code}]}, "vssId": f".{code}", "languageCode": code}
        return {**track, "isTranslatable": True, "trackName": "", **({"kind": "asr"} if auto else {})}

    def offer(self, *tracks: dict[str, Any]) -> None:
        details = {"videoId": VIDEO, "title": "A river", "author": "Ann", "shortDescription": DESCRIPTION}
        captions = {"playerCaptionsTracklistRenderer": {"captionTracks": list(tracks), "audioTracks": [{}]}}
        self.player = {"playabilityStatus": {"status": "OK"}, "captions": captions, "videoDetails": details}

    def refuse(self, status: str, reason: str) -> None:
        self.player = {"responseContext": {}, "playabilityStatus": {"status": status, "reason": reason}}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        size = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        method, target, _ = head.split(" ", 2)
        sent = await reader.readexactly(size)
        self.asked.append((method, target, sent))
        path = urlsplit(target).path
        fields = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        body = "nothing here"
        if (method, path, fields.get("v")) == ("GET", "/watch", VIDEO):
            body = self.page
        elif (method, path) == ("POST", "/youtubei/v1/player"):
            asked = json.loads(sent)
            assert (asked["videoId"], asked["context"]["client"]["clientName"]) == (VIDEO, "ANDROID")
            body = json.dumps(self.player)
        elif path == "/api/timedtext" and fields["fmt"] == "vtt":
            times = ((0, 4), (5, 8), (9, 12))
            cues = (
                f"00:00:{a:02}.000 --> 00:00:{b:02}.000\n{text}"
                for (a, b), text in zip(times, SAID[fields["which"]], strict=True)
            )
            body = "WEBVTT\nKind: captions\n\n" + "\n\n".join(cues) if self.captions else ""
        data = body.encode()
        status = self.statuses.get(path, "200 OK")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode() + data)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        made.offer(made.track("de"), made.track("en"), made.track("en", auto=True))
        yield made


async def refused(site: Site) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read_sources([PLACE], allow_private=True, youtube=site.url)
    assert caught.value.message.startswith(PLACE)
    assert caught.value.hint
    return caught.value


async def test_a_video_is_read_with_all_that_is_known_of_it(site: Site) -> None:
    (source,) = (await read_sources([PLACE], allow_private=True, youtube=site.url)).sources
    assert (source.origin, source.format, source.title, source.author) == (PLACE, "youtube", "A river", "Ann")
    assert (source.language, source.published) == ("en", "2018-07-23")
    assert [(passage.headings, passage.text, passage.start_ms) for passage in source.passages] == [
        (("The flood",), "The river rose by four metres.", 0),
        (("The dam",), "Then they built a dam of stone.", 5_000),
        (("What it cost",), "It cost a million.", 9_000),
    ]
    assert [(method, urlsplit(target).path) for method, target, _ in site.asked] == [
        ("GET", "/watch"),
        ("POST", "/youtubei/v1/player"),
        ("GET", "/api/timedtext"),
    ]
    assert f"key={KEY}" in site.asked[1][1]


@pytest.mark.parametrize(
    ("offered", "wanted", "first"),
    [
        (("de", "en", "auto"), None, "The river rose by four metres."),
        (("de", "en", "auto"), "de-AT", "Der Fluss stieg um vier Meter."),
        (("de", "auto"), None, "The river rose by four metres."),
        (("de", "auto"), "fr", "The river rose by four metres."),
        (("de",), "en", "Der Fluss stieg um vier Meter."),
    ],
)
async def test_which_captions_are_taken(site: Site, offered: tuple[str, ...], wanted: str | None, first: str) -> None:
    site.offer(*(site.track("en", auto=True) if code == "auto" else site.track(code) for code in offered))
    (source,) = (await read_sources([PLACE], allow_private=True, wanted=wanted, youtube=site.url)).sources
    assert source.passages[0].text == first


async def test_the_consent_page_has_no_key_and_none_is_needed(site: Site) -> None:
    site.page = '<form action="https://consent.youtube.com/s"><input name="v" value="cb"></form>'
    (source,) = (await read_sources([PLACE], allow_private=True, youtube=site.url)).sources
    assert source.published is None
    assert site.asked[1][1] == "/youtubei/v1/player"


@pytest.mark.parametrize(
    ("status", "reason", "says"),
    [
        ("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot", "asks for a sign-in"),
        ("LOGIN_REQUIRED", "This video may be inappropriate for some users.", "only to adults"),
        ("LOGIN_REQUIRED", "Sign in to confirm your age", "only to adults"),
        ("LOGIN_REQUIRED", "This video is private", "is private: This video is private"),
        ("ERROR", "This video is unavailable", "cannot be played: This video is unavailable"),
        ("CUSTOM", "Custom Reason", "cannot be played: Custom Reason"),
    ],
)
async def test_what_the_site_refuses_is_said(site: Site, status: str, reason: str, says: str) -> None:
    site.refuse(status, reason)
    error = await refused(site)
    assert says in error.message
    assert ("yt-dlp" in error.hint) == (status == "LOGIN_REQUIRED")


async def test_captions_that_are_not_there_or_not_given(site: Site) -> None:
    site.offer()
    assert "has no captions" in (await refused(site)).message
    site.offer(site.track("en", more="&exp=xpe"))
    assert "to browsers only" in (await refused(site)).message
    site.offer(site.track("en"))
    site.captions = False
    assert "to browsers only" in (await refused(site)).message
    site.page = '<div class="g-recaptcha"></div>'
    assert "asks who is there" in (await refused(site)).message


@pytest.mark.parametrize("path", ["/watch", "/youtubei/v1/player", "/api/timedtext"])
async def test_a_site_that_blocks_us(site: Site, path: str) -> None:
    site.statuses[path] = "429 Too Many Requests"
    error = await refused(site)
    assert "429 (too many calls)" in error.message
    assert "yt-dlp" in error.hint


async def test_nothing_posted_follows_a_redirect(site: Site) -> None:
    site.statuses["/youtubei/v1/player"] = "307 Temporary Redirect\r\nLocation: /youtubei/v1/player?again"
    assert "redirects what is posted" in (await refused(site)).message
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        [],
        "x",
        {"captions": []},
        {"captions": {"playerCaptionsTracklistRenderer": {"captionTracks": [1, {"baseUrl": 7}]}}},
    ],
)
async def test_answers_of_another_shape(site: Site, answer: Any) -> None:
    site.player = answer
    await refused(site)


async def test_captions_on_a_private_address_are_not_fetched(site: Site) -> None:
    with pytest.raises(SourceError, match="not a public address"):
        await read_sources([PLACE], youtube=site.url)
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.youtube.com/watch?v={VIDEO}",
        f"http://youtube.com/watch?list=PL1&v={VIDEO}&t=1m",
        f"https://m.youtube.com/watch?v={VIDEO}#t=1",
        f"https://music.youtube.com/watch?v={VIDEO}&list=x",
        f"https://youtu.be/{VIDEO}/",
        f"https://WWW.YouTube.com/shorts/{VIDEO}?feature=share",
        f"https://www.youtube.com/live/{VIDEO}",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}?rel=0",
        f" https://www.youtube.com/v/{VIDEO}",
    ],
)
def test_addresses_of_videos(url: str) -> None:
    assert video_id(url) == VIDEO


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/watch?v={VIDEO}x",
        "https://www.youtube.com/@channel/videos",
        f"https://www.youtube.com/playlist?list={VIDEO}",
        f"https://youtube.com.example.org/watch?v={VIDEO}",
        f"ftp://youtu.be/{VIDEO}",
        "https://[broken/watch",
        f"https://example.org/embed/{VIDEO}",
    ],
)
def test_other_addresses(url: str) -> None:
    assert video_id(url) is None


def test_chapters_follow_the_sites_rule() -> None:
    assert chapters("0:00 A\n1:00 B\n1:00:00 C") == ((0, "A"), (60_000, "B"), (3_600_000, "C"))
    assert chapters("0:00 A\n1:00 B") == ()
    assert chapters("At 1:00 something\n1:00 A\n2:00 B\n3:00 C") == ()
    assert chapters("0:00 A\n2:00 B\n1:00 not in order\n3:00 C") == ((0, "A"), (120_000, "B"), (180_000, "C"))
