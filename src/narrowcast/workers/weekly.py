"""Weekly reports, each told once: on Monday mornings by the clocks of whoever reads it."""

from __future__ import annotations

from datetime import datetime

from narrowcast.accounts.emails import is_placeholder
from narrowcast.notify.weekly import EVENT
from narrowcast.store.home import Store
from narrowcast.studio.weekly import due_week, words_of_week


async def tell_weeks(store: Store, now: datetime) -> int:
    """Have all reports sent that are due, and were not made yet; how many. Raises `OutputError`."""
    sent = 0
    for reader in await store.weekly_reports.readers():
        if is_placeholder(reader.email):
            continue
        week = due_week(now, await store.listening_days.zone(reader.owner_id) or "UTC")
        if week is None or (reader.last_week is not None and reader.last_week >= week):
            continue
        words = await words_of_week(store, reader.owner_id, week, now)
        letter = {"title": words.title, "body": words.body} if words else None
        sent += await store.weekly_reports.make(reader.owner_id, week, letter, EVENT, now) and letter is not None
    return sent
