"""Writing to the end what has been begun."""

from __future__ import annotations

import asyncio

import pytest

from narrowcast.store.uninterrupted import uninterrupted


async def test_it_hands_on_the_value_and_the_fault() -> None:
    async def value() -> int:
        return 3

    async def fault() -> int:
        raise ValueError("no")

    assert await uninterrupted(value()) == 3
    with pytest.raises(ValueError, match="no"):
        await uninterrupted(fault())


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_leaves_only_when_the_work_is_done(fails: bool) -> None:
    begun, go, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await go.wait()
        done.set()
        if fails:
            raise ValueError("too late to be told")

    caller = asyncio.create_task(uninterrupted(work()))
    await begun.wait()
    caller.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not caller.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()
