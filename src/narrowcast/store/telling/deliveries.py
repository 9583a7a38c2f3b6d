"""Messages on their way to webhooks, mailboxes and browsers: claimed, tried, settled, and looked up afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from narrowcast.store.database import Database
from narrowcast.store.paging import Place, newest_first
from narrowcast.store.staying import owner_stays
from narrowcast.store.tables import account, delivery, message, push_subscription, webhook

KEPT = timedelta(days=30)
"""How long the log is kept."""
_IS_PENDING = delivery.c.status == literal_column("'pending'")  # as in the partial index


@dataclass(frozen=True)
class Target:
    """A webhook as a try needs it; `sealed` are the secrets that sign at that time, the newest first."""

    id: str
    url: str
    description: str
    active: bool
    sealed: tuple[bytes, ...]
    failures: int
    failing_since: datetime | None


@dataclass(frozen=True)
class Browser:
    """A browser as a try needs it: where it is told, and how that is sealed for it."""

    id: str
    endpoint: str
    public_key: bytes
    auth_secret: bytes


@dataclass(frozen=True)
class Claimed:
    """A message to try now; `tries` counts this one and is the fence for what is written afterwards."""

    id: str
    owner_id: str
    channel: str
    event: str
    payload: Mapping[str, Any]
    tries: int
    created_at: datetime
    email: str
    owner_active: bool
    target: Target | None
    browser: Browser | None = None


@dataclass(frozen=True)
class Settlement:
    """What became of a try. `again_at` none: there is no other one. `counts` where it tells of the webhook's health.

    `disabled_reason` switches the webhook off, and `notice` (kind, title, body) goes to the inbox then.
    `forget_browser` where it is not subscribed any more.
    """

    delivered: bool
    code: int | None
    note: str
    again_at: datetime | None = None
    counts: bool = True
    disabled_reason: str | None = None
    notice: tuple[str, str, str] | None = None
    forget_browser: bool = False


@dataclass(frozen=True)
class Delivery:
    """A line of the log: the status of an answer, never its content. `due_at` is the next try, while there is one."""

    id: str
    event: str
    job_id: str | None
    status: str
    attempts: int
    answer_code: int | None
    note: str | None
    due_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


class Deliveries:
    """The messages of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def any_due(self, now: datetime) -> bool:
        """Whether a message is due."""
        query = select(delivery.c.id).where(_IS_PENDING, delivery.c.due_at <= now).limit(1)
        async with self._database.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def claim(
        self, holder: str, now: datetime, lease: timedelta, *, besides: Collection[str] = ()
    ) -> Claimed | None:
        """The message that is due longest, of none of the owners `besides`; nobody else gets it within the lease."""
        due = (
            select(delivery.c.id)
            .where(_IS_PENDING, delivery.c.due_at <= now, delivery.c.owner_id.not_in(besides))
            .order_by(delivery.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write(None) as connection:
            identity = await connection.scalar(due)
            if identity is None:
                return None
            await connection.execute(
                update(delivery)
                .where(delivery.c.id == identity)
                .values(holder=holder, due_at=now + lease, attempts=delivery.c.attempts + 1)
            )
            return await _claimed(connection, identity, now)

    async def add_test(
        self,
        owner_id: str,
        *,
        webhook_id: str | None,
        event: str,
        payload: Mapping[str, Any],
        holder: str,
        now: datetime,
        lease: timedelta,
        channel: str = "",
    ) -> Claimed:
        """A message that its sender tries at once, already claimed: to a webhook, else by `channel` or e-mail."""
        identity = str(uuid.uuid4())
        values = {
            "id": identity,
            "owner_id": owner_id,
            "channel": channel or ("webhook" if webhook_id else "email"),
            "webhook_id": webhook_id,
            "event": event,
            "payload": dict(payload),
            "status": "pending",
            "attempts": 1,
            "holder": holder,
            "due_at": now + lease,
            "created_at": now,
        }
        async with self._database.write() as connection:
            await connection.execute(insert(delivery).values(**values))
            return await _claimed(connection, identity, now)

    async def recent(self, owner_id: str, event: str, since: datetime) -> int:
        """How many messages of that kind an owner had since then."""
        query = select(func.count()).where(
            delivery.c.owner_id == owner_id, delivery.c.event == event, delivery.c.created_at >= since
        )
        async with self._database.read() as connection:
            return int(await connection.scalar(query) or 0)

    async def settle(self, claimed: Claimed, settlement: Settlement, now: datetime) -> bool:
        """Write what became of a try; false, and nothing written, if another one began meanwhile or it is gone."""
        ended = settlement.again_at is None
        status = "delivered" if settlement.delivered else "failed" if ended else "pending"
        written = (
            update(delivery)
            .where(delivery.c.id == claimed.id, _IS_PENDING, delivery.c.attempts == claimed.tries)
            .values(
                status=status,
                answer_code=settlement.code,
                note=settlement.note or None,
                holder=None,
                due_at=settlement.again_at,
                finished_at=now if ended else None,
            )
            .returning(delivery.c.id)
        )
        async with self._database.write(None) as connection:
            await owner_stays(connection, claimed.owner_id)
            if claimed.target:
                # Before its messages, as who switches it off or removes it does.
                await connection.execute(
                    select(webhook.c.id).where(webhook.c.id == claimed.target.id).with_for_update(key_share=True)
                )
            if (await connection.execute(written)).first() is None:
                return False
            if claimed.target and settlement.counts:
                await _count(connection, claimed.target.id, now, delivered=settlement.delivered)
            if claimed.target and settlement.disabled_reason:
                await _disable(connection, claimed.owner_id, claimed.target.id, settlement, now)
            if claimed.browser:
                this = push_subscription.c.id == claimed.browser.id
                if settlement.forget_browser:
                    await connection.execute(delete(push_subscription).where(this))
                elif settlement.delivered:
                    await connection.execute(update(push_subscription).where(this).values(used_at=now))
        return True

    async def log(self, owner_id: str, webhook_id: str, after: Place | None, limit: int) -> list[Delivery]:
        """What was sent to a webhook, newest first."""
        query = newest_first(
            select(delivery).where(delivery.c.owner_id == owner_id, delivery.c.webhook_id == webhook_id),
            delivery.c.created_at,
            delivery.c.id,
            after,
            limit,
        )
        async with self._database.read() as connection:
            return [_delivery(row) for row in await connection.execute(query)]

    async def prune(self, now: datetime) -> None:
        """Forget what ended long ago."""
        old = delete(delivery).where(delivery.c.created_at < now - KEPT, delivery.c.finished_at.is_not(None))
        async with self._database.write() as connection:
            await connection.execute(old)


async def abandon(connection: AsyncConnection, webhook_id: str, now: datetime) -> None:
    """End all that is on its way to a webhook that was switched off."""
    await connection.execute(
        update(delivery)
        .where(delivery.c.webhook_id == webhook_id, _IS_PENDING)
        .values(status="failed", note="The webhook was switched off.", due_at=None, holder=None, finished_at=now)
    )


async def _claimed(connection: AsyncConnection, identity: str, now: datetime) -> Claimed:
    query: Select[Any] = (
        select(
            delivery.c.id,
            delivery.c.owner_id,
            delivery.c.channel,
            delivery.c.event,
            delivery.c.payload,
            delivery.c.attempts,
            delivery.c.created_at,
            account.c.email,
            account.c.active.label("owner_active"),
            webhook.c.id.label("webhook_id"),
            webhook.c.url,
            webhook.c.description,
            webhook.c.active,
            webhook.c.sealed_secret,
            webhook.c.sealed_previous,
            webhook.c.previous_until,
            webhook.c.failures,
            webhook.c.failing_since,
        )
        .join(account, account.c.id == delivery.c.owner_id)
        .outerjoin(webhook, webhook.c.id == delivery.c.webhook_id)
        .where(delivery.c.id == identity)
    )
    row = (await connection.execute(query)).one()
    return Claimed(
        id=row.id,
        owner_id=row.owner_id,
        channel=row.channel,
        event=row.event,
        payload=row.payload,
        tries=row.attempts,
        created_at=row.created_at,
        email=row.email,
        owner_active=row.owner_active,
        target=_target(row, now) if row.webhook_id else None,
        browser=await _browser(connection, row.owner_id, row.payload) if row.channel == "push" else None,
    )


async def _browser(connection: AsyncConnection, owner_id: str, payload: Mapping[str, Any]) -> Browser | None:
    """The browser that a message is for, if it is subscribed still, and by the same owner."""
    table = push_subscription
    query = select(table).where(table.c.id == payload.get("browser_id"), table.c.owner_id == owner_id)
    row = (await connection.execute(query)).first()
    return Browser(row.id, row.endpoint, row.public_key, row.auth_secret) if row else None


def _target(row: Row[Any], now: datetime) -> Target:
    two = row.sealed_previous is not None and row.previous_until is not None and now < row.previous_until
    return Target(
        id=row.webhook_id,
        url=row.url,
        description=row.description,
        active=row.active,
        sealed=(row.sealed_secret, row.sealed_previous) if two else (row.sealed_secret,),
        failures=row.failures,
        failing_since=row.failing_since,
    )


async def _count(connection: AsyncConnection, webhook_id: str, now: datetime, *, delivered: bool) -> None:
    values: dict[str, Any] = {"failures": 0, "failing_since": None}
    if not delivered:
        values = {"failures": webhook.c.failures + 1, "failing_since": func.coalesce(webhook.c.failing_since, now)}
    await connection.execute(update(webhook).where(webhook.c.id == webhook_id).values(**values))


async def _disable(
    connection: AsyncConnection, owner_id: str, webhook_id: str, settlement: Settlement, now: datetime
) -> None:
    """Switch the webhook off and tell its owner, once, however many messages find it so."""
    switched = (
        update(webhook)
        .where(webhook.c.id == webhook_id, webhook.c.active)
        .values(active=False, disabled_reason=settlement.disabled_reason, updated_at=now)
        .returning(webhook.c.id)
    )
    if (await connection.execute(switched)).first() is None:
        return
    await abandon(connection, webhook_id, now)
    if settlement.notice:
        kind, title, body = settlement.notice
        await connection.execute(
            insert(message).values(
                id=str(uuid.uuid4()), owner_id=owner_id, kind=kind, title=title, body=body, created_at=now
            )
        )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        event=row.event,
        job_id=row.job_id,
        status=row.status,
        attempts=row.attempts,
        answer_code=row.answer_code,
        note=row.note,
        due_at=row.due_at if row.status == "pending" else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
