"""A provider's slots, shared by processes: never more than there are, nobody starves, the dead free theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from narrowcast.errors import OutputError, ProviderError
from narrowcast.pipeline.gate import Gate
from narrowcast.pipeline.slots import Slots
from narrowcast.store.home import Store
from narrowcast.store.jobs.provider_slots import ProviderSlots
from narrowcast.studio.tenancy import Gates, Tenancy


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "home")
    yield store
    await store.aclose()


async def held(store: Store) -> int:
    return sum((await store.provider_slots.held(datetime.now(UTC))).values())


async def test_two_processes_together_have_as_many_calls_open_as_the_provider_takes(store: Store) -> None:
    """Both would fill it alone; each gets its turn, since nobody keeps a slot for long."""
    open_now = most = 0
    done = {"a": 0, "b": 0}

    async def ask(who: str) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.01)
        open_now -= 1
        done[who] += 1

    async def process(who: str) -> None:
        tenancy = Tenancy(store.provider_slots, "p", 2, who, keep_s=0.02, now=store.now)
        slots = Slots("p", Gate(2, tenancy))
        await asyncio.gather(*(slots.call((1, n), lambda: ask(who)) for n in range(12)))
        # As a process's heart does: whose last calls were quick keeps their slots, and the other would wait for ever.
        await tenancy.give_idle()

    await asyncio.wait_for(asyncio.gather(process("a"), process("b")), 20)
    assert most == 2
    assert done == {"a": 12, "b": 12}


async def test_runs_in_one_process_share_a_gate_and_give_everything_back(store: Store) -> None:
    gates = Gates(store.provider_slots, "me", store.now)
    assert gates.gate("p", 2) is gates.gate("p", 2)
    one, other = Slots("p", gates.gate("p", 2)), Slots("p", gates.gate("p", 2))
    async with one.slot(), other.slot():
        assert gates.busy() == {"p": (2, 2)}
        assert await held(store) == 2
        waiting = asyncio.create_task(one.call((1, 1), lambda: asyncio.sleep(0)))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        one.close()  # one run ends early; the other goes on
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with other.slot():
        pass
    await gates.aclose()
    assert await held(store) == 0


async def test_who_is_cancelled_while_waiting_for_another_process_leaves_nothing_behind(store: Store) -> None:
    rows, now = store.provider_slots, datetime.now(UTC)
    assert await rows.take("p", 1, holder="other", now=now, until=now + timedelta(seconds=60)) == 1
    slots = Slots("p", Gate(1, Tenancy(rows, "p", 1, "me", now=store.now)))
    waiting = asyncio.create_task(slots.call((1, 1), lambda: asyncio.sleep(0)))
    await asyncio.sleep(0.15)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await rows.give_all("other")
    assert await asyncio.wait_for(slots.call((1, 2), lambda: asyncio.sleep(0, "asked")), 5) == "asked"


async def test_the_slot_of_a_holder_that_died_is_free_when_its_lease_ends_or_it_is_known_to_be_dead(
    store: Store,
) -> None:
    rows, now = store.provider_slots, datetime.now(UTC)
    lease = {"now": now, "until": now + timedelta(seconds=60)}
    assert await rows.take("p", 2, holder="dead", **lease) == 1
    assert await rows.take("p", 2, holder="gone", now=now, until=now) == 2
    assert await rows.take("p", 2, holder="me", **lease) == 2
    assert await rows.take("p", 2, holder="me", **lease) is None
    await rows.give_all("dead")
    assert await rows.take("p", 2, holder="me", **lease) == 1


class _FullDisk(ProviderSlots):
    """Rows of a disk where nothing can be written for a while."""

    full = False

    async def _write(self, statement: Any) -> None:
        if self.full:
            raise OutputError("The disk is full.")
        await super()._write(statement)


async def test_a_disk_that_is_full_for_a_while_costs_no_slot_and_no_answer(store: Store) -> None:
    rows = _FullDisk(store.provider_slots._database)
    tenancy = Tenancy(rows, "p", 1, "me", keep_s=0, now=store.now)
    slots = Slots("p", Gate(1, tenancy))
    rows.full = True
    assert await slots.call((1, 1), lambda: asyncio.sleep(0, "paid for")) == "paid for"
    await tenancy.give_idle()
    assert await asyncio.wait_for(slots.call((1, 2), lambda: asyncio.sleep(0, "and this")), 5) == "and this"
    rows.full = False
    await tenancy.give_idle()
    assert await held(store) == 0


async def test_a_pause_holds_other_processes_too_and_the_longer_one_stands(store: Store) -> None:
    loop = asyncio.get_running_loop()
    mine = Tenancy(store.provider_slots, "p", 4, "me", now=store.now)
    await mine.pause(0.3, "slow down")
    await mine.pause(0.01, "again")
    began = loop.time()
    await Slots("p", Gate(4, Tenancy(store.provider_slots, "p", 4, "other", now=store.now))).call(
        (1, 1), lambda: asyncio.sleep(0)
    )
    assert loop.time() - began >= 0.25


async def test_a_pause_that_is_too_long_to_wait_for_is_told_to_every_run(store: Store) -> None:
    gate = Gate(2)

    async def limited() -> None:
        raise ProviderError("No.", provider="p", retryable=True, retry_after_s=3600)

    with pytest.raises(ProviderError):
        await Slots("p", gate).call((1, 1), limited)
    with pytest.raises(ProviderError) as told:
        await Slots("p", gate).call((1, 1), lambda: asyncio.sleep(0))
    assert told.value.retryable
    assert told.value.retry_after_s
    assert 3590 < told.value.retry_after_s <= 3600
