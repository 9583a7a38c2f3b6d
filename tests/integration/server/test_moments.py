"""Shared moments: what their links open, for how long, and that they open nothing else."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import SOUND, TEXTS, owner_of, render, shelve

from narrowcast.accounts.address_tokens import Moment, moment_token
from narrowcast.accounts.server_secret import Purpose
from narrowcast.store.tables import account

ROOT = "http://127.0.0.1:8484"
PAGE = {"Accept": "text/html"}
HOSTILE = "<script>alert(1)</script>\"'&"
TRANSCRIPT = {
    "version": "1.0.0",
    "segments": [
        {"speaker": "Ada", "startTime": 0, "endTime": 5, "body": "Before."},
        {"speaker": HOSTILE, "startTime": 5, "endTime": 9, "body": "Half of it is mud."},
        {"speaker": HOSTILE, "startTime": 9, "endTime": 12, "body": HOSTILE},
        {"speaker": "Ada", "startTime": 30, "endTime": 40, "body": "After."},
    ],
}


async def shared(served: Served, identity: str, **wish: Any) -> dict[str, Any]:
    answer = await served.sam.post(f"podcasts/{identity}/moments", json={"start": 6, **wish})
    assert answer.status_code == 201, answer.text
    link: dict[str, Any] = answer.json()
    return link


async def an_episode(served: Served, title: str = "The canal") -> str:
    identity = await shelve(served, title=title)
    await render(served, identity, texts={**TEXTS, ".transcript.json": json.dumps(TRANSCRIPT).encode()})
    return identity


async def test_a_moment_is_heard_and_read_without_signing_in(served: Served) -> None:
    identity = await an_episode(served, HOSTILE)
    link = await shared(served, identity, end=15)
    assert re.fullmatch(ROOT + r"/m/[\w-]{70,100}", link["url"])
    page = await served.nobody.get(link["url"], headers=PAGE)
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    text = page.text
    assert "Half of it is mud." in text
    assert "Before." not in text
    assert "After." not in text
    assert "<script>alert" not in text
    assert 'name="robots" content="noindex"' in text
    assert f'property="og:image" content="{link["url"]}/cover.jpg"' in text
    (sound,) = re.findall(r'<source src="([^"]+)#t=6.0,15.0"', text)
    part = await served.nobody.get(ROOT + sound, headers={"Range": "bytes=300000-"})
    assert (part.status_code, part.content) == (206, SOUND[300_000:])
    assert (await served.nobody.head(ROOT + sound)).headers["content-length"] == str(len(SOUND))
    assert (await served.nobody.get(f"{link['url']}/cover.jpg")).headers["content-type"] == "image/jpeg"
    assert (await served.nobody.head(link["url"], headers=PAGE)).status_code == 200
    # It stays what was shared when the episode is rendered anew.
    await render(served, identity, b"anew")
    assert (await served.nobody.get(ROOT + sound)).content == SOUND


async def test_a_link_opens_nothing_else_and_ends(served: Served) -> None:
    identity, other = await an_episode(served), await an_episode(served, "Another")
    token = (await shared(served, identity))["url"].rpartition("/")[2]
    for path in (
        "sound.wav",
        "sound.mp3.bak",
        f"{identity}-1.mp3",
        f"{other}-1.mp3",
        "..%2fsecret.key",
        "transcript.txt",
    ):
        assert (await served.nobody.get(f"{ROOT}/m/{token}/{path}")).status_code == 404
    for wrong in (token[:-1], token[:-2] + "AA", f"{token}A", token.swapcase(), "x", identity):
        assert (await served.nobody.get(f"{ROOT}/m/{wrong}", headers=PAGE)).status_code == 404
        assert (await served.nobody.get(f"{ROOT}/m/{wrong}/sound.mp3")).status_code == 404
    assert (await served.nobody.get(f"{ROOT}/feeds/{token}.xml")).status_code == 404
    assert (await served.nobody.get("podcasts", headers={"Authorization": f"Bearer {token}"})).status_code == 401
    key = served.context.secret.key(Purpose.MOMENTS)
    past = Moment(identity, 1, 0, 0, datetime.now(UTC) - timedelta(seconds=1))
    expired = await served.nobody.get(f"{ROOT}/m/{moment_token(key, past)}", headers=PAGE)
    assert expired.status_code == 410
    assert "This moment has expired" in expired.text
    assert "canal" not in expired.text
    assert (await served.nobody.get(f"{ROOT}/m/{moment_token(key, past)}/sound.mp3")).status_code == 404
    await served.sam.delete(f"podcasts/{identity}")
    gone = await served.nobody.get(f"{ROOT}/m/{token}", headers=PAGE)
    assert (gone.status_code, "cannot be heard any more" in gone.text) == (404, True)
    others = (await shared(served, other))["url"]
    database, sam = served.context.store._database, await owner_of(served, "sam")
    async with database.write() as connection:
        await connection.execute(update(account).where(account.c.id == sam).values(active=False))
    assert (await served.nobody.get(others, headers=PAGE)).status_code == 404


async def test_moments_that_cannot_be_are_refused(served: Served) -> None:
    identity, silent = await an_episode(served), await shelve(served)
    path = f"podcasts/{identity}/moments"
    bad: list[Any] = [
        {},
        {"start": -1},
        {"start": "x"},
        {"start": 61.5},
        {"start": 9, "end": 9},
        {"start": 9, "end": 3},
    ]
    bad += [{"start": 0, "expires_in": 59}, {"start": 0, "expires_in": 30 * 86400 + 1}, {"start": 0, "x": 1}]
    for body in bad:
        assert (await served.sam.post(path, json=body)).status_code == 422, body
    assert (await served.sam.post(path, json={"start": 0, "revision": 2})).status_code == 404
    assert (await served.sam.post(f"podcasts/{silent}/moments", json={"start": 0})).status_code == 404
    assert (await served.nils.post(path, json={"start": 0})).status_code == 404
    assert (await served.nobody.post(path, json={"start": 0})).status_code == 401
    long = await shared(served, identity, start=61, end=900, expires_in=30 * 86400)
    assert long["end"] == 61.5
