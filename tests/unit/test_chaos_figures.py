"""The figures of chaos are those of what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.chaos.figures import Happened, claims, share, waits_s, windows

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def happened(*each: tuple[float, str, str]) -> list[Happened]:
    return [Happened(job_id, kind, START + timedelta(seconds=seconds)) for seconds, job_id, kind in each]


def test_who_waits_while_nothing_moves_has_no_service() -> None:
    assert windows([]) == (0, 0)
    assert windows(happened((0, "a", "queued"), (1, "a", "running"), (2, "a", "completed"))) == (1, 1)
    idle = happened((0, "a", "queued"), (1, "a", "running"), (2, "a", "completed"), (31, "b", "queued"))
    assert windows(idle) == (7, 7)
    # Queued in the first window, begun in the fifth: the three between them are lost.
    assert windows(happened((0, "a", "queued"), (21, "a", "running"))) == (2, 5)
    # Others get on meanwhile.
    beside = ((6, "b", "turn"), (11, "b", "turn"), (16, "b", "turn"))
    assert windows(happened((0, "a", "queued"), *beside, (21, "a", "running"))) == (5, 5)
    # In dead hands, and given back to the line later.
    held = happened((0, "a", "queued"), (1, "a", "running"), (61, "a", "queued"), (71, "a", "running"))
    assert windows(held) == (14, 15)


def test_waits_are_those_before_a_first_claim() -> None:
    told = happened(
        (0, "a", "queued"), (4, "a", "running"), (9, "a", "queued"), (30, "a", "running"), (31, "b", "queued")
    )
    assert waits_s(told) == [4.0]
    assert claims(told) == {"2": 1}
    assert (share([], 0.95), share([1.0, 2.0], 0.5), share([1.0], 0.95)) == (0.0, 2.0, 1.0)
