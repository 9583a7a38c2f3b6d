"""The week of a listener, as it is told of: on Monday mornings by e-mail, and beforehand on a page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from narrowcast.listening.overview import summary
from narrowcast.notify.weekly import Week, words_of
from narrowcast.notify.words import Words
from narrowcast.store.home import Store
from narrowcast.studio.listening_figures import ListenerFigures, listener_figures

MORNING = time(7)
LATEST = timedelta(days=2)
"""A server that was off on Monday still tells of the week until then."""
WEEK = timedelta(weeks=1)
MOST = 3


def due_week(now: datetime, zone: str) -> date | None:
    """The Monday of the week that is to be told of now by the clocks of `zone`; none while nothing is."""
    here = now.astimezone(ZoneInfo(zone))
    monday = here.date() - timedelta(days=here.weekday())
    begins = datetime.combine(monday, MORNING, here.tzinfo)
    return monday - WEEK if begins <= here < begins + LATEST else None


async def words_of_week(store: Store, owner_id: str, monday: date, now: datetime) -> Words | None:
    """What to say of the seven days from `monday` on; nothing where nothing was heard. Raises `OutputError`."""
    return await words_of_days(store, owner_id, await listener_figures(store, owner_id, now), monday)


async def words_of_days(store: Store, owner_id: str, figures: ListenerFigures, monday: date) -> Words | None:
    """The same of figures that are known. Raises `OutputError`."""
    week = [day for day in figures.days if monday <= day.day < monday + WEEK]
    before = [day for day in figures.days if monday - WEEK <= day.day < monday]
    whole = summary(monday, week)
    if not whole.listened_ms:
        return None
    most = await store.listening_days.most_listened(owner_id, monday, monday + WEEK - timedelta(days=1), MOST)
    return words_of(
        Week(
            listened_ms=whole.listened_ms,
            before_ms=summary(monday, before).listened_ms,
            days=len(week),
            sessions=whole.sessions,
            speed=whole.speed,
            streak=figures.streak.current,
            most=[(one.title, one.listened_ms) for one in most],
        )
    )
