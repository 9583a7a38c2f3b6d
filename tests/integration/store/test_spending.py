"""The ledger: nothing counted twice, nobody's money among another's, nothing lost with an episode."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from narrowcast.money.monthly import Month
from narrowcast.store.home import Store
from narrowcast.store.people.accounts import User
from narrowcast.store.people.spending import By, Spent, Sum

NOVEMBER = Month(2026, 11)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path)
    yield store
    await store.aclose()


async def _user(store: Store, name: str) -> User:
    return await store.accounts.add(email=f"{name}@example.org", name=name, role="member", tier="standard")


def _call(owner: str, day: int = 3, cost: float | None = 0.5, **more: object) -> Spent:
    values = {"provider": "openai", "model": "m", "prompt_tokens": 100, "completion_tokens": 10, "characters": 7}
    return Spent(**{**values, "owner_id": owner, "cost_usd": cost, "at": datetime(2026, 11, day, tzinfo=UTC), **more})  # type: ignore[arg-type]


async def _sums(store: Store, by: By | None = None, owner: str | None = None) -> list[Sum]:
    return await store.spending.sums(NOVEMBER.begins, NOVEMBER.ends, by, owner_id=owner)


async def test_a_call_that_is_written_twice_counts_once(store: Store) -> None:
    sam = await _user(store, "sam")
    calls = [_call(sam.id), _call(sam.id, cost=None)]
    await store.spending.add(calls)
    await store.spending.add([*calls, _call(sam.id)])
    (total,) = await _sums(store, owner=sam.id)
    assert total == Sum("", "", 3, 300, 30, 21, 1.0, unknown_calls=1)


async def test_each_sees_their_own_and_the_owner_all(store: Store) -> None:
    sam, nils = await _user(store, "sam"), await _user(store, "nils")
    await store.spending.add([_call(sam.id), _call(nils.id, cost=2.0), _call(sam.id, provider="elevenlabs", model="v")])
    assert (await _sums(store, owner=sam.id))[0].cost_usd == 1.0
    assert [(each.name, each.cost_usd) for each in await _sums(store, By.OWNER)] == [
        ("nils@example.org", 2.0),
        ("sam@example.org", 1.0),
    ]
    assert [each.key for each in await _sums(store, By.MODEL, sam.id)] == ["elevenlabs:v", "openai:m"]
    assert [each.key for each in await _sums(store, By.PROVIDER, nils.id)] == ["openai"]


async def test_days_and_months_have_sharp_ends(store: Store) -> None:
    sam = await _user(store, "sam")
    moments = [NOVEMBER.begins, datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=UTC), NOVEMBER.ends]
    before = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    await store.spending.add([_call(sam.id, at=at) for at in (*moments, before)])
    assert [(each.key, each.calls) for each in await _sums(store, By.DAY, sam.id)] == [("1", 1), ("30", 1)]


async def test_no_calls_are_a_sum_of_nothing(store: Store) -> None:
    assert await _sums(store) == [Sum()]
    assert await _sums(store, By.DAY) == []


async def test_an_episode_that_is_gone_leaves_its_costs_and_an_owner_who_is_gone_none(store: Store) -> None:
    sam = await _user(store, "sam")
    await store.spending.add([_call(sam.id, episode_id="gone"), _call("nobody")])
    assert [(each.key, each.calls) for each in await _sums(store, By.EPISODE)] == [("", 1)]
    assert (await store.spending.of_episode(sam.id, "gone")).calls == 0
