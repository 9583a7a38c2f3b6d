"""What a fault means for its job, and what its owner is told."""

from __future__ import annotations

import pytest

from narrowcast.errors import (
    BudgetError,
    EpisodeError,
    InputError,
    NarrowcastError,
    OutputError,
    ProviderError,
    SettingError,
)
from narrowcast.queue.outcome import Failed
from narrowcast.workers.ending import outcome_of


def provider(*, retryable: bool, after: float | None = None, hint: str = "") -> ProviderError:
    return ProviderError("openai is busy.", provider="openai", retryable=retryable, retry_after_s=after, hint=hint)


@pytest.mark.parametrize(
    ("fault", "retryable", "pause"),
    [
        (provider(retryable=True, after=30), True, True),
        (provider(retryable=True), True, False),
        (provider(retryable=False), False, False),
        (provider(retryable=False, after=30), False, False),
        (OutputError("The disk that holds /srv/home is full."), True, False),
        (EpisodeError("A stored clip is gone."), True, False),
        (InputError("The source is blank."), False, False),
        (BudgetError("Too dear."), False, False),
        (SettingError("OPENAI_API_KEY is not set."), False, False),
    ],
)
def test_what_may_pass_is_tried_again_and_a_wish_to_wait_is_no_failure(
    fault: NarrowcastError, retryable: bool, pause: bool
) -> None:
    outcome = outcome_of(fault)
    assert (outcome.retryable, outcome.pause) == (retryable, pause)


def message(fault: NarrowcastError) -> str:
    outcome = outcome_of(fault)
    assert isinstance(outcome, Failed)
    return outcome.message


def test_no_path_of_the_server_is_told() -> None:
    assert "/srv" not in message(OutputError("The disk that holds /srv/home is full.", hint="Set NARROWCAST_HOME."))


@pytest.mark.parametrize(
    "hint",
    [
        "Run the same command again.",
        "Choose another with -o FILE.",
        "or make do with --llm none.",
        "Set OPENAI_API_KEY.",
    ],
)
def test_hints_for_a_terminal_are_not_passed_on(hint: str) -> None:
    assert hint not in message(provider(retryable=False, hint=hint))
    assert hint not in message(BudgetError("Too dear.", hint=hint))


def test_a_hint_that_helps_stays() -> None:
    told = message(InputError("The document holds no text.", hint="Give a document with text in it."))
    assert told == "The document holds no text. Give a document with text in it."
