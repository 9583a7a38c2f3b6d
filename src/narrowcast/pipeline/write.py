"""Writing: the outline, then the segments, each item stored before it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from narrowcast.errors import EpisodeError
from narrowcast.pipeline.draft import Draft, Placed
from narrowcast.pipeline.events import Event, OutlineReady, SegmentPlanned, SegmentWritten, TurnWritten
from narrowcast.pipeline.keys import outline_key, segment_key
from narrowcast.pipeline.length import Heard, segment_words
from narrowcast.pipeline.stored_items import stored_items
from narrowcast.script.dialogue import OutlineSegment, Turn
from narrowcast.script.source import Passage
from narrowcast.script.words import count_words
from narrowcast.store.results.results import Results
from narrowcast.writers.base import Plan, SegmentRequest, Writer


@dataclass(frozen=True)
class WritingParts:
    """What writing works with.

    `choose` finds the passages of a segment, by its number and the outline so far, for so many words. `streams`
    tells that writing costs time and money, so that each item is stored and handed on at once; else a segment is
    stored whole before it goes on. `clip_ms` tells how long a written turn came out, once it is voiced. `on_turn`
    hands a turn on; it is called in the order of writing. `voices` names the voices, `words_per_minute` is their
    measured rate; `minutes` is what is left for them, beside the music, of the length asked, if one was.
    """

    writer: Writer
    results: Results
    choose: Callable[[int, Sequence[OutlineSegment], int], Awaitable[tuple[Passage, ...]]]
    streams: bool
    clip_ms: Callable[[Turn], int | None]
    on_turn: Callable[[Placed], None]
    emit: Callable[[Event], None]
    voices: Sequence[str]
    words_per_minute: float
    minutes: float | None


async def write(plan: Plan, draft: Draft, parts: WritingParts) -> None:
    """Fill `draft`. In order, a segment sees all that is heard before it; in parallel, all are written side by side.

    Raises `ProviderError`, `InputError`; what was written is stored.
    """
    key = outline_key(plan, parts.writer.identity(), parts.voices)
    budgets: list[int] = []
    async with asyncio.TaskGroup() as group:
        group.create_task(_outline(key, plan, draft, parts))
        number = 1
        while await draft.entry(number) is not None:
            budgets.append(_budget(number, budgets, plan, draft, parts))
            segment = _segment(key, number, budgets[-1], plan, draft, parts)
            if plan.parallel:
                group.create_task(segment)
            else:
                await segment
            number += 1


async def _outline(key: str, plan: Plan, draft: Draft, parts: WritingParts) -> None:
    def ask(so_far: Sequence[OutlineSegment]) -> AsyncIterator[OutlineSegment]:
        return parts.writer.outline(plan, so_far)

    all_cached = True
    async with aclosing(
        stored_items(parts.results, key, "outline", OutlineSegment, ask, streams=parts.streams)
    ) as entries:
        async for entry, cached in entries:
            all_cached &= cached
            await draft.add_entry(entry)
            parts.emit(SegmentPlanned(len(draft.entries), plan.num_segments, entry, cached))
    await draft.end_outline()
    parts.emit(OutlineReady(len(draft.entries), all_cached))


async def _segment(outline: str, number: int, words: int, plan: Plan, draft: Draft, parts: WritingParts) -> None:
    before = () if plan.parallel else tuple(turn for turns in draft.turns[: number - 1] for turn in turns)

    async def ask(so_far: Sequence[Turn]) -> AsyncIterator[Turn]:
        request = SegmentRequest(
            plan=plan,
            number=number,
            outline=tuple(draft.entries),
            passages=await parts.choose(number, tuple(draft.entries), words),
            words=words,
            before=before,
            is_last=number == plan.num_segments,
        )
        async for turn in parts.writer.segment(request, so_far):
            yield turn

    key = segment_key(outline, number, before)
    count, all_cached = 0, True
    async with aclosing(stored_items(parts.results, key, "segment", Turn, ask, streams=parts.streams)) as turns:
        async for turn, cached in turns:
            count += 1
            all_cached &= cached
            placed = await draft.add_turn(number, turn)
            parts.emit(TurnWritten(number, turn, cached))
            parts.on_turn(placed)
    if not count:
        raise EpisodeError(f"The writer had nothing to say for segment {number}.")
    await draft.end_segment(number)
    parts.emit(SegmentWritten(number, count, all_cached))


def _budget(number: int, given: Sequence[int], plan: Plan, draft: Draft, parts: WritingParts) -> int:
    """In order, what is left is counted from what was written; side by side, from what the others were given."""
    known = len(draft.entries)
    if plan.parallel:
        written = [Heard(words) for words in given]
    else:
        written = [
            Heard(count_words(turn.text), parts.clip_ms(turn)) for turns in draft.turns[: number - 1] for turn in turns
        ]
    return segment_words(
        draft.entries[number - 1],
        [draft.entries[index] if index < known else None for index in range(number, plan.num_segments)],
        minutes=parts.minutes,
        words_per_minute=parts.words_per_minute,
        written=written,
    )
