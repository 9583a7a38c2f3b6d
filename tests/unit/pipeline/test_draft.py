"""The growing script: read in playing order, however it is written."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.pipeline.draft import Draft, draft_of
from narrowcast.script.dialogue import OutlineSegment, Script, Segment, Turn
from narrowcast.script.profile import Speaker

MAYA = Speaker(name="Maya")


def turn(name: str) -> Turn:
    return Turn(id=name, speaker="Maya", text=f"Words of {name}.")


async def read(draft: Draft) -> list[str]:
    return [placed.turn.id async for placed in draft.in_order()]


@given(order=st.permutations([(s, t) for s in (1, 2, 3) for t in (1, 2)]))
def test_segments_written_side_by_side_are_read_in_order(order: list[tuple[int, int]]) -> None:
    async def story() -> list[str]:
        draft = Draft()
        reader = asyncio.create_task(read(draft))
        for number in (1, 2, 3):
            await draft.add_entry(OutlineSegment(name=f"Part {number}"))
        await draft.end_outline()
        counts = {1: 0, 2: 0, 3: 0}
        for segment, _ in order:
            counts[segment] += 1
            await draft.add_turn(segment, turn(f"s{segment}t{counts[segment]}"))
            await asyncio.sleep(0)
            if counts[segment] == 2:
                await draft.end_segment(segment)
        return await reader

    assert asyncio.run(story()) == ["s1t1", "s1t2", "s2t1", "s2t2", "s3t1", "s3t2"]


async def test_a_turn_is_read_before_its_segment_is_complete() -> None:
    draft = Draft()
    await draft.add_entry(OutlineSegment(name="Part"))
    turns = draft.in_order()
    await draft.add_turn(1, turn("s1t1"))
    placed = await asyncio.wait_for(anext(turns), 1)
    assert placed.turn.id == "s1t1"
    assert placed.opens_segment
    await turns.aclose()


async def test_the_outline_may_end_early() -> None:
    draft = Draft()
    waiting = asyncio.create_task(draft.entry(2))
    await draft.add_entry(OutlineSegment(name="Only"))
    await draft.end_outline()
    assert await waiting is None


async def test_a_given_script_comes_back_whole() -> None:
    script = Script(
        title="T",
        language="en",
        speakers=(MAYA,),
        segments=(Segment(title="A", turns=(turn("a"), turn("b"))), Segment(title="B", turns=(turn("c"),))),
    )
    draft = await draft_of(script)
    assert await read(draft) == ["a", "b", "c"]
    assert draft.segments() == script.segments
