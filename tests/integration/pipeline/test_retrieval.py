"""What the segments of a whole episode are written from, with a store and real indexes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from narrowcast.pipeline.order import Parts
from narrowcast.pipeline.retrieval import Retrieval
from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.profile import Speaker
from narrowcast.script.source import Passage, Source
from narrowcast.store.home import Store
from narrowcast.writers.base import Plan

CHAPTERS = ("Lamps", "Fog", "Boats", "Keepers", "Storms", "Stores")


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    store = await Store.open(tmp_path / "home")
    yield cast("Parts", SimpleNamespace(store=store))
    await store.aclose()


def book() -> Source:
    passages = tuple(
        Passage(
            number=10 * chapter + at,
            source=1,
            headings=("Lights", name),
            text=" ".join(f"{name.lower()}{at}x{word} was told of {name}." for word in range(20)),
        )
        for chapter, name in enumerate(CHAPTERS, 1)
        for at in range(9)
    )
    return Source(number=1, title="Lights", origin="x", format="text", language="en", passages=passages)


async def heard_in(parts: Parts, words: int, *, parallel: bool) -> list[set[str]]:
    """The chapters in each of four segments, when the outline names the first chapter only."""
    plan = Plan("Lights", "", "en", (Speaker(name="Maya"),), 4, (book(),), parallel=parallel)
    entries = [OutlineSegment(name=f"Lamps {n}", description="Which lamps?", passages=(10, 11)) for n in range(4)]
    finding = Retrieval(plan, parts)
    chosen = [await finding.choose(number, entries if number > 1 else entries[:1], words) for number in range(1, 5)]
    assert all({10, 11} <= {passage.number for passage in passages} for passages in chosen), "what is named comes first"
    return [{passage.headings[-1] for passage in passages} for passages in chosen]


async def test_a_poor_outline_leaves_no_chapter_out(parts: Parts) -> None:
    heard = await heard_in(parts, 400, parallel=False)
    assert heard[0] == {"Lamps"}, "written before the outline is whole"
    assert set.union(*heard) == set(CHAPTERS)
    besides = [name for names in heard for name in names if name != "Lamps"]
    assert len(besides) == len(set(besides)), "each chapter is told once"


async def test_side_by_side_the_last_segment_takes_what_its_room_holds(parts: Parts) -> None:
    *others, last = await heard_in(parts, 1_200, parallel=True)
    assert last == set(CHAPTERS)
    assert all(names == {"Lamps"} for names in others)
