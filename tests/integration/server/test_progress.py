"""How far one is: two devices, any order, again and again, and what must change nothing."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.server.conftest import Served
from tests.integration.server.playing import interval
from tests.integration.server.shelving import owner_of, render, shelve

from narrowcast.store.tables import listening_day, listening_progress, play_interval


async def send(served: Served, identity: str, *intervals: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    """Sam tells what was heard; status and reason of each."""
    answer = await served.sam.post(f"podcasts/{identity}/sessions", json={"intervals": list(intervals), **more})
    assert answer.status_code == 200, answer.text
    return [(one["status"], one["reason"]) for one in answer.json()["results"]]


async def progress(served: Served, identity: str) -> dict[str, Any]:
    answer = await served.sam.get(f"podcasts/{identity}/progress")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def rows(served: Served) -> list[Any]:
    """All that is kept of listening, but for when it came."""
    async with served.context.store._database.read() as connection:
        return [
            tuple(row)
            for table in (play_interval, listening_day, listening_progress)
            for row in await connection.execute(
                select(*(column for column in table.c if column.name != "received_at")).order_by(*table.primary_key)
            )
        ]


@pytest.fixture
async def bees(served: Served) -> str:
    """A minute and a half second about bees."""
    identity = await shelve(served)
    await render(served, identity)
    return identity


async def test_two_devices_leave_one_progress_whatever_comes_first(served: Served, bees: str) -> None:
    nothing = await progress(served, bees)
    assert (nothing["current_position"], nothing["completion_percentage"], nothing["last_played_at"]) == (0, 0, None)
    now = datetime.now(UTC).replace(microsecond=0)
    phone = [interval(n * 5, n * 5 + 5, at=now - timedelta(seconds=400 - 5 * n)) for n in range(6)]
    desk = interval(20, 50, at=now - timedelta(seconds=200), rate=1.5, device="desk")
    told = [*phone, desk]
    random.shuffle(told)
    assert set(await send(served, bees, *told[:4])) == {("accepted", "")}
    assert await send(served, bees, *told[2:]) == [("duplicate", "")] * 2 + [("accepted", "")] * 3
    far = await progress(served, bees)
    assert (far["current_position"], far["playback_speed"], far["duration"]) == (50, 1.5, 61.5)
    assert far["completion_percentage"] == round(100 * 50 / 61.5, 1)
    assert far["last_played_at"] == (now - timedelta(seconds=180)).isoformat().replace("+00:00", "Z")
    # Two sentences back would be one: this recording has none, so it goes back by the clock, three minutes after.
    assert far["resume_position"] == 40
    assert (far["completed_segments"], far["total_segments"], far["total_plays"]) == ([], 2, 1)
    before = await rows(served)
    assert set(await send(served, bees, *told)) == {("duplicate", "")}
    assert await rows(served) == before


async def test_what_cannot_have_been_heard_changes_nothing(served: Served, bees: str) -> None:
    now = datetime.now(UTC)
    good = interval(0, 10)
    refused = {
        "It does not run forward.": [interval(20, 10, at=now), interval(5, 5), interval(-5, 5)],
        "That much cannot be heard in that time.": [
            interval(0, 60, wall_start=(now - timedelta(seconds=10)).isoformat(), wall_end=now.isoformat())
        ],
        "It lies in the future.": [interval(0, 10, at=now + timedelta(hours=1))],
        "It is older than sixty days.": [interval(0, 10, at=now - timedelta(days=61))],
        "There is no such time zone.": [
            interval(0, 10, tz="Europe/Nowhere"),
            interval(0, 10, tz="../../etc/passwd"),
            interval(0, 10, tz=""),
        ],
        "The rate is not between 0.25 and 4.": [interval(0, 10, rate=5), interval(0, 10, rate=0.2)],
        "There is no such rendering of this episode.": [interval(0, 10, revision=2)],
        "It lies behind the end of the episode.": [interval(70, 80)],
        "It is longer than twelve hours.": [
            interval(0, 10, at=now - timedelta(hours=20), wall_end=(now - timedelta(hours=1)).isoformat())
        ],
    }
    for reason, bad in refused.items():
        assert await send(served, bees, *bad) == [("refused", reason)] * len(bad), reason
    assert await rows(served) == []
    # What is good among it counts, twice in one request once.
    assert [s for s, _ in await send(served, bees, interval(5, 1), good, good)] == ["refused", "accepted", "duplicate"]
    assert (await progress(served, bees))["current_position"] == 10
    # Beyond the end there is nothing: it is cut there.
    assert await send(served, bees, interval(55, 65)) == [("accepted", "")]
    assert (await progress(served, bees))["current_position"] == 61.5

    before = await rows(served)
    path = f"podcasts/{bees}/sessions"
    for broken in (
        {"intervals": [{**good, "from": "NaN"}]},
        {"intervals": [{**good, "event_id": "short"}]},
        {"intervals": [{**good, "wall_start": "2026-11-21T18:00:00"}]},
        {"intervals": [good] * 501},
        {"intervals": [{**good, "owner_id": "somebody"}]},
    ):
        assert (await served.sam.post(path, json=broken)).status_code == 422
    for client, status in ((served.nils, 404), (served.lea, 404), (served.nobody, 401)):
        assert (await client.post(path, json={"intervals": [interval(0, 5)]})).status_code == status
        assert (await client.patch(f"podcasts/{bees}/progress", json={"finished": True})).status_code == status
    assert (await served.sam.post(f"podcasts/{uuid.uuid4()}/sessions", json={"intervals": []})).status_code == 404
    assert await rows(served) == before
    assert await served.context.store.listening_days.all(await owner_of(served, "nils")) == []


async def test_a_clock_that_is_wrong_is_set_right_by_what_it_says_when_it_sends(served: Served, bees: str) -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    told = interval(0, 10, at=ahead - timedelta(seconds=60))
    assert await send(served, bees, told, sent_at=ahead.isoformat()) == [("accepted", "")]
    played_at = datetime.fromisoformat((await progress(served, bees))["last_played_at"])
    assert abs(datetime.now(UTC) - timedelta(seconds=50) - played_at) < timedelta(seconds=20)


async def test_the_newest_place_wins_by_its_own_time(served: Served, bees: str) -> None:
    now = datetime.now(UTC)
    changed = await served.sam.patch(f"podcasts/{bees}/progress", json={"current_position": 33, "playback_speed": 2})
    assert (changed.json()["current_position"], changed.json()["playback_speed"]) == (33, 2)
    # Heard before that, but told after it: an outbox that was offline.
    assert await send(served, bees, interval(0, 20, at=now - timedelta(minutes=5))) == [("accepted", "")]
    far = await progress(served, bees)
    assert (far["current_position"], far["playback_speed"], far["completion_percentage"]) == (33, 2, 32.5)
    assert far["resume_position"] == 33
    answer = await served.sam.patch(f"podcasts/{bees}/progress", json={"current_position": 62})
    assert (answer.status_code, answer.json()["detail"]) == (422, "That place lies behind the end of the episode.")


async def test_one_may_say_that_it_is_finished_or_that_nothing_was_heard(served: Served, bees: str) -> None:
    await send(served, bees, interval(0, 20, at=datetime.now(UTC) - timedelta(minutes=5)))
    path = f"podcasts/{bees}/progress"
    done = (await served.sam.patch(path, json={"finished": True})).json()
    assert (done["finished"], done["completion_percentage"], done["completed_segments"]) == (True, 100, [0, 1])
    assert done["resume_position"] == 0
    fresh = (await served.sam.patch(path, json={"finished": False})).json()
    assert (fresh["finished"], fresh["completion_percentage"], fresh["current_position"]) == (False, 0, 0)
    # What was heard before that stays heard, in days, but not in progress.
    await send(served, bees, interval(20, 40, at=datetime.now(UTC) - timedelta(minutes=2)))
    assert (await progress(served, bees))["completion_percentage"] == 0
    sam = await owner_of(served, "sam")
    assert sum(day.listened_ms for day in await served.context.store.listening_days.all(sam)) == 40_000


async def test_what_is_heard_while_it_is_made_counts_for_what_comes_of_it(served: Served) -> None:
    identity = await shelve(served)
    early = interval(0, 20, at=datetime.now(UTC) - timedelta(minutes=3), revision=0)
    assert await send(served, identity, early) == [("accepted", "")]
    assert (await progress(served, identity))["current_position"] == 20
    await render(served, identity)
    far = await progress(served, identity)
    assert (far["revision"], far["current_position"], far["completion_percentage"]) == (1, 20, 32.5)
    late = interval(20, 40, at=datetime.now(UTC) - timedelta(minutes=2), revision=0)
    assert await send(served, identity, late) == [("accepted", "")]
    assert (await progress(served, identity))["completion_percentage"] == 65.0


async def test_days_stay_when_episodes_go(served: Served, bees: str) -> None:
    await send(served, bees, interval(0, 30, at=datetime.now(UTC) - timedelta(minutes=3)))
    assert (await served.sam.delete(f"podcasts/{bees}")).status_code == 204
    sam = await owner_of(served, "sam")
    assert [day.listened_ms for day in await served.context.store.listening_days.all(sam)] == [30_000]
    assert (await served.sam.get(f"podcasts/{bees}/progress")).status_code == 404
