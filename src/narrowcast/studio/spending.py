"""The books of jobs: each call that was paid for is written down as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from narrowcast.errors import OutputError
from narrowcast.money.paid import Paid
from narrowcast.store.people.spending import Spending, Spent
from narrowcast.store.uninterrupted import uninterrupted

RETRY_S = 1.0
"""How long a full disk or a busy database is waited for before the same calls are written again."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Account:
    """For whom, and for what, calls are paid."""

    owner_id: str
    episode_id: str | None = None
    job_id: str | None = None


class Book:
    """Takes calls at once and writes them in order, as many together as came while the last ones were written."""

    def __init__(self, spending: Spending, account: Account, *, retry_s: float = RETRY_S) -> None:
        self._spending = spending
        self._account = account
        self._retry_s = retry_s
        self._open: list[Spent] = []
        self._writing: asyncio.Task[None] | None = None

    def note(self, paid: Paid) -> None:
        """Write down a call; it is on the disk moments later. Nothing that cost nothing and used nothing is noted."""
        if not (paid.prompt_tokens or paid.completion_tokens or paid.characters or paid.cost_usd):
            return
        self._open.append(
            Spent(
                owner_id=self._account.owner_id,
                episode_id=self._account.episode_id,
                job_id=self._account.job_id,
                provider=paid.provider,
                model=paid.model,
                prompt_tokens=paid.prompt_tokens,
                completion_tokens=paid.completion_tokens,
                characters=paid.characters,
                cost_usd=paid.cost_usd,
            )
        )
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Wait until all is written. Raises `OutputError` where it cannot be, also on a second try."""
        await uninterrupted(self._finish())

    async def _finish(self) -> None:
        if self._writing is not None:
            await self._writing
        if self._open:
            await asyncio.sleep(self._retry_s)
            await self._write_open()

    async def _write(self) -> None:
        try:
            await self._write_open()
        except OutputError as error:
            log.warning("spending cannot be written yet", calls=len(self._open), reason=error.message)

    async def _write_open(self) -> None:
        while self._open:
            batch = tuple(self._open)
            await self._spending.add(batch)
            del self._open[: len(batch)]


@asynccontextmanager
async def keeping(spending: Spending, account: Account) -> AsyncIterator[Book]:
    """A book for one run; when the block ends, however it does, all that was noted is on the disk."""
    book = Book(spending, account)
    try:
        yield book
    finally:
        await book.close()
