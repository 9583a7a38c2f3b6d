"""Of all that fails in a task group one fault is told, alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from narrowcast.errors import InputError, ProviderError, one_fault

SOURCE = Path(__file__).parents[2] / "src"


def test_the_first_fault_is_raised_alone_however_deep_it_was() -> None:
    deep = ExceptionGroup("inner", [InputError("first"), InputError("second")])
    with pytest.raises(InputError, match="first") as caught, one_fault():
        raise ExceptionGroup("outer", [deep, InputError("third")])
    assert isinstance(caught.value.__cause__, ExceptionGroup)


def test_what_is_no_fault_of_ours_is_not_hidden_behind_one() -> None:
    with pytest.raises(ExceptionGroup) as caught, one_fault():
        raise ExceptionGroup("both", [InputError("ours"), ZeroDivisionError()])
    assert caught.group_contains(ZeroDivisionError)
    with pytest.raises(ProviderError, match="plain"), one_fault():
        raise ProviderError("plain", provider="x", retryable=False)


def test_no_code_raises_within_except_star() -> None:
    """Before Python 3.11.4 it comes out wrapped in a group, which the command line would show as a traceback."""
    assert [
        path.name for path in SOURCE.rglob("*.py") if re.search(r"^\s*except\*", path.read_text("utf-8"), re.MULTILINE)
    ] == []
