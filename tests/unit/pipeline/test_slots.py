"""Provider slots: never more than allowed, earliest first, retries with the provider's own wishes."""

from __future__ import annotations

import asyncio

import pytest

from narrowcast.errors import ProviderError
from narrowcast.pipeline.gate import Gate
from narrowcast.pipeline.slots import MAX_ATTEMPTS, Slots


def fault(*, retryable: bool = True, after: float | None = None) -> ProviderError:
    return ProviderError("No.", provider="p", retryable=retryable, retry_after_s=after)


async def test_never_more_calls_than_slots_and_earliest_first() -> None:
    slots = Slots("p", 2)
    open_now = most = 0
    order: list[tuple[int, int]] = []

    async def ask(place: tuple[int, int]) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        order.append(place)
        await asyncio.sleep(0.01)
        open_now -= 1

    places = [(2, 1), (1, 3), (1, 1), (1, 2), (3, 1)]
    await asyncio.gather(*(slots.call(place, lambda p=place: ask(p)) for place in places))  # type: ignore[misc]
    assert most == 2
    assert order[:2] == [(2, 1), (1, 3)]  # there were free slots when they came
    assert order[2:] == [(1, 1), (1, 2), (3, 1)]


async def test_the_end_of_one_run_does_not_wait_for_the_beginnings_of_others_without_end() -> None:
    gate = Gate(1, patience_s=0.02)
    served: list[tuple[int, int]] = []

    async def ask(place: tuple[int, int]) -> None:
        served.append(place)
        await asyncio.sleep(0.005)

    async def others() -> None:
        """New ones come as long as nobody else was served."""
        slots = Slots("p", gate)
        while (9, 9) not in served and len(served) < 60:
            await asyncio.gather(*(slots.call((1, number), lambda: ask((1, 1))) for number in range(2)))

    crowds = [asyncio.create_task(others()) for _ in range(3)]
    await asyncio.sleep(0.005)
    await Slots("p", gate).call((9, 9), lambda: ask((9, 9)))
    assert len(served) < 20, "it waited for all others"
    await asyncio.gather(*crowds)
    assert gate.busy == 0


async def test_a_fault_that_may_pass_is_tried_again() -> None:
    waits: list[float] = []
    slots = Slots("p", 1, lambda _provider, seconds, _reason: waits.append(seconds), base_delay_s=0.001)
    answers = [fault(), fault(after=0.05), None]

    async def ask() -> str:
        if (error := answers.pop(0)) is not None:
            raise error
        return "done"

    assert await slots.call((1, 1), ask) == "done"
    assert len(waits) == 2
    assert waits[1] >= 0.05


async def test_a_permanent_fault_is_not_tried_again() -> None:
    calls = 0

    async def ask() -> None:
        nonlocal calls
        calls += 1
        raise fault(retryable=False)

    with pytest.raises(ProviderError):
        await Slots("p", 1, base_delay_s=0.001).call((1, 1), ask)
    assert calls == 1


async def test_it_gives_up_after_so_many_attempts() -> None:
    calls = 0

    async def ask() -> None:
        nonlocal calls
        calls += 1
        raise fault()

    with pytest.raises(ProviderError):
        await Slots("p", 1, base_delay_s=0.0001).call((1, 1), ask)
    assert calls == MAX_ATTEMPTS


async def test_a_wish_for_an_hour_is_told_and_not_waited_for() -> None:
    async def ask() -> None:
        raise fault(after=3600)

    with pytest.raises(ProviderError) as caught:
        await Slots("p", 1).call((1, 1), ask)
    assert "3600 s" in caught.value.hint


async def test_a_pause_holds_everyone() -> None:
    slots = Slots("p", 4, base_delay_s=0.0001)
    loop = asyncio.get_running_loop()
    first = True
    began: list[float] = []

    async def limited() -> None:
        nonlocal first
        if first:
            first = False
            raise fault(after=0.1)

    async def other() -> None:
        began.append(loop.time())

    start = loop.time()
    task = asyncio.create_task(slots.call((1, 1), limited))
    await asyncio.sleep(0.02)
    await slots.call((1, 2), other)
    await task
    assert began[0] - start >= 0.09


async def test_closing_ends_those_who_wait_and_lets_the_open_call_finish() -> None:
    slots = Slots("p", 1)
    done: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0.02)
        done.append("slow")

    async def never() -> None:
        done.append("never")

    running = asyncio.create_task(slots.call((1, 1), slow))
    waiting = asyncio.create_task(slots.call((1, 2), never))
    await asyncio.sleep(0)
    slots.close()
    await running
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert done == ["slow"]


async def test_a_waiter_that_is_cancelled_gives_its_place_on() -> None:
    slots = Slots("p", 1)
    done: list[int] = []

    async def ask(number: int) -> None:
        await asyncio.sleep(0.01)
        done.append(number)

    tasks = [asyncio.create_task(slots.call((1, n), lambda n=n: ask(n))) for n in range(3)]  # type: ignore[misc]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert done == [0, 2]


async def test_closing_in_a_pause_sends_nothing_after_it() -> None:
    slots = Slots("p", 2, base_delay_s=0.0001)
    sent: list[str] = []

    async def limited() -> None:
        raise fault(after=8)

    async def other() -> None:
        sent.append("other")

    retrying = asyncio.create_task(slots.call((1, 1), limited))
    await asyncio.sleep(0.01)
    paused = asyncio.create_task(slots.call((1, 2), other))
    await asyncio.sleep(0.01)
    slots.close()
    ended = await asyncio.wait_for(asyncio.gather(retrying, paused, return_exceptions=True), 4)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended)
    assert sent == []
