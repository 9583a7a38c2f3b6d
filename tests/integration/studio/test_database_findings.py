"""What the doctor says of PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from narrowcast.store.home import Store
from narrowcast.store.places import Places
from narrowcast.store.upkeep.condition import Condition
from narrowcast.studio.database_findings import of_database
from narrowcast.studio.findings import Verdict

WELL = Condition("library at db", "17.2", 20, 100, 0.1, 0.0, 5, 7)


async def test_a_server_is_described_and_a_library_left_behind_is_named(tmp_path: Path, postgresql_url: str) -> None:
    left = await Store.open(tmp_path)
    assert await left.condition() is None
    await left.episodes.begin(title="Left", language="en")
    await left.aclose()
    store = await Store.open(tmp_path, Places(postgresql_url))
    try:
        found = await store.condition()
    finally:
        await store.aclose()
    assert found
    assert 1 <= found.connections < found.connections_at_most == 200
    assert int(found.version.partition(".")[0]) >= 15
    assert abs(found.ahead_s) < 2
    assert found.longest_s < 60
    first, *others = of_database(found)
    assert first.verdict is Verdict.OK
    assert "postgres:" not in first.found
    assert [(other.what, "db copy" in other.hint) for other in others] == [("library", True)]


def test_what_is_not_well_is_said_with_a_way_out() -> None:
    assert [finding.verdict for finding in of_database(WELL)] == [Verdict.OK]
    for worse, word in (
        (replace(WELL, connections=81), "81 of 100"),
        (replace(WELL, longest_s=1200.0), "20 min"),
        (replace(WELL, ahead_s=-3.04), "3.0 s behind"),
        (replace(WELL, ahead_s=2.5), "2.5 s ahead"),
    ):
        (said,) = (finding for finding in of_database(worse) if finding.verdict is Verdict.NOTE)
        assert word in said.found
        assert said.hint
