"""Weekly reports: who wants them, and which were made, each once however many servers make them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select

from narrowcast.store.database import Database
from narrowcast.store.tables import account, delivery, weekly_report

PREFERENCE = "weekly_report"


@dataclass(frozen=True)
class Reader:
    """Somebody who wants a report; `last_week` is the Monday of the last week that one was made of."""

    owner_id: str
    email: str
    last_week: date | None


class WeeklyReports:
    """The reports of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def readers(self) -> Sequence[Reader]:
        """Everybody who wants them, and may still sign in."""
        last = select(func.max(weekly_report.c.week)).where(weekly_report.c.owner_id == account.c.id).scalar_subquery()
        wants = account.c.preferences[PREFERENCE].as_boolean()
        query = select(account.c.id, account.c.email, last).where(account.c.active, wants.is_(True))
        async with self._database.read() as connection:
            return [Reader(*row) for row in await connection.execute(query)]

    async def make(self, owner_id: str, week: date, letter: dict[str, Any] | None, event: str, now: datetime) -> bool:
        """Note that the week is told of, and have the `letter` sent, if there is one. False where it was told of."""
        mine = (weekly_report.c.owner_id == owner_id) & (weekly_report.c.week == week)
        async with self._database.write() as connection:
            if (await connection.execute(select(weekly_report.c.week).where(mine).with_for_update())).first():
                return False
            values = {"owner_id": owner_id, "week": week, "sent": letter is not None, "made_at": now}
            await connection.execute(insert(weekly_report).values(**values, body=(letter or {}).get("body", "")))
            if letter is not None:
                await connection.execute(
                    insert(delivery).values(
                        id=str(uuid.uuid4()),
                        owner_id=owner_id,
                        channel="email",
                        event=event,
                        payload=letter,
                        status="pending",
                        due_at=now,
                        created_at=now,
                    )
                )
        return True
