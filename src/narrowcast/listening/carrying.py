"""What was heard of one rendering, told of the next: it follows the turns, which keep their ids through edits. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from narrowcast.listening.heat import Heat, bounded, levels
from narrowcast.listening.moving import Place, moved
from narrowcast.listening.spans import union, within
from narrowcast.store.listening.records import Progress, Spans


@dataclass(frozen=True)
class Spoken:
    """Where a turn is spoken."""

    turn_id: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Passage:
    """From the rendering `before` to the one `after`, by the turns that both have. With none in common: as it was."""

    before: tuple[Spoken, ...]
    after: tuple[Spoken, ...]
    duration_ms: int | None

    @cached_property
    def pairs(self) -> tuple[tuple[Spoken, Spoken], ...]:
        """Where each turn was, and where it is."""
        now = {spoken.turn_id: spoken for spoken in self.after}
        return tuple((spoken, now[spoken.turn_id]) for spoken in self.before if spoken.turn_id in now)

    def place(self, at_ms: int) -> int:
        """Where what was at `at_ms` is now; see `moved`."""
        return self._bounded(round(moved(at_ms / 1000, _places(self.before), _places(self.after)) * 1000))

    def spans(self, heard: Spans) -> Spans:
        """What was heard, of what is still there."""
        if not self.pairs:
            return union((self._bounded(a), self._bounded(b)) for a, b in heard)
        out = []
        for before, after in self._stretches():
            for a, b in within(heard, before.start_ms, before.end_ms):
                out.append(_stretched(a, b, before, after))
        return union(out)

    def heat(self, heat: Heat) -> Heat:
        """The same of how often it was heard."""
        changes = []
        for start, end, times in levels(heat):
            for a, b in self.spans(((start, end),)):
                changes += [(a, times), (b, -times)]
        return bounded(changes)

    def _stretches(self) -> list[tuple[Spoken, Spoken]]:
        """The turns with the pauses behind them, where the next turn is the same before and after."""
        out = []
        for index, (before, after) in enumerate(self.pairs):
            then, now = self.pairs[index + 1] if index + 1 < len(self.pairs) else (before, after)
            if then.start_ms >= before.end_ms and now.start_ms >= after.end_ms:
                out.append((replace(before, end_ms=then.start_ms), replace(after, end_ms=now.start_ms)))
            else:
                out.append((before, after))
        return out

    def _bounded(self, at_ms: int) -> int:
        return at_ms if self.duration_ms is None else min(at_ms, self.duration_ms)


def carried(progress: Progress, passage: Passage, revision: int) -> Progress:
    """A listener's progress as one of the rendering `revision`."""
    return replace(
        progress,
        revision=revision,
        position_ms=passage.place(progress.position_ms),
        heard=passage.spans(progress.heard),
        heat=passage.heat(progress.heat),
    )


def _places(turns: Sequence[Spoken]) -> list[Place]:
    return [Place(one.turn_id, one.start_ms / 1000, one.end_ms / 1000) for one in turns]


def _stretched(a: int, b: int, before: Spoken, after: Spoken) -> tuple[int, int]:
    """Two places of a turn in its other rendering; the turn's ends are its ends."""
    start = after.start_ms + min(a - before.start_ms, after.end_ms - after.start_ms)
    end = after.end_ms if b == before.end_ms else min(after.start_ms + b - before.start_ms, after.end_ms)
    return start, max(start, end)
