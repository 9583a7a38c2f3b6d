"""Shares: every job is somebody's at any time, and of one side only while both sides do their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.queue.shares import GONE_S, LOTS, OVERDUE_S, Engine, Shares, served
from narrowcast.store.jobs.claims import Part
from narrowcast.store.jobs.on_duty import Crew

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE, GONE = {"episode": 0.0}, {"episode": GONE_S}


def takes(parts: list[Part], kind: str, lot: int, queued_at: datetime = NOW) -> bool:
    """What the store makes of parts."""
    return any(
        kind in part.kinds and (lot in part.lots or (part.overdue is not None and queued_at <= part.overdue))
        for part in parts
    )


def lots(shares: Shares, engine: Engine, gone_s: Mapping[str, float] = HERE) -> set[int]:
    """Those that hands of this side take of what came just now."""
    parts = shares.parts(engine, gone_s, NOW)
    return {lot for lot in LOTS if takes(parts, "episode", lot)}


@given(share=st.integers(0, 100))
def test_while_both_sides_are_there_each_lot_is_of_one_side_and_the_share_is_kept(share: int) -> None:
    celery, local = (lots(Shares(share), engine) for engine in (Engine.CELERY, Engine.LOCAL))
    assert celery | local == set(LOTS)
    assert not celery & local
    assert len(celery) == share


@given(share=st.integers(0, 100), engine=st.sampled_from(Engine))
def test_where_the_other_side_is_gone_everything_is_taken(share: int, engine: Engine) -> None:
    assert lots(Shares(share), engine, GONE) == set(LOTS)


@pytest.mark.parametrize("engine", Engine)
def test_a_short_absence_changes_nothing(engine: Engine) -> None:
    assert lots(Shares(30), engine, {"episode": GONE_S - 1}) == lots(Shares(30), engine)


@given(share=st.integers(0, 100), engine=st.sampled_from(Engine), lot=st.sampled_from(LOTS))
def test_what_is_overdue_is_taken_by_either_side(share: int, engine: Engine, lot: int) -> None:
    parts = Shares(share).parts(engine, HERE, NOW)
    assert takes(parts, "episode", lot, NOW - timedelta(seconds=OVERDUE_S))
    kept = lot in Shares(share).lots(engine)
    assert takes(parts, "episode", lot, NOW - timedelta(seconds=OVERDUE_S - 1)) is kept


def test_a_side_without_a_share_stands_by_for_what_is_overdue() -> None:
    overdue = [Part(["episode"], range(0), NOW - timedelta(seconds=OVERDUE_S))]
    assert [Shares(0).lots(Engine.CELERY), Shares(100).lots(Engine.LOCAL)] == [range(0), range(100, 100)]
    assert Shares(0).parts(Engine.CELERY, HERE, NOW) == overdue
    assert Shares(100).parts(Engine.LOCAL, HERE, NOW) == overdue
    assert Shares(100).parts(Engine.LOCAL, GONE, NOW) == [Part(["episode"])]


def test_each_kind_goes_by_its_own_hands() -> None:
    parts = Shares(100).parts(Engine.LOCAL, {"episode": 0.0, "brief": GONE_S}, NOW)
    assert parts == [Part(["brief"]), Part(["episode"], range(0), NOW - timedelta(seconds=OVERDUE_S))]


def test_without_celery_everything_is_local() -> None:
    assert Shares().parts(Engine.LOCAL, HERE, NOW) == [Part(["episode"])]
    assert lots(Shares(), Engine.CELERY) == set()


def test_a_crew_serves_its_kinds_while_it_has_slots() -> None:
    crews = [
        Crew("a", "celery", ["brief"], 4, 0, "1"),
        Crew("b", "celery", ["episode"], 0, 0, "1"),
        Crew("c", "local", ["episode"], 2, 2, "1"),
    ]
    assert served(crews, Engine.CELERY) == {"brief"}
    assert served(crews, Engine.LOCAL) == {"episode"}
