"""The shortest time in which an episode could have been made, given how long each call of it took.

`python bench/bound.py LEDGER [--parallel]` replays a ledger's durations under the dependencies that no program can
escape: an outline entry is there when the model has written it; a segment starts when its entry and (in order) the
segment before it are there; a turn's clip starts when the turn is written and one of 8 slots is free.
"""

from __future__ import annotations

import argparse
import heapq
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from ledger import Call, read_ledger

SLOTS = 8


def bound(calls: Sequence[Call], *, parallel: bool = False) -> float:
    """Seconds from the outline's request to the last clip, with nothing lost in between.

    Calls that failed count with the time that they took, at the place of the call that they delayed.
    """
    outline = [call for call in calls if call.stage == "outline"]
    entries = _item_times(outline, 0.0)
    segments: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        if call.stage == "transcript":
            segments[call.segment or len(segments) + 1].append(call)
    turns: list[tuple[float, str]] = []
    before = 0.0
    for number, parts in sorted(segments.items()):
        entry = entries[min(number, len(entries)) - 1] if entries else 0.0
        start = entry if parallel else max(entry, before)
        times = _item_times(parts, start)
        turns += zip(times, (item for part in parts for item in part.items[: len(part.item_ends)]), strict=True)
        before = start + sum(part.seconds for part in parts)
    spoken = _spoken(turns, [call for call in calls if call.stage == "speech"])
    end = before
    free = [0.0] * SLOTS
    for ready, seconds in spoken:
        slot = max(ready, heapq.heappop(free))
        heapq.heappush(free, slot + seconds)
        end = max(end, slot + seconds)
    return end


def _item_times(calls: Sequence[Call], start: float) -> list[float]:
    """When each item of `calls`, made one after the other from `start` on, is there."""
    times: list[float] = []
    for call in calls:
        times += [start + offset for offset in call.item_ends]
        start += call.seconds
    return times


def _spoken(turns: Sequence[tuple[float, str]], clips: Sequence[Call]) -> list[tuple[float, float]]:
    """For each clip when its turn is written and how long it takes, in the turns' order.

    A clip belongs to the turn that shares most of its words: what is spoken is not letter by letter what is written.
    """
    if not turns:
        return [(0.0, clip.seconds) for clip in clips]
    bags = [_words(text) for _, text in turns]
    found: list[tuple[int, float, float]] = []
    for clip in clips:
        wanted = _words(clip.text)
        best = max(range(len(bags)), key=lambda index: len(bags[index] & wanted))
        found.append((best, turns[best][0], clip.seconds))
    return [(ready, seconds) for _, ready, seconds in sorted(found)]


def _words(text: str) -> frozenset[tuple[str, ...]]:
    """Pairs of neighbouring words."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(pairwise(words))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The shortest time in which a ledger's episode could have been made")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--parallel", action="store_true", help="segments do not wait for each other")
    given = parser.parse_args()
    print(f"{bound(read_ledger(given.ledger), parallel=given.parallel):.2f}")
