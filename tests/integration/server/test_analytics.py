"""Days, streaks and figures of an episode, as the API and the pages tell them."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert
from tests.integration.server.conftest import Served
from tests.integration.server.playing import interval, zone_at_noon
from tests.integration.server.shelving import owner_of, render, shelve

from narrowcast.listening.intervals import KEPT, OLDEST, Offered
from narrowcast.store.tables import listening_day, listening_day_episode
from narrowcast.studio.hearing import Hearing
from narrowcast.studio.listening_figures import listener_figures

SOME_DAY = datetime(2026, 3, 28, 12, tzinfo=UTC)


async def heard(served: Served, identity: str, at: datetime, minutes: float, zone: str = "Europe/Berlin") -> None:
    """Sam hears its first minute again and again, from then on; told the same day."""
    begun = int(at.timestamp() * 1000)
    offered = [
        Offered(str(uuid.uuid4()), 1, 0, 60_000, 1.0, begun + n * 60_000, begun + (n + 1) * 60_000, zone, "d")
        for n in range(int(minutes))
    ]
    told = at + timedelta(minutes=minutes)
    taken = await Hearing(served.context.store).take(await owner_of(served, "sam"), identity, offered, None, told)
    assert {one.status for one in taken} == {"accepted"}


@pytest.fixture
async def bees(served: Served) -> str:
    """A minute and a half second about bees."""
    identity = await shelve(served)
    await render(served, identity)
    return identity


async def test_days_are_the_listeners_own_across_midnight_and_the_change_of_clocks(served: Served, bees: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for begun in (
        datetime(2026, 3, 27, 23, 50, tzinfo=berlin),  # past midnight, and the same day
        datetime(
            2026, 3, 29, 3, 50, tzinfo=berlin
        ),  # ten minutes of the 28th, which the clocks made short, and ten of the 29th
        datetime(2026, 3, 30, 12, 0, tzinfo=ZoneInfo("America/New_York")),
    ):
        await heard(served, bees, begun, 20, str(begun.tzinfo))
    sam = await owner_of(served, "sam")
    store = served.context.store
    days = {day.day: day.listened_ms / 60_000 for day in await store.listening_days.all(sam)}
    assert days == {date(2026, 3, 27): 20, date(2026, 3, 28): 10, date(2026, 3, 29): 10, date(2026, 3, 30): 20}
    then = datetime(2026, 3, 31, 3, 30, tzinfo=UTC)
    figures = await listener_figures(store, sam, then)
    # In New York it is still the 30th.
    assert (figures.zone, figures.today, figures.streak.current) == ("America/New_York", date(2026, 3, 30), 4)
    assert (await listener_figures(store, sam, then, "Asia/Tokyo")).today == date(2026, 3, 31)
    assert (await listener_figures(store, sam, then, "Asia/Tokyo")).streak.current == 4
    assert await store.listening_days.all(await owner_of(served, "nils")) == []


async def test_what_comes_late_makes_a_day_anew_even_when_older_intervals_are_gone(served: Served, bees: str) -> None:
    sam = await owner_of(served, "sam")
    store = served.context.store
    hearing = Hearing(store)
    late = SOME_DAY + OLDEST - timedelta(hours=13)
    await heard(served, bees, SOME_DAY, 10)
    assert await store.hearing.prune(late - KEPT) == 0
    begun = int(SOME_DAY.timestamp() * 1000) + 5 * 60_000
    # On another device at the same time, and for five minutes after.
    one = Offered(str(uuid.uuid4()), 1, 0, 60_000, 1.0, begun, begun + 60_000, "Europe/Berlin", "other")
    after = Offered(str(uuid.uuid4()), 1, 0, 60_000, 1.0, begun + 300_000, begun + 360_000, "Europe/Berlin", "other")
    await hearing.take(sam, bees, [one, after], None, late)
    (day,) = await store.listening_days.all(sam)
    assert (day.listened_ms, day.sessions, day.speed) == (660_000, 1, 1.0)
    assert await store.hearing.prune(SOME_DAY + KEPT + timedelta(days=1)) == 12
    assert [day.listened_ms for day in await store.listening_days.all(sam)] == [660_000]


async def test_analytics_of_a_listener_and_of_an_episode(served: Served, bees: str) -> None:
    now = datetime.now(UTC)
    told = [
        interval(0, 30, at=now - timedelta(minutes=50)),
        interval(10, 20, at=now - timedelta(minutes=48)),
        interval(40, 50, at=now - timedelta(minutes=47), rate=2),
    ]
    (await served.sam.post(f"podcasts/{bees}/sessions", json={"intervals": told})).raise_for_status()
    mine = (await served.sam.get("podcasts/analytics/user?timeframe=week")).json()
    today = datetime.now(ZoneInfo(zone_at_noon())).date().isoformat()
    assert (mine["total_time_listened"], mine["number_of_sessions"]) == (45, 1)
    assert (mine["average_speed"], mine["completion_rate"]) == (pytest.approx(50 / 45, 0.001), pytest.approx(40 / 61.5))
    assert (len(mine["daily"]), mine["daily"][-1]["date"], mine["daily"][0]["total_time_listened"]) == (7, today, 0)
    assert mine["streak"] == {"current": 0, "longest": 0, "today": 45, "minimum": 300, "counts_today": False}
    assert len((await served.sam.get("podcasts/analytics/user?timeframe=day")).json()["daily"]) == 1
    for asked in ("timeframe=century", "tz=Europe/Nowhere", "tz=../../etc/passwd"):
        assert (await served.sam.get(f"podcasts/analytics/user?{asked}")).status_code == 422

    path = f"podcasts/{bees}/analytics"
    episode = (await served.sam.get(path)).json()
    assert (episode["total_plays"], episode["total_time_listened"], episode["downloads"]) == (1, 45, 0)
    assert episode["most_replayed"] == {"start": 10, "end": 20, "times": 2}
    assert (episode["skipped"], episode["stops"]) == ([{"start": 30, "end": 40}], [50])
    assert len(episode["heatmap"]["heard"]) == 100
    assert sum(episode["heatmap"]["replays"]) * episode["heatmap"]["bucket_seconds"] == pytest.approx(10, 0.01)
    assert (episode["daily"][-1]["plays"], len(episode["daily"])) == (1, 30)
    assert (await served.sam.get(f"podcasts/{bees}")).json()["total_plays"] == 1
    for client, status in ((served.nils, 404), (served.nobody, 401)):
        assert (await client.get(path)).status_code == status
    assert (await served.nils.get("podcasts/analytics/user")).json()["total_time_listened"] == 0


async def test_ones_listening_is_taken_along_without_formulas(served: Served) -> None:
    identity = await shelve(served, title="=HYPERLINK(1)")
    await render(served, identity)
    (await served.sam.post(f"podcasts/{identity}/sessions", json={"intervals": [interval(0, 30)]})).raise_for_status()
    table = await served.sam.get("podcasts/analytics/user/export")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(table.text))
    assert (row["title"], row["seconds_listened"], row["episode_id"]) == ("'=HYPERLINK(1)", "30.0", identity)
    told = json.loads((await served.sam.get("podcasts/analytics/user/export?format=json")).text)
    assert (told["days"][0]["seconds_listened"], told["episodes"][0]["title"]) == (30, "=HYPERLINK(1)")
    assert [(one["from"], one["to"]) for one in told["intervals"]] == [(0, 30)]
    assert (await served.nils.get("podcasts/analytics/user/export")).text.count("\n") == 1
    assert (await served.sam.get("podcasts/analytics/user/export?format=xml")).status_code == 422


async def test_the_stats_page_asks_as_little_of_five_years_as_of_none(served: Served, bees: str) -> None:
    asked: list[str] = []
    engine = served.context.store._database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    async def page(path: str) -> tuple[int, str]:
        asked.clear()
        answer = await served.sam.get(f"http://127.0.0.1:8484{path}", headers={"Accept": "text/html"})
        assert answer.status_code == 200, answer.text
        return len([one for one in asked if "listening_" in one or "play_interval" in one]), answer.text

    before, empty = await page("/stats")
    assert "Nothing yet" in empty
    sam = await owner_of(served, "sam")
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=n) for n in range(5 * 365)]
    common = {"owner_id": sam, "listened_ms": 1_800_000, "speed": 1.25, "sessions": 2}
    async with served.context.store._database.write() as connection:
        await connection.execute(insert(listening_day), [{**common, "day": day, "completion": 0.5} for day in days])
        more = {"episode_id": bees, "heard_ms": 30_000, "plays": 1, "duration_ms": 61_500, "stops": [30_000]}
        await connection.execute(insert(listening_day_episode), [{**common, **more, "day": day} for day in days])
    after, shown = await page("/stats")
    assert (before, after) == (3, 4)
    for words in ("1825 days", "1.25×", "50 %", "On bees", "30 min"):
        assert words in shown, words
    assert len(shown) < 100_000
    for by in ("week", "month", "<script>"):
        assert "<script>" not in (await page(f"/stats?by={by}"))[1]
    _, figures = await page(f"/episodes/{bees}/figures")
    assert "a minute of it, or half" in figures
    stranger = await served.nils.get(f"http://127.0.0.1:8484/episodes/{bees}/figures", headers={"Accept": "text/html"})
    assert stranger.status_code == 404
