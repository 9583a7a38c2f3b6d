"""The script while it is being written: it grows on one side and is read in playing order on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from narrowcast.script.dialogue import OutlineSegment, Script, Segment, Turn


@dataclass(frozen=True)
class Placed:
    """A turn and its place: both numbers count from 1."""

    segment: int
    number: int
    turn: Turn

    @property
    def opens_segment(self) -> bool:
        """Whether it is the first turn of its segment."""
        return self.number == 1


class Draft:
    """Entries and turns so far. Readers wait for what is not there yet."""

    def __init__(self) -> None:
        self.entries: list[OutlineSegment] = []
        self.turns: list[list[Turn]] = []
        self._outlined = False
        self._written: set[int] = set()
        self._changed = asyncio.Condition()

    async def add_entry(self, entry: OutlineSegment) -> None:
        """The next outline entry is complete."""
        async with self._changed:
            self.entries.append(entry)
            self.turns.append([])
            self._changed.notify_all()

    async def end_outline(self) -> None:
        """No further entries will come."""
        async with self._changed:
            self._outlined = True
            self._changed.notify_all()

    async def add_turn(self, segment: int, turn: Turn) -> Placed:
        """The next turn of segment `segment` (from 1) stands."""
        async with self._changed:
            turns = self.turns[segment - 1]
            turns.append(turn)
            self._changed.notify_all()
            return Placed(segment, len(turns), turn)

    async def end_segment(self, segment: int) -> None:
        """No further turns will come for this segment."""
        async with self._changed:
            self._written.add(segment)
            self._changed.notify_all()

    async def entry(self, number: int) -> OutlineSegment | None:
        """Entry `number` (from 1), as soon as it is there; none when the outline ends before it."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.entries) >= number or self._outlined)
            return self.entries[number - 1] if len(self.entries) >= number else None

    async def in_order(self) -> AsyncGenerator[Placed]:
        """Every turn in playing order, each as soon as it stands."""
        segment = 1
        while await self.entry(segment) is not None:
            number = 1
            while True:
                async with self._changed:
                    turns = self.turns[segment - 1]
                    while len(turns) < number and segment not in self._written:
                        await self._changed.wait()
                    if len(turns) < number:
                        break
                    placed = Placed(segment, number, turns[number - 1])
                yield placed
                number += 1
            segment += 1

    def segments(self) -> tuple[Segment, ...]:
        """What is written, as a script's segments; those without turns are left out."""
        return tuple(
            Segment(title=entry.name, turns=tuple(turns))
            for entry, turns in zip(self.entries, self.turns, strict=True)
            if turns
        )


async def draft_of(script: Script) -> Draft:
    """A draft that is complete already: the one of a script that a person edited."""
    draft = Draft()
    for number, segment in enumerate(script.segments, start=1):
        await draft.add_entry(OutlineSegment(name=segment.title))
        for turn in segment.turns:
            await draft.add_turn(number, turn)
        await draft.end_segment(number)
    await draft.end_outline()
    return draft
