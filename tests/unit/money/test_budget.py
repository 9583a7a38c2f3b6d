"""A budget is never exceeded, not by calls side by side either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import BudgetError
from narrowcast.money.budget import Budget, usd


def test_what_was_settled_counts_else_the_worst_case() -> None:
    budget = Budget(1.0)
    with budget.paying(0.5, "a") as payment:
        payment.settle(0.1)
    with budget.paying(0.2, "a"):
        pass
    with budget.paying(0.2, "a") as payment:
        payment.settle(None)
    assert budget.spent_usd == pytest.approx(0.5)


def _fail(budget: Budget, settled: float | None) -> None:
    with budget.paying(0.5, "a") as payment:
        if settled is not None:
            payment.settle(settled)
        raise ValueError("x")


def test_a_failed_call_costs_what_was_settled_or_nothing() -> None:
    budget = Budget(1.0)
    for settled in (None, 0.3):
        with pytest.raises(ValueError, match="x"):
            _fail(budget, settled)
    assert budget.spent_usd == pytest.approx(0.3)


def test_the_call_that_would_exceed_is_not_begun() -> None:
    budget = Budget(1.0)
    with budget.paying(0.7, "a") as payment:
        payment.settle(0.65)
    with pytest.raises(
        BudgetError, match=r"budget of 1\.00 USD: 0\.65 USD spent.*0\.40 USD for the next one to b"
    ) as caught:
        budget.paying(0.4, "b").__enter__()
    assert "--budget" in caught.value.hint
    assert budget.spent_usd == 0.65


def test_open_calls_are_held_back() -> None:
    budget = Budget(1.0)
    with budget.paying(0.6, "a"), pytest.raises(BudgetError), budget.paying(0.6, "b"):
        pass
    with budget.paying(0.4, "b"):
        pass


def test_an_unknown_price_and_a_budget_do_not_go_together() -> None:
    with pytest.raises(BudgetError, match="price of the voices of x is not known"):
        Budget(1.0).paying(None, "the voices of x").__enter__()
    budget = Budget()
    with budget.paying(None, "x") as payment:
        payment.settle(None)
    assert budget.spent_usd == 0


def test_nothing_may_be_spent_on_a_budget_of_nothing() -> None:
    with Budget(0).paying(0.0, "a local model"):
        pass
    with pytest.raises(BudgetError):
        Budget(0).paying(0.0001, "b").__enter__()


calls = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), max_size=20)


@given(st.floats(0, 5), calls)
def test_the_limit_holds_where_calls_keep_to_their_worst_case(
    limit: float, wanted: list[tuple[float, float, bool]]
) -> None:
    budget = Budget(limit)
    for worst, share, settles in wanted:
        try:
            with budget.paying(worst, "x") as payment:
                if settles:
                    payment.settle(worst * share)
        except BudgetError:
            assert budget.spent_usd + worst > limit
    assert budget.spent_usd <= limit + 1e-6


def test_amounts_are_told_from_nothing() -> None:
    assert [usd(amount) for amount in (0, 1.2, 0.0031)] == ["0.00 USD", "1.20 USD", "0.0031 USD"]
