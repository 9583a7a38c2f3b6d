"""A budget is never exceeded, not by calls side by side either; and none is refused that could be paid."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import BudgetError
from narrowcast.money.budget import Budget, usd


async def test_what_was_settled_counts_else_the_worst_case() -> None:
    budget = Budget(1.0)
    async with budget.paying(0.5, "a") as payment:
        payment.settle(0.1)
    async with budget.paying(0.2, "a"):
        pass
    async with budget.paying(0.2, "a") as payment:
        payment.settle(None)
    assert budget.spent_usd == pytest.approx(0.5)


async def _fail(budget: Budget, settled: float | None) -> None:
    async with budget.paying(0.5, "a") as payment:
        if settled is not None:
            payment.settle(settled)
        raise ValueError("x")


async def test_a_failed_call_costs_what_was_settled_or_nothing() -> None:
    budget = Budget(1.0)
    for settled in (None, 0.3):
        with pytest.raises(ValueError, match="x"):
            await _fail(budget, settled)
    assert budget.spent_usd == pytest.approx(0.3)


async def _pay(budget: Budget, worst: float | None, what: str = "a", *, settled: float | None = None) -> None:
    async with budget.paying(worst, what) as payment:
        await asyncio.sleep(0)
        payment.settle(settled)


async def test_the_call_that_would_exceed_is_not_begun() -> None:
    budget = Budget(1.0)
    await _pay(budget, 0.7, settled=0.65)
    with pytest.raises(
        BudgetError, match=r"budget of 1\.00 USD: 0\.65 USD spent, up to 0\.40 USD for the next call to b"
    ) as caught:
        await _pay(budget, 0.4, "b")
    assert "--budget" in caught.value.hint
    assert budget.spent_usd == 0.65


async def test_a_call_waits_for_the_money_that_open_calls_hold_back() -> None:
    budget = Budget(1.0)
    order: list[str] = []

    async def later() -> None:
        async with budget.paying(0.6, "b"):
            order.append("b")

    async with budget.paying(0.6, "a") as payment:
        waiting = asyncio.create_task(later())
        await _pay(budget, 0.4, "c")
        assert not waiting.done()
        order.append("a")
        payment.settle(0.0)
    await asyncio.wait_for(waiting, 1)
    assert order == ["a", "b"]
    assert budget.spent_usd == pytest.approx(1.0)


async def test_a_call_that_waited_in_vain_is_refused() -> None:
    budget = Budget(1.0)
    async with budget.paying(0.6, "a"):
        waiting = asyncio.create_task(_pay(budget, 0.6, "b"))
        await asyncio.sleep(0)
    with pytest.raises(BudgetError, match=r"0\.60 USD spent"):
        await asyncio.wait_for(waiting, 1)


async def test_once_closed_nobody_waits_any_longer() -> None:
    budget = Budget(1.0)
    async with budget.paying(0.6, "a"):
        waiting = asyncio.create_task(_pay(budget, 0.6, "b"))
        await asyncio.sleep(0)
        budget.close()
        late = asyncio.create_task(_pay(budget, 0.6, "c"))
        await asyncio.wait([waiting, late], timeout=1)
        assert waiting.cancelled()
        assert late.cancelled()
    assert budget.spent_usd == 0.6


async def test_an_unknown_price_and_a_budget_do_not_go_together() -> None:
    with pytest.raises(BudgetError, match="price of the voices of x is not known"):
        await _pay(Budget(1.0), None, "the voices of x")
    budget = Budget()
    await _pay(budget, None)
    assert budget.spent_usd == 0


async def test_calls_know_whether_a_limit_rests_on_their_worst_case() -> None:
    for budget, limited in ((Budget(), False), (Budget(1.0), True)):
        async with budget.paying(0.1, "a") as payment:
            assert payment.limited is limited


async def test_nothing_may_be_spent_on_a_budget_of_nothing() -> None:
    await _pay(Budget(0), 0.0, "a local model")
    with pytest.raises(BudgetError):
        await _pay(Budget(0), 0.0001)


async def test_two_budgets_within_one_do_not_exceed_it_together() -> None:
    month = Budget(1.0, name="your monthly budget", hint="Wait.")
    one, two = Budget(0.7, within=month), Budget(within=month)
    async with one.paying(0.6, "a"):
        waiting = asyncio.create_task(_pay(two, 0.5, "b"))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert two.left_usd == pytest.approx(0.4)
    with pytest.raises(BudgetError, match=r"exceed your monthly budget of 1\.00 USD: 0\.60 USD spent") as caught:
        await asyncio.wait_for(waiting, 1)
    assert caught.value.hint == "Wait."
    with pytest.raises(BudgetError, match=r"the budget of 0\.70 USD"):
        await _pay(one, 0.2)
    await _pay(two, 0.4)
    assert (one.spent_usd, two.spent_usd, month.spent_usd) == pytest.approx((0.6, 0.4, 1.0))


async def test_closing_one_run_lets_the_others_of_the_month_wait_on() -> None:
    month = Budget(1.0)
    one, two = Budget(within=month), Budget(within=month)
    async with two.paying(0.8, "a") as payment:
        mine, theirs = asyncio.create_task(_pay(one, 0.5)), asyncio.create_task(_pay(two, 0.5))
        await asyncio.sleep(0)
        one.close()
        await asyncio.wait([mine], timeout=1)
        assert mine.cancelled()
        payment.settle(0.1)
    await asyncio.wait_for(theirs, 1)
    assert month.spent_usd == pytest.approx(0.6)


async def test_who_waits_goes_on_when_the_limit_is_raised() -> None:
    month = Budget(1.0)
    run = Budget(within=month)
    async with run.paying(0.8, "a"):
        waiting = asyncio.create_task(_pay(run, 0.5))
        await asyncio.sleep(0)
        month.raise_to(2.0)
        await asyncio.wait_for(waiting, 1)


async def test_an_unknown_price_is_refused_by_the_month_too_in_its_own_words() -> None:
    with pytest.raises(BudgetError, match="so your monthly budget cannot be kept") as caught:
        await _pay(Budget(within=Budget(5.0, name="your monthly budget", hint="Wait.")), None)
    assert "--budget" not in caught.value.hint


calls = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), max_size=20)


@given(st.floats(0, 5), calls, st.booleans())
def test_the_limit_holds_where_calls_keep_to_their_worst_case(
    limit: float, wanted: list[tuple[float, float, bool]], side_by_side: bool
) -> None:
    async def spend() -> None:
        budget = Budget(limit)

        async def one(worst: float, share: float, settles: bool) -> None:
            try:
                await _pay(budget, worst, settled=worst * share if settles else None)
            except BudgetError:
                assert budget.spent_usd + worst > limit

        if side_by_side:
            await asyncio.wait_for(asyncio.gather(*(one(*call) for call in wanted)), 5)
        else:
            for call in wanted:
                await one(*call)
        assert budget.spent_usd <= limit + 1e-6

    asyncio.run(spend())


def test_amounts_are_told_from_nothing() -> None:
    assert [usd(amount) for amount in (0, 1.2, 0.0031)] == ["0.00 USD", "1.20 USD", "0.0031 USD"]
