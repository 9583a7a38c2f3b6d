"""A process's share of a provider's slots: taken as rows, kept while they are of use, given up for others to have.

A row a call would cost two writes to the disk for each clip. So a process keeps a slot over many calls: for at most
`KEEP_S`, then it stands in line again with everybody else, and for about `IDLE_S` when nobody asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from narrowcast.errors import NarrowcastError
from narrowcast.pipeline.gate import Gate
from narrowcast.store.jobs.provider_slots import ProviderSlots
from narrowcast.store.uninterrupted import uninterrupted

LEASE_S = 60.0
KEEP_S = 10.0
IDLE_S = 2.0
POLL_S = 0.1
PAUSE_CHECK_S = 1.0


class Tenancy:
    """One provider's slots in this process, as `pipeline.gate.Elsewhere`."""

    def __init__(
        self,
        rows: ProviderSlots,
        provider: str,
        capacity: int,
        holder: str,
        *,
        lease_s: float = LEASE_S,
        keep_s: float = KEEP_S,
        now: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._provider = provider
        self._capacity = capacity
        self._holder = holder
        self._lease = timedelta(seconds=lease_s)
        self._keep_s = keep_s
        self._now = now
        self._free: list[tuple[int, float]] = []
        self._used: list[tuple[int, float]] = []
        self._taking = asyncio.Lock()
        self._checked = float("-inf")

    async def take(self) -> None:
        """See `Elsewhere.take`."""
        await self._sit_out()
        while not self._free:
            # One of the process's callers at a time looks for a row: the others would only stand in its way.
            async with self._taking:
                if self._free:
                    break
                if not await uninterrupted(self._row()):
                    await asyncio.sleep(POLL_S)
        self._used.append(self._free.pop())

    async def give(self) -> None:
        """See `Elsewhere.give`."""
        number, since = self._used.pop(0)
        if asyncio.get_running_loop().time() - since < self._keep_s:
            self._free.append((number, since))
        else:
            await self._give_up([(number, since)])

    async def pause(self, seconds: float, reason: str) -> None:
        """See `Elsewhere.pause`."""
        await self._rows.pause(self._provider, self._now() + timedelta(seconds=seconds), reason)

    async def give_idle(self) -> None:
        """Give back what nobody uses."""
        idle, self._free = self._free, []
        if idle:
            await self._give_up(idle)

    async def _give_up(self, slots: list[tuple[int, float]]) -> None:
        """Free the rows; where that cannot be written, they are ours still, and what was paid for is worth more."""
        try:
            await self._rows.give(self._provider, [number for number, _ in slots], holder=self._holder)
        except NarrowcastError:
            self._free += slots

    async def _row(self) -> bool:
        """Whether there is a further free slot now. It is noted here, where no cancellation comes between."""
        now = self._now()
        until = now + self._lease
        number = await self._rows.take(self._provider, self._capacity, holder=self._holder, now=now, until=until)
        if number is not None:
            self._free.append((number, asyncio.get_running_loop().time()))
        return number is not None

    async def _sit_out(self) -> None:
        """Wait for the end of a pause that another process made; looked for once a second."""
        time = asyncio.get_running_loop().time
        while time() - self._checked >= PAUSE_CHECK_S:
            until = await self._rows.paused_until(self._provider)
            left = (until - self._now()).total_seconds() if until else 0.0
            if left <= 0:
                self._checked = time()
            else:
                await asyncio.sleep(min(left, PAUSE_CHECK_S))


class Gates:
    """The gates of all providers that this process's jobs ask; a heart renews what is held."""

    def __init__(
        self, rows: ProviderSlots, holder: str, now: Callable[[], datetime], *, lease_s: float = LEASE_S
    ) -> None:
        self._rows = rows
        self._now = now
        self._holder = holder
        self._lease_s = lease_s
        self._gates: dict[str, tuple[Gate, Tenancy]] = {}
        self._heart: asyncio.Task[None] | None = None

    def gate(self, provider: str, concurrency: int) -> Gate:
        """The gate to `provider` (its name with its key's fingerprint); all who ask for it share it."""
        if provider not in self._gates:
            tenancy = Tenancy(self._rows, provider, concurrency, self._holder, lease_s=self._lease_s, now=self._now)
            self._gates[provider] = Gate(concurrency, tenancy), tenancy
        if self._heart is None:
            self._heart = asyncio.create_task(self._beat())
        return self._gates[provider][0]

    def busy(self) -> dict[str, tuple[int, int]]:
        """Open calls and places in all, by provider."""
        return {name: (gate.busy, gate.concurrency) for name, (gate, _) in self._gates.items()}

    async def aclose(self) -> None:
        """Give everything back; may be called twice."""
        if self._heart:
            self._heart.cancel()
            with suppress(asyncio.CancelledError):
                await self._heart
            self._heart = None
        if self._gates:
            self._gates = {}
            with suppress(NarrowcastError):
                await self._rows.give_all(self._holder)

    async def _beat(self) -> None:
        renewed = 0.0
        while True:
            await asyncio.sleep(IDLE_S)
            renewed += IDLE_S
            # A beat that fails is made good by the next one.
            with suppress(NarrowcastError):
                for _, tenancy in list(self._gates.values()):
                    await tenancy.give_idle()
                if renewed >= self._lease_s / 4:
                    renewed = 0.0
                    if any(gate.busy for gate, _ in self._gates.values()):
                        await self._rows.renew(self._holder, self._now() + timedelta(seconds=self._lease_s))
