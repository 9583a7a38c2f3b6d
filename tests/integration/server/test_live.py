"""Listening to an episode while it is made, over HTTP: who may, what leads where, and what is told."""

from __future__ import annotations

import asyncio
import io
import json
import re
import time
from typing import Any
from urllib.parse import urljoin

import av
import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.integration.live.conftest import Hands, ready
from tests.integration.server.conftest import Served
from tests.integration.server.episodes import owner_of
from tests.integration.server.listening import listening

from narrowcast.accounts.server_secret import Purpose
from narrowcast.accounts.signed_names import signature
from narrowcast.live.making import Place
from narrowcast.live.track import Track
from narrowcast.queue.outcome import Completed, Drained, Failed
from narrowcast.queue.queue import NewJob
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.episodes.revisions import NewRevision, Publication

EPISODE = "0b6b7bb1-3c5c-4a3e-9c49-7a3f7f0f2a11"
PLACE = f"podcasts/{EPISODE}"
SOUND = b"the finished sound"


@pytest.fixture
async def hands(served: Served) -> Hands:
    """Hands for a job of Sam's, which have nothing yet."""
    store, queue = served.context.store, served.context.queue
    owner = await owner_of(served, "sam")
    asked = NewJob(owner, "episode", {"minutes": 2.0}, episode_id=EPISODE)
    job = (await queue.enqueue(asked, NewEpisode(EPISODE, owner, "On locks", "en"))).job
    return Hands(store, queue, job)


async def publish(hands: Hands) -> None:
    """The job's end, with a finished file."""
    blobs, key = hands.store.blobs, f"episodes/{EPISODE}/audio.mp3"
    await blobs.put(key, SOUND)
    made = NewRevision(key, "audio/mpeg", len(SOUND), "abc", 8_500, {}, {})
    assert await hands.queue.finish(hands.job.id, hands.job.epoch, Completed({"turns": 2}), Publication(EPISODE, made))


def addresses(answer: httpx2.Response) -> list[str]:
    """What a playlist leads to, its beginning first."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["cache-control"] == "no-store"
    found = re.findall(r'URI="([^"]+)"', answer.text) + re.findall(r"^(?!#)(.+)$", answer.text, re.MULTILINE)
    return [urljoin(str(answer.url), each) for each in found]


def seconds(data: bytes) -> float:
    """How much sound is in it."""
    with av.open(io.BytesIO(data), "r") as container:
        return sum(frame.samples for frame in container.decode(audio=0)) / container.streams.audio[0].rate


async def test_a_playlist_leads_to_all_there_is_so_far_then_to_the_finished_file(served: Served, hands: Hands) -> None:
    early = await served.sam.get(f"{PLACE}/live.m3u8")
    assert (early.status_code, "no sound yet" in early.json()["detail"]) == (503, True)
    assert early.headers["retry-after"] == "5"
    await hands.begin()
    await hands.say(2.0)
    first = await served.sam.get(f"{PLACE}/live.m3u8")
    assert "#EXT-X-ENDLIST" not in first.text
    session = served.context.live.at(hands.job.id)
    assert session
    await hands.say(3.0, voice=1)
    await ready(session, 2)
    grown = await served.sam.get(f"{PLACE}/live.m3u8")
    assert grown.text.startswith(first.text)
    parts = [await served.sam.get(address) for address in addresses(grown)]
    assert {part.status_code for part in parts} == {200}
    assert {part.headers["content-type"] for part in parts} == {"audio/mp4"}
    assert seconds(b"".join(part.content for part in parts)) == pytest.approx(5.6, abs=0.3)
    tagged = await served.sam.get(addresses(grown)[1], headers={"If-None-Match": parts[1].headers["etag"]})
    assert tagged.status_code == 304
    for path in ("live.m3u8", "live/init.mp4", "live/1.m4s", "live.mp3"):
        head = await served.sam.head(f"{PLACE}/{path}")
        assert (head.status_code, head.content) == (200, b""), path

    await publish(hands)
    assert await session.until(lambda: session.complete, 30)
    assert (await served.sam.get(f"{PLACE}/live.m3u8")).text.endswith("#EXT-X-ENDLIST\n"), "for who listens still"
    await served.context.live._end([hands.job.id])
    for name in ("live.m3u8", "live.mp3"):
        moved = await served.sam.get(f"{PLACE}/{name}")
        assert moved.status_code == 307
        final = await served.sam.get(urljoin(str(moved.url), moved.headers["location"]))
        assert (final.status_code, final.content) == (200, SOUND)
    assert (await served.sam.get(f"{PLACE}/live/1.m4s")).status_code == 404
    again = await served.sam.get(addresses(grown)[1])
    assert again.content == parts[1].content, "who was in the midst of it goes on"


async def test_nobody_else_hears_it_and_what_is_wrong_is_told(served: Served, hands: Hands) -> None:
    await hands.begin()
    await hands.say(1.0)
    playlist = await served.sam.get(f"{PLACE}/live.m3u8")
    paths = [*addresses(playlist), *(f"{PLACE}/live{name}" for name in (".m3u8", ".mp3", "/events", "/1.m4s"))]
    for path in paths:
        assert (await served.nils.get(path)).status_code == 404, path
        assert (await served.nobody.get(path)).status_code == 401, path
    for path, status in (
        ("live/0.m4s", 422),
        ("live/x.m4s", 422),
        ("live/999999.m4s", 404),
        ("live/1.m4s?edition=other-1", 404),
        ("live/1.m4s?edition=-", 404),
        (f"live/1.m4s?edition={hands.job.id[:8]}-2", 404),
        (f"live/1.m4s?edition={'x' * 41}", 422),
        ("live/1.m4s?expires=1&signature=x", 403),
    ):
        assert (await served.sam.get(f"{PLACE}/{path}")).status_code == status, path
    other = PLACE.replace("0b6b", "0b6c")
    assert (await served.sam.get(f"{other}/live.m3u8")).status_code == 404
    await hands.end(Failed("No voice.", retryable=False))
    session = served.context.live.at(hands.job.id)
    assert session
    assert await session.until(lambda: session.complete, 30)
    assert (await served.sam.get(f"{PLACE}/live.m3u8")).text.endswith("#EXT-X-ENDLIST\n")
    await served.context.live._end([hands.job.id])
    gone = await served.sam.get(f"{PLACE}/live.m3u8")
    assert (gone.status_code, gone.json()["hint"]) == (404, "Its status is failed.")


async def test_a_link_opens_the_sound_and_nothing_else_until_it_expires(served: Served, hands: Hands) -> None:
    await hands.begin()
    await hands.say(1.0)
    link = (await served.sam.post(f"{PLACE}/links", json={"seconds": 60, "live": True})).json()
    assert link["url"].startswith(f"/api/v1/{PLACE}/live.m3u8?expires=")
    opened = await served.nobody.get(f"http://127.0.0.1:8484{link['url']}")
    assert {(await served.nobody.get(address)).status_code for address in addresses(opened)} == {200}
    signed = link["url"].partition("?")[2]
    for path in ("audio", "transcript.txt", "cues", "live/events", "script", ""):
        answer = await served.nobody.get(f"{PLACE}/{path}".rstrip("/") + f"?{signed}")
        assert answer.status_code == 401, path
    for wrong in (signed.replace("expires=", "expires=9"), signed[:-1], signed.partition("&")[2]):
        assert (await served.nobody.get(f"{PLACE}/live.m3u8?{wrong}")).status_code == 403, wrong
    other = PLACE.replace("0b6b", "0b6c")
    assert (await served.nobody.get(f"{other}/live.m3u8?{signed}")).status_code == 403
    key, past = served.context.secret.key(Purpose.SIGNED_URLS), int(time.time()) - 1
    late = f"expires={past}&signature={signature(key, f'live/{EPISODE}', past)}"
    assert (await served.nobody.get(f"{PLACE}/live.m3u8?{late}")).status_code == 403
    assert (await served.nils.post(f"{PLACE}/links", json={"live": True})).status_code == 404

    await publish(hands)
    await served.context.live._end([hands.job.id])
    moved = await served.nobody.get(f"http://127.0.0.1:8484{link['url']}")
    final = await served.nobody.get(urljoin(str(moved.url), moved.headers["location"]))
    assert (final.status_code, final.content) == (200, SOUND)


async def told(url: str, client: httpx2.AsyncClient, last: int = 0, path: str = f"{PLACE}/live/events") -> Any:
    """What a listener is told, one event after the other."""
    headers = {**client.headers, **({"Last-Event-ID": str(last)} if last else {})}
    event: dict[str, str] = {}
    async with (
        httpx2.AsyncClient(base_url=url, headers=headers, timeout=60) as there,
        there.stream("GET", path) as answer,
    ):
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line and name:
                event[name] = value
            elif event.get("event"):
                yield event["event"], int(event.get("id", 0)), json.loads(event["data"])
                event = {}


async def test_each_segment_is_told_once_with_its_words_over_any_number_of_connections(
    served: Served, hands: Hands
) -> None:
    async with listening(served.app) as url:
        kinds, numbers, cues = [], [], []
        await hands.begin()
        await hands.say(2.0)
        async for kind, number, data in told(url, served.sam):
            kinds.append(kind)
            if kind == "segment":
                numbers.append(number)
                cues += data["turns"]
                assert data["expected"] == 120.0
            if number == 2:
                break
        assert kinds[0] == "state"
        await hands.end(Drained())
        await hands.begin()
        await hands.tell(*hands.written)
        await hands.say(2.0, voice=1, segment=2)
        async for kind, number, data in told(url, served.sam, last=2):
            if kind == "state":
                state = data
            if kind == "segment":
                numbers.append(number)
                cues += data["turns"]
                if cues[-1]["turn_id"] == "s2t2":
                    break
        await publish(hands)
        assert state["edition"] == f"{hands.job.id[:8]}-1"
        assert numbers == list(range(1, len(numbers) + 1))
        assert [cue["turn_id"] for cue in cues] == ["s1t1", "s2t2"]
        last = [event async for event in told(url, served.sam, last=len(numbers))][-1]
        assert last[0] == "ended"
        assert last[2]["final"] == {"revision": 1, "seconds": 8.5, "audio_url": f"/audio/{EPISODE}-1.mp3"}
        await served.context.live._end([hands.job.id])
        only = [event async for event in told(url, served.sam)]
        assert [kind for kind, _, _ in only] == ["ended"], "nothing is mixed for what is finished"
        assert served.context.live.at(hands.job.id) is None


async def test_a_failed_job_ends_what_is_told_with_its_message(served: Served, hands: Hands) -> None:
    async with listening(served.app) as url:
        await hands.begin()
        await hands.say(1.0)
        got = []
        async for event in told(url, served.sam):
            got.append(event)
            if [kind for kind, _, _ in got].count("segment") == 1 and event[0] == "segment":
                await hands.end(Failed("No voice.", retryable=False))
        assert got[-1][0] == "ended"
        assert got[-1][2]["error_message"] == "No voice."
        assert got[-1][2]["made"] == pytest.approx(1.3, abs=0.1)


async def test_clips_are_named_to_no_client(served: Served, hands: Hands) -> None:
    await hands.begin()
    placed = await hands.say(1.0)
    events = await served.context.store.job_events.of_job(hands.job.id)
    everything = await served.context.store.job_events.after(0, 100)
    mine = await served.context.store.job_events.of_owner(hands.job.owner_id, 0)
    assert placed.clip not in str([events, everything, mine])
    assert placed.clip in str(await served.context.store.job_events.sounding(hands.job.id))


async def test_what_is_still_mixed_is_not_told_to_be_gone(
    served: Served, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that has just begun mixes again what another told of before it."""
    monkeypatch.setattr("narrowcast.server.api.live.SEGMENT_S", 0.05)
    free, add = asyncio.Event(), Track.add

    async def slow(track: Track[Any], place: Place) -> None:
        await free.wait()
        await add(track, place)

    monkeypatch.setattr(Track, "add", slow)
    await hands.begin()
    await hands.say(1.0)
    busy = await served.sam.get(f"{PLACE}/live/1.m4s")
    assert (busy.status_code, busy.headers.get("retry-after")) == (503, "1")
    free.set()
    session = served.context.live.at(hands.job.id)
    assert session
    await ready(session, 1)
    assert (await served.sam.get(f"{PLACE}/live/1.m4s")).status_code == 200
    assert (await served.sam.get(f"{PLACE}/live/99.m4s")).status_code == 404


async def first_sounds(served: Served) -> tuple[float, float]:
    """How many jobs were heard, and how long that took in all."""
    text = (await served.olga.get("http://127.0.0.1:8484/metrics")).text
    found = {sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples}
    name = "narrowcast_job_first_audio_seconds"
    return found.get(f"{name}_count", 0.0), found.get(f"{name}_sum", 0.0)


async def test_the_first_sound_is_counted_when_somebody_hears_it(served: Served, hands: Hands) -> None:
    await hands.begin()
    await hands.say(1.0)
    playlist = await served.sam.get(f"{PLACE}/live.m3u8")
    assert (await served.sam.head(f"{PLACE}/live/1.m4s")).status_code == 200
    assert (await first_sounds(served))[0] == 0, "a playlist is not heard"
    for _ in range(2):
        assert (await served.sam.get(addresses(playlist)[1])).status_code == 200
        count, took = await first_sounds(served)
        assert (count, 0 < took < 60) == (1, True)
    await publish(hands)
    await served.sam.get(f"{PLACE}/audio")
    assert (await first_sounds(served))[0] == 1


async def test_the_finished_sound_counts_for_who_did_not_listen_before(served: Served, hands: Hands) -> None:
    await hands.begin()
    await publish(hands)
    await served.sam.head(f"{PLACE}/audio")
    assert (await first_sounds(served))[0] == 0
    await served.sam.get(f"{PLACE}/audio")
    assert (await first_sounds(served))[0] == 1
    asked = NewJob(hands.job.owner_id, "episode", {"minutes": 3.0}, episode_id=EPISODE)
    await hands.queue.enqueue(asked)
    await hands.queue.claim("elsewhere:2")
    await served.sam.get(f"{PLACE}/audio")
    assert (await first_sounds(served))[0] == 1, "an earlier rendering is not what the job makes"


async def test_the_finished_sound_counts_where_a_podcast_app_fetches_it(served: Served, hands: Hands) -> None:
    await hands.begin()
    await publish(hands)
    feed = (await served.sam.post("feeds", json={})).json()["url"]
    address = re.sub(r"\.xml.*", f"/{EPISODE}-1.mp3", feed)
    assert (await served.nobody.head(address)).status_code == 200
    assert (await first_sounds(served))[0] == 0
    assert (await served.nobody.get(address)).status_code == 200
    assert (await first_sounds(served))[0] == 1


async def test_the_server_ends_while_somebody_listens(served: Served, hands: Hands) -> None:
    async with listening(served.app) as url:
        await hands.begin()
        await hands.say(1.0)
        began = asyncio.get_running_loop().time()
        async for kind, _, _ in told(url, served.sam):
            if kind == "segment":
                served.context.closing.set()
        assert asyncio.get_running_loop().time() - began < 30
