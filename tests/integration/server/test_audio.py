"""What is heard and read of an episode, and links that open it for a while."""

from __future__ import annotations

import asyncio
import io
import re
import time
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from PIL import Image
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import SOUND, TEXTS, render, shelve

from narrowcast.accounts.server_secret import Purpose
from narrowcast.accounts.signed_names import signature
from narrowcast.covers.draw import cover_jpeg
from narrowcast.server import covers

ROOT = "http://127.0.0.1:8484"


async def test_audio_plays_by_ranges_and_is_not_sent_twice(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    path = f"podcasts/{identity}/audio"
    whole = await served.sam.get(path)
    assert (whole.status_code, whole.content) == (200, SOUND)
    assert whole.headers["content-type"] == "audio/mpeg"
    head = await served.sam.head(path)
    assert head.headers["content-length"] == str(len(SOUND))
    part = await served.sam.get(path, headers={"Range": "bytes=300000-", "If-Range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, SOUND[300_000:])
    again = await served.sam.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    beyond = await served.sam.get(path, headers={"Range": f"bytes={len(SOUND)}-"})
    assert beyond.status_code == 416
    assert beyond.json()["detail"].startswith("The range lies beyond")
    changed = await served.sam.get(path, headers={"If-Match": '"other"'})
    assert changed.status_code == 412


async def test_earlier_renderings_stay_playable(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity, b"first")
    await render(served, identity, b"second")
    path = f"podcasts/{identity}/audio"
    newest, first = await served.sam.get(path), await served.sam.get(f"{path}?revision=1")
    assert (newest.content, first.content) == (b"second", b"first")
    assert newest.headers["etag"] != first.headers["etag"]
    assert (await served.sam.get(f"{ROOT}/audio/{identity}-1.mp3")).content == b"first"
    gone = await served.sam.get(f"{path}?revision=3")
    assert (gone.status_code, gone.json()["hint"]) == (404, "The newest is 2.")
    for wrong in ("0", "-1", "x", "9" * 30):
        assert (await served.sam.get(f"{path}?revision={wrong}")).status_code == 422


async def test_texts(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    await render(served, identity, texts={})
    for name, ending, media_type in (
        ("transcript.txt", ".txt", "text/plain; charset=utf-8"),
        ("transcript.vtt", ".vtt", "text/vtt; charset=utf-8"),
        ("transcript.srt", ".srt", "application/x-subrip; charset=utf-8"),
        ("transcript.json", ".transcript.json", "application/json"),
        ("chapters.json", ".chapters.json", "application/json+chapters"),
        ("notes.md", ".notes.md", "text/markdown; charset=utf-8"),
    ):
        path = f"podcasts/{identity}/{name}"
        assert (await served.sam.get(path)).status_code == 404
        answer = await served.sam.get(f"{path}?revision=1")
        assert answer.content == TEXTS[ending]
        assert answer.headers["content-type"] == media_type
        assert answer.headers["x-content-type-options"] == "nosniff"
        known = await served.sam.get(f"{path}?revision=1", headers={"If-None-Match": answer.headers["etag"]})
        assert known.status_code == 304


async def test_the_cover_is_drawn_once(served: Served) -> None:
    identity = await shelve(served, title="蜂について 🐝")
    first = await served.sam.get(f"podcasts/{identity}/cover.jpg")
    assert first.headers["content-type"] == "image/jpeg"
    assert first.content.startswith(b"\xff\xd8\xff")
    again = await served.sam.get(f"podcasts/{identity}/cover.jpg", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


async def test_covers_come_as_small_as_they_are_shown(served: Served) -> None:
    drawn, own = await shelve(served), await shelve(served, title="With a picture")
    await render(served, own, texts={".cover.jpg": cover_jpeg("Another title")})
    for identity in (drawn, own):
        for asked, given in ((64, 64), (300, 320), (1400, 1400)):
            for _ in range(2):
                answer = await served.sam.get(f"podcasts/{identity}/cover.jpg?size={asked}")
                with Image.open(io.BytesIO(answer.content)) as picture:
                    assert (picture.format, picture.size) == ("JPEG", (given, given))
    small = await served.sam.get(f"podcasts/{own}/cover.jpg?size=64")
    assert len(small.content) < 5_000
    assert small.content != (await served.sam.get(f"podcasts/{drawn}/cover.jpg?size=64")).content
    for wrong in ("63", "1401", "-64", "x", ""):
        assert (await served.sam.get(f"podcasts/{own}/cover.jpg?size={wrong}")).status_code == 422
    assert (await served.nils.get(f"podcasts/{own}/cover.jpg?size=64")).status_code == 404


async def test_many_who_ask_at_once_have_each_cover_made_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = await shelve(served, title="A storm")
    made: list[int] = []

    def drawn(title: str, side: int) -> bytes:
        made.append(side)
        return cover_jpeg(title, side)

    monkeypatch.setattr(covers, "cover_jpeg", drawn)
    sizes = range(64, 124, 2)
    answers = await asyncio.gather(*(served.sam.get(f"podcasts/{identity}/cover.jpg?size={size}") for size in sizes))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(made) == [64, 96, 128]


async def test_what_is_not_made_yet_says_so(served: Served) -> None:
    identity = await shelve(served)
    answer = await served.sam.get(f"podcasts/{identity}/audio")
    assert answer.status_code == 404
    assert answer.json()["hint"] == "Its status is queued."
    assert (await served.sam.get(f"podcasts/{identity}/transcript.exe")).status_code in {404, 422}


TITLES = [
    "Ein „Zitat“ & mehr; filename=x.exe",
    '../../etc/passwd"\\',
    "蜂\u202egpj.exe",
    "…",
    "a" * 300,
    "🐝" * 100,
    "..",
    "line\r\nSet-Cookie: x=1",
]


async def test_any_title_gives_a_safe_name(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    for title in TITLES:
        assert (await served.sam.patch(f"podcasts/{identity}", json={"title": title})).status_code == 200
        header = (await served.sam.head(f"podcasts/{identity}/audio")).headers["content-disposition"]
        found = re.fullmatch(r"inline; filename=\"([\w .,()&+-]+)\"; filename\*=UTF-8''([\w.%~-]+)", header, re.ASCII)
        assert found
        for name in (found[1], unquote(found[2])):
            assert name.endswith(".mp3")
            assert len(name.encode()) < 200
            assert not set(name) & set('/\\:*?"<>|\r\n\u202e')
            assert name.strip(". ") == name


async def test_a_signed_link_opens_one_file_for_a_while(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity, b"first")
    await render(served, identity, b"second")
    link = (await served.sam.post(f"podcasts/{identity}/links", json={"seconds": 60})).json()["url"]
    assert (await served.nobody.get(f"{ROOT}{link}")).content == b"second"
    assert (await served.nils.get(f"{ROOT}{link}")).content == b"second"
    assert (await served.nobody.head(f"{ROOT}{link}")).status_code == 200
    parts = urlsplit(link)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    forged: list[tuple[str, dict[str, str]]] = [
        (parts.path.replace("-2.mp3", "-1.mp3"), asked),
        (parts.path, asked | {"expires": str(int(asked["expires"]) + 60)}),
        (parts.path, asked | {"signature": asked["signature"][:-1]}),
        (parts.path, asked | {"signature": "é"}),
        (parts.path, asked | {"signature": ""}),
        (parts.path, asked | {"expires": "٣"}),
        (parts.path, asked | {"expires": "-1"}),
        (parts.path, {"signature": asked["signature"]}),
    ]
    for path, query in forged:
        assert (await served.nobody.get(f"{ROOT}{path}", params=query)).status_code == 403, query
    key = served.context.secret.key(Purpose.SIGNED_URLS)
    name, past = f"{identity}-2.mp3", int(time.time()) - 1
    late = {"expires": str(past), "signature": signature(key, name, past)}
    assert (await served.nobody.get(f"{ROOT}/audio/{name}", params=late)).status_code == 403
    await served.sam.delete(f"podcasts/{identity}")
    assert (await served.nobody.get(f"{ROOT}{link}")).status_code == 404


async def test_links_are_for_a_week_at_most(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    for seconds in (0, 604_801, "x"):
        assert (await served.sam.post(f"podcasts/{identity}/links", json={"seconds": seconds})).status_code == 422
    assert (await served.sam.post(f"podcasts/{identity}/links", json={"revision": 7})).status_code == 404


async def test_names_that_are_none(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    for name in ("x.mp3", "-1.mp3", "{id}-.mp3", "{id}-1", "{id}-1.wav", "{id}-9.mp3", "{id}-1.mp3.exe"):
        assert (await served.sam.get(f"{ROOT}/audio/{name.format(id=identity)}")).status_code == 404, name
