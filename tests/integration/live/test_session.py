"""The sound that is played while an episode is made is the finished file's, whatever happens to its hands."""

from __future__ import annotations

import asyncio
import io
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from tests.integration.live.conftest import Hands, ready

from narrowcast.audio.clip import Samples
from narrowcast.audio.encode import Encoder
from narrowcast.errors import LimitError
from narrowcast.live.session import Session
from narrowcast.live.sessions import Sessions
from narrowcast.queue.outcome import Cancelled, Completed, Drained, Failed
from narrowcast.queue.queue import NewJob
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.home import Store
from simulated_sound import RATE


def heard(data: bytes) -> Samples:
    """What a decoder makes of it."""
    with av.open(io.BytesIO(data), "r") as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


async def whole(session: Session) -> bytes:
    """The beginning and every segment."""
    parts = [await session.segment(number, 5) for number in range(1, len(session.segments) + 1)]
    assert all(parts)
    return session.init + b"".join(part for part in parts if part)


async def test_the_segments_are_the_finished_file_and_every_cue_stands_where_it_is_heard(
    hands: Hands, sessions: Sessions, tmp_path: Path
) -> None:
    session = await sessions.open(hands.job)
    assert not session.segments
    await hands.begin()
    await hands.say(3.0)
    await ready(session, 1)
    after_one = session.made_s
    assert 3.1 < after_one < 3.3, "the turn can be heard to its end before the next comes"
    assert not session.complete
    first = [await session.segment(number, 1) for number in range(1, len(session.segments) + 1)]
    await hands.say(1.0, voice=1)
    await hands.say(11.5, segment=2)
    await hands.say(0.4, segment=2, voice=1)
    await hands.end(Completed({"turns": 4}))
    assert await session.until(lambda: session.complete, 30)
    assert session.fault is None

    again = [await session.segment(number, 1) for number in range(1, len(first) + 1)]
    assert again == first, "what was told once stays as it is"
    mix, places = await hands.mixed()
    with Encoder(tmp_path / "final.m4a", "m4a", RATE) as encoder:
        encoder.write(mix)
    live, final = heard(await whole(session)), heard((tmp_path / "final.m4a").read_bytes())
    assert len(final) - 1024 <= len(live) <= len(final) + 1024
    np.testing.assert_array_equal(live[: len(mix)], final[: len(mix)], "not one sample differs")

    segments = session.segments
    assert [segment.number for segment in segments] == list(range(1, len(segments) + 1))
    for one, next_one in pairwise(segments):
        assert one.start_s + one.seconds == pytest.approx(next_one.start_s)
    cues = [cue for segment in segments for cue in segment.turns]
    assert [(cue["start"], cue["end"]) for cue in cues] == [
        (round(start * 1000 / RATE) / 1000, round(end * 1000 / RATE) / 1000) for start, end in places
    ]
    assert [cue["turn_id"] for cue in cues] == ["s1t1", "s1t2", "s2t3", "s2t4"]
    assert [len(cue["sentences"]) for cue in cues] == [2] * 4
    assert cues[0]["sentences"][1]["start"] == pytest.approx(0.3 + 0.7 * 3.0, abs=0.05), "by the voice's own timing"
    assert all(
        segment.start_s <= cue["start"] < segment.start_s + segment.seconds
        for segment in segments
        for cue in segment.turns
    )
    chapters = [chapter for segment in segments for chapter in segment.chapters]
    assert chapters == [{"start": 0.0, "title": "Part 1"}, {"start": cues[2]["start"], "title": "Part 2"}]


async def test_other_hands_go_on_and_another_server_makes_the_same_segments(
    hands: Hands, sessions: Sessions, store: Store
) -> None:
    session = await sessions.open(hands.job)
    await hands.begin()
    await hands.say(2.0)
    await hands.say(5.0, voice=1)
    await ready(session, 2)
    before = await whole(session)
    await hands.end(Drained())
    await hands.begin()
    await hands.tell(*hands.written)
    await hands.say(1.0)
    await ready(session, 3)
    assert (await whole(session)).startswith(before)
    assert session.edition.endswith("-1")

    elsewhere = Sessions(store, asyncio.Event())
    other = await elsewhere.open(hands.job)
    await ready(other, 3)
    assert (await whole(other), other.edition) == (await whole(session), session.edition)
    await elsewhere.aclose()


async def test_words_that_changed_under_other_hands_are_another_sound_from_its_beginning(
    hands: Hands, sessions: Sessions
) -> None:
    session = await sessions.open(hands.job)
    await hands.begin()
    await hands.say(2.0)
    await hands.say(1.0)
    await ready(session, 2)
    before, edition = session.made_s, session.edition
    await hands.end(Drained())
    await hands.begin()
    kept = hands.written.pop(0)
    hands.written[:] = [kept]
    await hands.tell(kept)
    await hands.say(4.0, voice=1)
    assert await session.until(lambda: session.edition != edition and session.made_s > before, 30)
    mix, _ = await hands.mixed()
    live = heard(await whole(session))
    assert np.corrcoef(live[: RATE * 6], mix[: RATE * 6])[0, 1] > 0.99


@pytest.mark.parametrize("outcome", [Failed("No voice.", retryable=False), Cancelled()])
async def test_what_was_made_can_be_heard_when_the_rest_will_not_come(
    hands: Hands, sessions: Sessions, outcome: Failed | Cancelled
) -> None:
    session = await sessions.open(hands.job)
    await hands.begin()
    await hands.say(2.0)
    await hands.end(outcome)
    assert await session.until(lambda: session.complete, 30)
    assert heard(await whole(session)).size > 2 * RATE
    assert await session.segment(len(session.segments) + 1, 5) is None
    assert sessions.at(hands.job.id) is session


async def test_one_mp3_holds_the_same_for_all_who_want_it_from_its_start(hands: Hands, sessions: Sessions) -> None:
    session = await sessions.open(hands.job)

    async def listen() -> bytes:
        return b"".join([piece async for piece in session.mp3()])

    await hands.begin()
    await hands.say(2.0)
    early = asyncio.create_task(listen())
    await ready(session, 1)
    await hands.say(3.0, voice=1)
    await hands.end(Completed({"turns": 2}))
    late = asyncio.create_task(listen())
    data = await asyncio.wait_for(early, 30)
    assert await asyncio.wait_for(late, 30) == data
    mix, _ = await hands.mixed()
    live = heard(data)
    assert 0 <= len(live) - len(mix) < 3_000
    # What LAME puts before the sound: 576 samples, and 529 of a decoder (LAME's documentation of its tag).
    there = live[1105 : 1105 + len(mix) - RATE]
    assert np.corrcoef(there, mix[: len(there)])[0, 1] > 0.99


async def test_nothing_is_mixed_for_nobody_and_nothing_stays_behind(hands: Hands, store: Store, tmp_path: Path) -> None:
    session = Session(store, hands.job, every_s=0.01, idle_s=0.0)
    await session.open()
    await hands.begin()
    await hands.say(1.0)
    assert not await session.until(lambda: bool(session.segments), 0.5)
    with session.listening():
        await ready(session, 1)
    assert list((tmp_path / "home" / "work").glob("*/*.m4s"))
    await session.aclose()
    assert list((tmp_path / "home" / "work").glob("*")) == []
    assert session.complete


async def test_a_clip_that_is_gone_ends_it_and_the_next_who_asks_begins_anew(
    hands: Hands, sessions: Sessions, store: Store, tmp_path: Path
) -> None:
    session = await sessions.open(hands.job)
    await hands.begin()
    placed = await hands.say(1.0)
    await ready(session, 1)
    for path in (tmp_path / "home" / "blobs").rglob(f"{placed.clip}*"):
        path.write_bytes(b"damaged")
    other = Sessions(store, asyncio.Event())
    broken = await other.open(hands.job)
    assert await broken.until(lambda: broken.fault is not None, 30)
    assert "clip is gone" in str(broken.fault)
    assert broken.complete
    assert await other.open(hands.job) is not broken
    await other.aclose()


async def test_an_episode_that_was_deleted_is_told_to_who_listens(
    hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("narrowcast.live.session.CHECKED_EVERY_S", 0.0)
    session = Session(store, hands.job, every_s=0.01)
    await session.open()
    await store.shelf.delete(hands.job.owner_id, ["e1"])
    assert await session.until(lambda: session.fault is not None, 30)
    assert session.complete
    await session.aclose()


async def test_too_many_make_room_for_one_another_or_are_refused(
    hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = Sessions(store, asyncio.Event(), most_of_one_owner=2)
    jobs = [hands.job]
    for name in ("e2", "e3"):
        new = NewEpisode(name, hands.job.owner_id, name, "en")
        asked = NewJob(hands.job.owner_id, "episode", {"for": name}, episode_id=name)
        jobs.append((await hands.queue.enqueue(asked, new)).job)
    first, second = await sessions.open(jobs[0]), await sessions.open(jobs[1])
    assert await sessions.open(jobs[0]) is first
    with pytest.raises(LimitError):
        await sessions.open(jobs[2])
    monkeypatch.setattr("narrowcast.live.sessions.FORGOTTEN_S", 0.0)
    with second.listening():
        await sessions.open(jobs[2])
        assert (first.closed, second.closed) == (True, False), "the one that nobody listens to"
    await sessions.aclose()
    assert second.closed
    with pytest.raises(LimitError):
        await sessions.open(jobs[0])


async def test_it_ends_some_time_after_the_last_one_left(
    hands: Hands, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("narrowcast.live.sessions.LOOKED_AFTER_S", 0.01)
    sessions = Sessions(store, asyncio.Event(), linger_s=0.05)
    session = await sessions.open(hands.job)
    with session.listening():
        assert not await session.until(lambda: session.closed, 0.3)
    assert await session.until(lambda: session.closed, 30)
    assert sessions.at(hands.job.id) is None
    await sessions.aclose()
