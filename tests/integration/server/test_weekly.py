"""The weekly report: on the listener's own Monday morning, to whom wants it, once."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import owner_of, render, shelve

from narrowcast.listening.intervals import Offered
from narrowcast.notify.mail import Letter, compose
from narrowcast.notify.weekly import Week, words_of
from narrowcast.notify.words import Words
from narrowcast.store.tables import delivery, weekly_report
from narrowcast.studio.hearing import Hearing
from narrowcast.studio.weekly import due_week
from narrowcast.workers.delivering import link_of
from narrowcast.workers.weekly import tell_weeks

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = datetime(2026, 3, 30, 7, 0, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (MONDAY - timedelta(minutes=1), None),
        (MONDAY, date(2026, 3, 23)),
        (MONDAY + timedelta(hours=47), date(2026, 3, 23)),
        (MONDAY + timedelta(days=2), None),
    ],
)
def test_it_is_due_on_the_morning_of_the_listeners_monday(now: datetime, week: date | None) -> None:
    assert due_week(now.astimezone(UTC), "Asia/Tokyo") == week


async def letters(served: Served) -> list[dict[str, str]]:
    """All e-mail that is to be sent."""
    async with served.context.store._database.read() as connection:
        return [dict(row.payload) for row in await connection.execute(select(delivery.c.payload))]


async def test_it_is_told_once_to_who_wants_it(served: Served) -> None:
    store = served.context.store
    bees = await shelve(served, title="Bees <b>hum</b>")
    await render(served, bees)
    sam = await owner_of(served, "sam")
    begun = int((MONDAY - timedelta(days=3)).timestamp() * 1000)
    offered = [
        Offered(str(uuid.uuid4()), 1, 0, 60_000, 1.5, begun + n * 40_000, begun + (n + 1) * 40_000, "Asia/Tokyo", "d")
        for n in range(30)
    ]
    await Hearing(store).take(sam, bees, offered, None, MONDAY)
    assert await tell_weeks(store, MONDAY) == 0  # nobody asked for it
    changed = (await served.sam.patch("me/notifications", json={"weekly_report": True})).json()
    assert (changed["weekly_report"], len(changed["email_on"])) == (True, 3)
    (await served.nils.patch("me/notifications", json={"weekly_report": True})).raise_for_status()
    assert await tell_weeks(store, MONDAY - timedelta(minutes=1)) == 0
    # Two servers at once, and one that starts anew.
    assert sorted(await asyncio.gather(*(tell_weeks(store, MONDAY) for _ in range(3)))) == [0, 0, 1]
    assert await tell_weeks(store, MONDAY + timedelta(hours=5)) == 0
    (letter,) = await letters(served)
    assert letter == {
        "title": "Your week: 20 min of listening",
        "body": "You listened for 20 min on 1 day, in 1 session. Your speed was 1.50× on average. "
        "Listened to most: “Bees <b>hum</b>” (20 min).",
    }
    # A week in which nothing was heard is not told of, but it is over.
    assert await tell_weeks(store, MONDAY + timedelta(weeks=1)) == 0
    async with store._database.read() as connection:
        weeks = (await connection.execute(select(weekly_report.c.week).where(weekly_report.c.owner_id == sam))).all()
    assert {row.week for row in weeks} == {date(2026, 3, 23), date(2026, 3, 30)}
    link = link_of("listening.weekly", None, "https://example.org")
    message = compose(
        Letter("1", "sam@example.org", Words(**letter), MONDAY, link=link), Address("Narrowcast", "n", "example.org")
    )
    assert link == "https://example.org/stats"
    html = message.get_body(("html",))
    assert html is not None
    assert "Bees &lt;b&gt;hum&lt;/b&gt;" in html.get_content()
    (await served.sam.patch("me/notifications", json={"weekly_report": False})).raise_for_status()
    assert [reader.owner_id for reader in await store.weekly_reports.readers()] == [await owner_of(served, "nils")]


def test_it_says_what_there_is_to_say() -> None:
    week = Week(7_620_000, 7_000_000, 5, 6, None, 6, ())
    assert words_of(week).body == (
        "You listened for 2 h 7 min on 5 days, in 6 sessions, 10 min more than the week before. "
        "You have listened 6 days in a row."
    )
    assert "as much as the week before" in words_of(Week(60_000, 60_000, 1, 1, None, 0, ())).body
