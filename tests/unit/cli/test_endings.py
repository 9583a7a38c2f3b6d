"""How every fault ends: one message with its way out on stderr, and an exit code."""

from __future__ import annotations

import pytest

from narrowcast.cli import app as command_line
from narrowcast.cli.app import main
from narrowcast.cli.running import Interrupted
from narrowcast.errors import BudgetError, EpisodeError, InputError, NarrowcastError, ProviderError, VoiceError

AGAIN = "run the same command again"


@pytest.mark.parametrize(
    ("fault", "code", "hint"),
    [
        (InputError("No such thing.", hint="Try another."), 2, "  Try another."),
        (VoiceError("No such voice."), 2, ""),
        (BudgetError("Too dear.", hint="Give more."), 3, "  Give more."),
        (ProviderError("It is down.", provider="p", retryable=True), 1, AGAIN),
        (ProviderError("It is busy.", provider="p", retryable=True, hint="Wait an hour."), 1, "  Wait an hour."),
        (EpisodeError("It broke."), 1, AGAIN),
    ],
)
def test_a_fault_is_one_message(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: NarrowcastError,
    code: int,
    hint: str,
) -> None:
    """2 for input, 3 for the budget, 1 for what can be gone on from; nothing goes to stdout."""
    assert _ended(monkeypatch, fault) == code
    said = capsys.readouterr()
    assert said.out == ""
    first, *rest = said.err.splitlines()
    assert first == f"narrowcast: {fault.message}"
    assert len(rest) == bool(hint)
    assert hint in "".join(rest)


def test_an_interruption_is_no_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, and how to go on."""
    assert _ended(monkeypatch, Interrupted()) == 130
    assert AGAIN in capsys.readouterr().err.lower()


def test_standard_output_that_is_full(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """1, with what the system says."""
    assert _ended(monkeypatch, OSError(28, "No space left on device")) == 1
    assert "No space left on device" in capsys.readouterr().err


def _ended(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> object:
    def fail() -> None:
        raise fault

    monkeypatch.setattr(command_line, "app", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code
