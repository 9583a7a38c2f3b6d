"""A server whose files are in a bucket: it says where the sound is, and gives the bytes itself where that must be."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import SOUND, render, shelve

from narrowcast.server.web import POLICY, policy_of

APP = {"User-Agent": "AntennaPod/3.4"}


@pytest.fixture
def server_settings(bucket: str) -> Mapping[str, str]:
    return {"NARROWCAST_STORAGE_URL": f"s3://{bucket}/kept"}


async def test_players_are_sent_to_the_bucket_and_get_their_ranges_there(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    path = f"podcasts/{identity}/audio"
    sent = await served.sam.get(path, headers={"Range": "bytes=10-19"})
    assert (sent.status_code, sent.headers["cache-control"]) == (302, "private, no-store")
    base = served.context.store.blobs.links_begin_with
    assert base
    assert sent.headers["location"].startswith(base)
    async with httpx2.AsyncClient(trust_env=False) as client:
        part = await client.get(sent.headers["location"], headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, SOUND[10:20])
        assert part.headers["content-type"] == "audio/mpeg"
        assert part.headers["content-disposition"].startswith('inline; filename="')
    assert sent.headers["location"] == (await served.sam.get(path)).headers["location"]

    head = await served.sam.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(SOUND)))
    known = await served.sam.get(path, headers={"If-None-Match": head.headers["etag"]})
    assert known.status_code == 304
    beyond = await served.sam.get(path, headers={"Range": f"bytes={len(SOUND)}-"})
    assert beyond.status_code == 416


async def test_who_cannot_follow_gets_the_bytes_here(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    path = f"podcasts/{identity}/audio"
    here = await served.sam.get(f"{path}?direct=false", headers={"Range": "bytes=5-9"})
    assert (here.status_code, here.content) == (206, SOUND[5:10])
    etag = here.headers["etag"]
    # The storage has tags of its own: what goes by ours is answered here, what goes by its tags there.
    ours = await served.sam.get(path, headers={"Range": "bytes=5-9", "If-Range": etag})
    assert (ours.status_code, ours.content) == (206, SOUND[5:10])
    assert (await served.sam.get(path, headers={"If-Match": etag})).status_code == 200
    assert (await served.sam.get(path, headers={"Range": "bytes=5-9", "If-Range": '"theirs"'})).status_code == 302
    # A browser lets no script of another site follow to a third.
    assert (await served.sam.get(path, headers={"Origin": "http://127.0.0.1:8484"})).status_code == 200
    assert (await served.sam.get(f"{path}?direct=perhaps")).status_code == 422


async def test_nobody_is_sent_there_who_may_not_hear_it(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    assert (await served.nils.get(f"podcasts/{identity}/audio")).status_code == 404
    assert (await served.nobody.get(f"podcasts/{identity}/audio")).status_code == 401
    link = (await served.sam.post(f"podcasts/{identity}/links", json={"seconds": 60})).json()["url"]
    sent = await served.nobody.get(f"http://127.0.0.1:8484{link}")
    assert sent.status_code == 302
    query = parse_qs(urlsplit(sent.headers["location"]).query)
    # It began up to five minutes ago, and ends with the link.
    assert int(query["X-Amz-Expires"][0]) <= 60 + 300


async def test_what_podcast_apps_are_sent_to_counts_as_fetched(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    shown = (await served.sam.post("feeds", json={"tag": None})).json()
    url = f"{shown['url'].removesuffix('.xml')}/{identity}-1.mp3"
    assert (await served.nobody.get(url, headers=APP)).status_code == 302
    owner = (await served.sam.get("me")).json()["id"]
    assert (await served.context.store.downloads.of_episode(owner, identity)).total == 1
    across = await served.nobody.get(url, headers={**APP, "Origin": "https://player.example.org"})
    assert (across.status_code, across.content) == (200, SOUND)


def test_pages_may_play_from_the_bucket_and_fetch_nothing_there() -> None:
    policy = policy_of("https://books.s3.eu-central-1.amazonaws.com/")
    assert "media-src 'self' https://books.s3.eu-central-1.amazonaws.com/ blob:" in policy
    assert "connect-src 'self';" in policy
    assert "; " not in quoted(policy_of("https://x/a;b, c/"))
    assert policy_of(None) == POLICY


def quoted(policy: str) -> str:
    """What stands for the storage in a policy."""
    return policy.partition("media-src 'self' ")[2].partition(" blob:")[0]
