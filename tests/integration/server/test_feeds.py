"""Private feeds: who opens them, what is in them, what their tokens do not do, and what they cost."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import podcastparser
import pytest
from lxml import etree
from PIL import Image
from sqlalchemy import event, insert, update
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import SOUND, owner_of, render, shelve

from narrowcast.feeds.rss import NAMESPACES
from narrowcast.server import feeding
from narrowcast.store.tables import account, download, episode, revision

ROOT = "http://127.0.0.1:8484"
APP = {"User-Agent": "AntennaPod/3.5.0"}
HOSTILE = "<script>alert('x')</script> ]]> & 🐝"


async def feed(served: Served, who: str = "sam", tag: str | None = None) -> dict[str, Any]:
    made = await getattr(served, who).post("feeds", json={"tag": tag})
    assert made.status_code in {200, 201}, made.text
    shown: dict[str, Any] = made.json()
    return shown


async def read(served: Served, url: str) -> Any:
    answer = await served.nobody.get(url)
    assert answer.status_code == 200, answer.text
    return etree.fromstring(answer.content)


def found(tree: Any, path: str) -> list[str]:
    return [str(one) for one in tree.xpath(path, namespaces=NAMESPACES)]


async def test_a_feed_holds_what_is_finished_and_every_address_in_it_works(served: Served) -> None:
    snapshot = {"speakers": {"speakers": [{"name": "Ada"}, {"name": "Ben"}]}}
    first = await shelve(served, title="The canal", minutes_ago=5, snapshot=snapshot, description="Mud & money.")
    await render(served, first)
    await render(served, first, b"second" * 1000)
    await shelve(served, title="Not made yet")
    other = await shelve(served, owner="nils", title="Another's")
    await render(served, other)
    shown = await feed(served)
    assert re.fullmatch(r"http://127\.0\.0\.1:8484/feeds/[\w-]{48}\.xml", shown["url"])
    tree = await read(served, shown["url"])
    assert found(tree, "//item/title/text()") == ["The canal"]
    assert found(tree, "//item/guid/text()") == [first]
    assert found(tree, "//channel/atom:link[@rel='self']/@href") == [shown["url"]]
    assert found(tree, "//channel/title/text()") == ["Sam’s Narrowcast"]
    assert found(tree, "//podcast:person/text()") == ["Ada", "Ben"]
    assert found(tree, "//item/enclosure/@length") == ["6000"]
    urls = found(tree, "//item/enclosure/@url | //@url | //itunes:image/@href")
    assert len(set(urls)) == 7
    for url in urls:
        assert url.startswith(shown["url"].removesuffix(".xml") + "/")
        head, whole = await served.nobody.head(url), await served.nobody.get(url)
        assert (head.status_code, whole.status_code) == (200, 200), url
        assert head.headers["content-length"] == str(len(whole.content))
        assert whole.headers["access-control-allow-origin"] == "*"
        assert whole.headers["cross-origin-resource-policy"] == "cross-origin"
        assert whole.headers["referrer-policy"] == "no-referrer"
    (sound,) = found(tree, "//item/enclosure/@url")
    assert sound.endswith(f"/{first}-2.mp3")
    assert (await served.nobody.get(sound)).content == b"second" * 1000
    earlier = sound.replace("-2.mp3", "-1.mp3")
    part = await served.nobody.get(earlier, headers={"Range": "bytes=300000-"})
    assert (part.status_code, part.content) == (206, SOUND[300_000:])
    for image in found(tree, "//itunes:image/@href"):
        with Image.open(io.BytesIO((await served.nobody.get(image)).content)) as picture:
            assert picture.width == picture.height
            assert 1400 <= picture.width <= 3000
            assert picture.format == "JPEG"
    types = dict(zip(found(tree, "//podcast:transcript/@url"), found(tree, "//podcast:transcript/@type"), strict=True))
    for url, media_type in types.items():
        assert (await served.nobody.get(url)).headers["content-type"].partition(";")[0] == media_type
    chapters = await served.nobody.get(found(tree, "//podcast:chapters/@url")[0])
    assert chapters.json()["chapters"] == [{"startTime": 0.0, "title": "The dance"}]


async def test_a_tags_feed_holds_that_tag_alone(served: Served) -> None:
    tagged, plain = await shelve(served, title="Bees"), await shelve(served, title="Tides")
    for identity in (tagged, plain):
        await render(served, identity)
    await served.sam.patch(f"podcasts/{tagged}", json={"tags": ["nature"]})
    shown = await feed(served, tag="Nature")
    assert (shown["tag"], shown["title"]) == ("nature", "Sam’s Narrowcast: nature")
    tree = await read(served, shown["url"])
    assert found(tree, "//item/title/text()") == ["Bees"]
    # What is not in the feed is not opened by its token, though it is the same person's.
    (sound,) = found(tree, "//enclosure/@url")
    assert (await served.nobody.get(sound.replace(tagged, plain))).status_code == 404
    assert (await feed(served, tag="nature"))["id"] == shown["id"]
    whole = await feed(served)
    assert [one["id"] for one in (await served.sam.get("feeds")).json()["items"]] == [whole["id"], shown["id"]]
    opml = await served.sam.get("feeds/opml")
    assert etree.fromstring(opml.content).xpath("//outline/@xmlUrl") == [whole["url"], shown["url"]]
    assert "attachment" in opml.headers["content-disposition"]


async def test_pages_of_a_large_library(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "A_PAGE", 2)
    for number in range(5):
        await render(served, await shelve(served, title=f"No. {number}", minutes_ago=number))
    shown = await feed(served)
    tree, titles, url = await read(served, shown["url"]), [], shown["url"]
    while True:
        titles += found(tree, "//item/title/text()")
        assert found(tree, "//atom:link[@rel='self']/@href") == [url]
        following = found(tree, "//atom:link[@rel='next']/@href")
        if not following:
            break
        (url,) = following
        tree = await read(served, url)
    assert titles == [f"No. {number}" for number in range(5)]
    assert found(tree, "//atom:link[@rel='previous']/@href") == [f"{shown['url']}?page=2"]
    beyond = await read(served, f"{shown['url']}?page=99")
    assert found(beyond, "//item") == []
    assert (await served.nobody.get(f"{shown['url']}?page=0")).status_code == 422


async def test_nothing_is_sent_twice_and_every_change_is_seen(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    other = await shelve(served, title="Second")
    await render(served, other)
    url = (await feed(served))["url"]
    whole = await served.nobody.get(url)
    assert whole.headers["content-type"].startswith("application/rss+xml")

    async def again(seen: httpx2.Response) -> tuple[int, int]:
        by_tag = await served.nobody.get(url, headers={"If-None-Match": seen.headers["etag"]})
        by_date = await served.nobody.get(url, headers={"If-Modified-Since": seen.headers["last-modified"]})
        return by_tag.status_code, by_date.status_code

    assert await again(whole) == (304, 304)
    changes = (
        served.sam.patch(f"podcasts/{identity}", json={"title": "Renamed"}),
        render(served, identity, b"anew"),
        served.sam.delete(f"podcasts/{other}"),
    )
    for change in changes:
        seen = await served.nobody.get(url)
        await change
        assert await again(seen) == (200, 200)
    # The same state under another name has other addresses in it.
    async with httpx2.AsyncClient(transport=served.nobody._transport, base_url="http://localhost:8484") as elsewhere:
        named = await elsewhere.get(
            url.replace("127.0.0.1", "localhost"), headers={"If-None-Match": whole.headers["etag"]}
        )
    assert named.status_code == 200
    assert b"http://localhost:8484/feeds/" in named.content
    head = await served.nobody.head(url)
    assert (head.status_code, head.content) == (200, b"")


async def test_asking_again_reads_little_and_writes_nothing(served: Served) -> None:
    for number in range(20):
        await render(served, await shelve(served, title=f"No. {number}"))
    url = (await feed(served))["url"]
    seen = await served.nobody.get(url)
    statements: list[str] = []
    engine = served.context.store._database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for _ in range(3):
        answer = await served.nobody.get(url, headers={"If-None-Match": seen.headers["etag"]})
        assert answer.status_code == 304
    assert [one for one in statements if not one.lower().startswith("select")] == []
    assert len(statements) <= 6


async def test_a_token_ends_with_its_row_and_its_user(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    shown = await feed(served)
    sound = f"{shown['url'].removesuffix('.xml')}/{identity}-1.mp3"
    assert (await served.nobody.get(sound)).status_code == 200
    before = found(await read(served, shown["url"]), "//podcast:guid/text()")
    renewed = (await served.sam.post(f"feeds/{shown['id']}/renew")).json()
    assert renewed["url"] != shown["url"]
    for gone in (shown["url"], sound):
        assert (await served.nobody.get(gone)).status_code == 404
        assert (await served.nobody.head(gone)).status_code == 404
    assert found(await read(served, renewed["url"]), "//podcast:guid/text()") == before
    assert (await served.sam.post(f"feeds/{shown['id']}/renew")).status_code == 404
    assert (await served.sam.delete(f"feeds/{renewed['id']}")).status_code == 204
    assert (await served.nobody.get(renewed["url"])).status_code == 404
    last = await feed(served)
    database, sam = served.context.store._database, await owner_of(served, "sam")
    async with database.write() as connection:
        await connection.execute(update(account).where(account.c.id == sam).values(active=False))
    assert (await served.nobody.get(last["url"])).status_code == 404


async def test_a_token_opens_nothing_else(served: Served) -> None:
    mine, other = await shelve(served), await shelve(served, owner="nils")
    for identity in (mine, other):
        await render(served, identity)
    shown, others = await feed(served), await feed(served, "nils")
    token = shown["url"].rpartition("/")[2].removesuffix(".xml")
    below = f"{ROOT}/feeds/{token}"
    names = [
        f"{other}-1.mp3",
        f"{mine}-2.mp3",
        f"{mine}-0.mp3",
        f"{mine}-1.wav",
        f"{mine}-1.exe",
        f"{mine.upper()}-1.mp3",
    ]
    names += [
        f"{mine}-1",
        "cover.png",
        "..%2f..%2fsecret.key",
        "%2e%2e%2fnarrowcast.db",
        f"{mine}-01.mp3",
        f"{mine}-1.mp3%00",
    ]
    names += [f"{mine}-1.txt", f"{mine}-1.notes.md", f"{mine}-99999999999999999999.mp3"]
    for name in names:
        assert (await served.nobody.get(f"{below}/{name}")).status_code == 404, name
    bearer = {"Authorization": f"Bearer {token}"}
    for path in ("me", "podcasts", "feeds"):
        assert (await served.nobody.get(path, headers=bearer)).status_code == 401
        as_session = {"Cookie": f"narrowcast_session={token}"}
        assert (await served.nobody.get(f"{path}?token={token}", headers=as_session)).status_code == 401
    assert (
        await served.nobody.get(f"{ROOT}/audio/{mine}-1.mp3?expires=9999999999&signature={token}")
    ).status_code == 403
    for path in (f"feeds/{shown['id']}", f"feeds/{others['id']}"):
        whose = served.nils if shown["id"] in path else served.sam
        assert (await whose.get(path)).status_code == 404
        assert (await whose.post(f"{path}/renew")).status_code == 404
        assert (await whose.delete(path)).status_code == 404
    # Neither does one that is nearly right, nor a feed's id.
    wrong = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:-1],
        f"{token}A",
        token.swapcase(),
        shown["id"],
        "x",
    ]
    for one in wrong:
        assert (await served.nobody.get(f"{ROOT}/feeds/{one}.xml")).status_code == 404


async def test_who_guesses_is_slowed_down_and_who_is_right_is_not(served: Served) -> None:
    url = (await feed(served))["url"]
    answers = [(await served.nobody.get(f"{ROOT}/feeds/{'A' * 44}{number:04}.xml")).status_code for number in range(70)]
    assert set(answers[:60]) == {404}
    assert set(answers[60:]) == {429}
    assert (await served.nobody.get(url)).status_code == 200


async def test_hostile_titles_stay_titles(served: Served) -> None:
    identity = await shelve(served, title=HOSTILE, description=HOSTILE)
    await render(served, identity)
    await served.sam.patch(f"podcasts/{identity}", json={"tags": [HOSTILE.casefold()]})
    shown = await feed(served, tag=HOSTILE)
    text = (await served.nobody.get(shown["url"])).content
    assert b"<script" not in text
    assert found(etree.fromstring(text), "//item/title/text()") == [HOSTILE]
    parsed = podcastparser.parse(shown["url"], io.BytesIO(text))
    assert parsed["title"] == f"Sam’s Narrowcast: {HOSTILE.casefold()}"
    assert parsed["episodes"][0]["title"] == HOSTILE


async def test_another_programs_parser_finds_everything(served: Served) -> None:
    identity = await shelve(served, title="The canal", description="Mud.")
    await render(served, identity)
    shown = await feed(served)
    parsed = podcastparser.parse(shown["url"], io.BytesIO((await served.nobody.get(shown["url"])).content))
    assert parsed["cover_url"] == f"{shown['url'].removesuffix('.xml')}/cover.jpg"
    (one,) = parsed["episodes"]
    assert (one["guid"], one["total_time"], one["title"]) == (identity, 62, "The canal")
    assert one["enclosures"] == [
        {
            "file_size": len(SOUND),
            "mime_type": "audio/mpeg",
            "url": f"{shown['url'].removesuffix('.xml')}/{identity}-1.mp3",
        }
    ]
    made = datetime.fromisoformat((await served.sam.get(f"podcasts/{identity}")).json()["completed_at"])
    assert one["published"] == int(made.timestamp())
    date = found(await read(served, shown["url"]), "//item/pubDate/text()")[0]
    assert parsedate_to_datetime(date) == made.replace(microsecond=0)


async def test_downloads_are_people_who_listened_for_a_minute(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    async with served.context.store._database.write() as connection:
        # Ten minutes in as many bytes: a minute is a tenth.
        await connection.execute(update(revision).values(duration_ms=600_000))
    shown = await feed(served)
    url = f"{shown['url'].removesuffix('.xml')}/{identity}-1.mp3"
    downloads, sam = served.context.store.downloads, await owner_of(served, "sam")

    async def fetch(first: int, last: int, headers: Mapping[str, str] = APP, method: str = "GET") -> int:
        asked = {**headers, "Range": f"bytes={first}-{last}"}
        assert (await served.nobody.request(method, url, headers=asked)).status_code in {200, 206}
        return (await downloads.of_episode(sam, identity)).total

    a_minute = len(SOUND) // 10
    assert await fetch(0, 1) == 0
    assert await fetch(0, 9, method="HEAD") == 0
    assert await fetch(0, len(SOUND), {"User-Agent": "Googlebot/2.1"}) == 0
    assert await fetch(0, len(SOUND), {"User-Agent": ""}) == 0
    assert await fetch(0, a_minute // 2) == 0
    assert await fetch(a_minute // 2, a_minute) == 1
    assert await fetch(a_minute, len(SOUND)) == 1
    assert await fetch(0, len(SOUND), {"User-Agent": "gPodder/3.11"}) == 2
    counts = await downloads.of_episode(sam, identity)
    assert counts.by_app == [("AntennaPod", 1), ("gPodder", 1)]
    assert counts.by_day == [(datetime.now(UTC).date(), 2)]
    assert (await downloads.of_episode(await owner_of(served, "nils"), identity)).total == 0
    # A day later the same app is another download, and nobody is remembered.
    database = served.context.store._database
    async with database.write() as connection:
        day_ago = datetime.now(UTC) - timedelta(hours=25)
        await connection.execute(update(download).values(began_at=day_ago))
    assert await fetch(0, len(SOUND)) == 3
    async with database.read() as connection:
        kept = (await connection.execute(download.select().order_by(download.c.began_at))).all()
    assert [row.listener is None for row in kept] == [True, True, False]
    assert not any("127.0.0.1" in str(row) for row in kept)
    await served.sam.delete(f"podcasts/{identity}")
    assert (await downloads.of_episode(sam, identity)).total == 0


async def test_feeds_are_limited_and_bad_ones_refused(served: Served) -> None:
    bad: list[Any] = [{"tag": ""}, {"tag": "x" * 65}, {"tag": 3}, {"title": ""}, {"url": "x"}, []]
    for body in bad:
        assert (await served.sam.post("feeds", json=body)).status_code == 422
    for number in range(100):
        assert (await served.sam.post("feeds", json={"tag": f"t{number}"})).status_code == 201
    full = await served.sam.post("feeds", json={"tag": "one more"})
    assert (full.status_code, full.json()["hint"]) == (409, "Remove one that is not used.")
    assert (await served.lea.post("feeds", json={})).status_code in {201, 403}


async def test_a_thousand_episodes_make_a_feed_in_no_time(served: Served) -> None:
    sam, database = await owner_of(served, "sam"), served.context.store._database
    now = datetime.now(UTC)
    base = {"owner_id": sam, "language": "en", "status": "completed", "figures": {}, "revision": 1, "updated_at": now}
    rows = [
        {**base, "id": f"00000000-0000-4000-8000-{number:012}", "title": f"No. {number}", "created_at": now}
        for number in range(1000)
    ]
    render_of = {"number": 1, "media_type": "audio/mpeg", "size_bytes": 1, "sha256": "0", "duration_ms": 1, "files": {}}
    rendered = [
        {**render_of, "episode_id": row["id"], "audio_key": "a.mp3", "figures": {}, "created_at": now} for row in rows
    ]
    async with database.write() as connection:
        await connection.execute(insert(episode), rows)
        await connection.execute(insert(revision), rendered)
    text = await served.nobody.get((await feed(served))["url"])
    assert text.content.count(b"<item>") == 300
    assert len(text.content) < 600_000
