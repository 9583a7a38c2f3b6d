"""Calls that are open at a provider, and pauses that it asked for, over all processes that share the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from narrowcast.store.database import Database
from narrowcast.store.tables import provider_pause, provider_slot


class ProviderSlots:
    """Slots by provider (its name with its key's fingerprint) and number, and until when nobody asks it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, provider: str, capacity: int, *, holder: str, now: datetime, until: datetime) -> int | None:
        """The number of a free slot of `capacity`, held by `holder` until then; none while all are held."""
        mine = provider_slot.c.provider == provider
        try:
            async with self._database.write(f"slots of {provider}") as connection:
                # One that its holder is just renewing is not free, however late that is.
                over = select(provider_slot.c.number).where(mine, provider_slot.c.until <= now)
                free = over.with_for_update(skip_locked=True)
                await connection.execute(delete(provider_slot).where(mine, provider_slot.c.number.in_(free)))
                taken = set(await connection.scalars(select(provider_slot.c.number).where(mine)))
                number = next((n for n in range(1, capacity + 1) if n not in taken), None)
                if number is not None:
                    row = {"provider": provider, "number": number, "holder": holder, "until": until}
                    await connection.execute(insert(provider_slot).values(**row))
        except IntegrityError:
            return None  # Another process was first: ask again.
        return number

    async def renew(self, holder: str, until: datetime) -> None:
        """All that `holder` holds, it holds longer."""
        await self._write(update(provider_slot).where(provider_slot.c.holder == holder).values(until=until))

    async def give(self, provider: str, numbers: Collection[int], *, holder: str) -> None:
        """Give slots back."""
        await self._write(
            delete(provider_slot).where(
                provider_slot.c.provider == provider,
                provider_slot.c.number.in_(numbers),
                provider_slot.c.holder == holder,
            )
        )

    async def give_all(self, holder: str) -> None:
        """Everything that `holder` holds is free: it is no more."""
        await self._write(delete(provider_slot).where(provider_slot.c.holder == holder))

    async def pause(self, provider: str, until: datetime, reason: str) -> None:
        """Nobody asks this provider before `until`; a longer pause stays."""
        same = provider_pause.c.provider == provider
        async with self._database.write(f"slots of {provider}") as connection:
            there = await connection.scalar(select(provider_pause.c.until).where(same))
            values = {"until": until, "reason": reason}
            if there is None:
                await connection.execute(insert(provider_pause).values(provider=provider, **values))
            elif there < until:
                await connection.execute(update(provider_pause).where(same).values(**values))

    async def paused_until(self, provider: str) -> datetime | None:
        """The end of the provider's last pause."""
        async with self._database.read() as connection:
            until: datetime | None = await connection.scalar(
                select(provider_pause.c.until).where(provider_pause.c.provider == provider)
            )
        return until

    async def held(self, now: datetime) -> Mapping[str, int]:
        """How many slots are held, by provider."""
        query = (
            select(provider_slot.c.provider, func.count())
            .where(provider_slot.c.until > now)
            .group_by(provider_slot.c.provider)
        )
        async with self._database.read() as connection:
            return {str(provider): int(count) for provider, count in await connection.execute(query)}

    async def _write(self, statement: Any) -> None:
        async with self._database.write(None) as connection:
            await connection.execute(statement)
