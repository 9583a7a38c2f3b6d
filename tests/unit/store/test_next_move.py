"""Who may work on a result."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from narrowcast.store.results.rows import Move, ResultRow, next_move

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(status: str = "pending", owner: str | None = None, lease_s: float | None = None) -> ResultRow:
    until = NOW + timedelta(seconds=lease_s) if lease_s is not None else None
    return ResultRow("k", "clip", status, 3, owner, until, None, None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("seen", "alive", "move"),
    [
        pytest.param(None, True, Move.CLAIM, id="never asked for"),
        pytest.param(row("ready"), False, Move.LOAD, id="ready"),
        pytest.param(row(), True, Move.CLAIM, id="given back"),
        pytest.param(row(owner="other", lease_s=30), True, Move.WAIT, id="another is at it"),
        pytest.param(row(owner="other", lease_s=30), False, Move.CLAIM, id="another died at it"),
        pytest.param(row(owner="other", lease_s=0), True, Move.CLAIM, id="another is frozen"),
        pytest.param(row(owner="me", lease_s=30), True, Move.CLAIM, id="my own, left over"),
    ],
)
def test_the_next_move_follows_from_the_row_and_its_holder(seen: ResultRow | None, alive: bool, move: Move) -> None:
    assert next_move(seen, me="me", now=NOW, alive=lambda _token: alive) is move
