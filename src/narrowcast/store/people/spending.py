"""The ledger: each call that was paid for, and what they add up to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, String, cast, exists, extract, func, insert, literal, select
from sqlalchemy.sql.elements import ColumnElement

from narrowcast.store.database import Database
from narrowcast.store.staying import owner_stays
from narrowcast.store.tables import account, episode, spending


@dataclass(frozen=True)
class Spent:
    """A paid call. `id` is its own: written twice, it counts once. `cost_usd` none where the price is not known."""

    owner_id: str
    provider: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    characters: int
    cost_usd: float | None
    episode_id: str | None = None
    job_id: str | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class By(StrEnum):
    """What sums are taken by; `day` is the day of the month, 1 to 31, in UTC."""

    DAY = "day"
    PROVIDER = "provider"
    MODEL = "model"
    EPISODE = "episode"
    OWNER = "owner"


@dataclass(frozen=True)
class Sum:
    """What calls add up to. `cost_usd` is that of those whose price is known; `unknown_calls` are the others.

    `key` is what they have in common (empty: an episode that is gone, or none); `name` is an episode's title or a
    user's e-mail address, where it has one.
    """

    key: str = ""
    name: str = ""
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    characters: int = 0
    cost_usd: float = 0.0
    unknown_calls: int = 0


class Spending:
    """The ledger of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, calls: Sequence[Spent]) -> None:
        """Write calls down, all in one transaction.

        One that stands already is left as it is; of an owner who is gone nothing is kept.
        """
        async with self._database.write(None) as connection:
            for owner_id in sorted({call.owner_id for call in calls}):
                await owner_stays(connection, owner_id)
            for call in calls:
                await connection.execute(insert(spending).from_select(list(_COLUMNS), _row(call)))

    async def sums(
        self, begins: datetime, ends: datetime, by: By | None = None, *, owner_id: str | None = None
    ) -> list[Sum]:
        """What the calls in [begins, ends) add up to, of one owner or of all, dearest first (days in order).

        Without `by` it is one sum, of nothing where there were no calls.
        """
        key = _KEYS[by] if by else literal("")
        query = _sums(key).where(spending.c.at >= begins, spending.c.at < ends)
        if owner_id is not None:
            query = query.where(spending.c.owner_id == owner_id)
        if by is By.EPISODE:
            query = query.add_columns(func.max(episode.c.title)).outerjoin(
                episode, episode.c.id == spending.c.episode_id
            )
        elif by is By.OWNER:
            query = query.add_columns(func.max(account.c.email)).outerjoin(account, account.c.id == spending.c.owner_id)
        if by:
            query = query.group_by(key)
        async with self._database.read() as connection:
            found = [_sum(row) for row in (await connection.execute(query)).all()]
        if by is By.DAY:
            return sorted(found, key=lambda each: int(each.key))
        return sorted(found, key=lambda each: (-each.cost_usd, -each.calls, each.key))

    async def of_episode(self, owner_id: str, episode_id: str) -> Sum:
        """What an episode of that owner has cost so far."""
        query = _sums(literal("")).where(spending.c.owner_id == owner_id, spending.c.episode_id == episode_id)
        async with self._database.read() as connection:
            return _sum((await connection.execute(query)).one())

    async def of_job(self, owner_id: str, job_id: str) -> Sum:
        """What a job of that owner has cost so far, over all its attempts."""
        query = _sums(literal("")).where(spending.c.owner_id == owner_id, spending.c.job_id == job_id)
        async with self._database.read() as connection:
            return _sum((await connection.execute(query)).one())


_COLUMNS = (
    "id", "owner_id", "episode_id", "job_id", "provider", "model", "prompt_tokens", "completion_tokens", "characters",
    "cost_usd", "at",
)  # fmt: skip

_KEYS: dict[By, ColumnElement[Any]] = {
    By.DAY: cast(extract("day", spending.c.at), String),
    By.PROVIDER: spending.c.provider,
    By.MODEL: spending.c.provider + literal(":") + spending.c.model,
    By.EPISODE: func.coalesce(spending.c.episode_id, ""),
    By.OWNER: spending.c.owner_id,
}


def _row(call: Spent) -> Select[Any]:
    """The call's values, none where its owner is gone or it stands already; without an episode that is gone."""
    # Locked: what is removed just now is waited for, and is gone then.
    known = (
        select(episode.c.id)
        .where(episode.c.id == call.episode_id)
        .with_for_update(read=True, key_share=True)
        .scalar_subquery()
    )
    values = [
        known.label(name) if name == "episode_id" else literal(getattr(call, name), spending.c[name].type).label(name)
        for name in _COLUMNS
    ]
    there = exists().where(spending.c.id == call.id)
    return select(*values).select_from(account).where(account.c.id == call.owner_id, ~there)


def _sums(key: ColumnElement[Any]) -> Select[Any]:
    def total(column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(func.sum(column), 0)

    of = spending.c
    return select(
        key,
        func.count(of.id),
        total(of.prompt_tokens),
        total(of.completion_tokens),
        total(of.characters),
        total(of.cost_usd),
        func.count(of.id) - func.count(of.cost_usd),
    ).select_from(spending)


def _sum(row: Row[Any]) -> Sum:
    key, calls, prompt, completion, characters, cost, unknown, *name = tuple(row)
    return Sum(
        key=str(key),
        name=str(name[0] or "") if name else "",
        calls=calls,
        prompt_tokens=int(prompt),
        completion_tokens=int(completion),
        characters=int(characters),
        cost_usd=float(cost),
        unknown_calls=unknown,
    )
