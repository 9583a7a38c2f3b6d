"""Exact times for sentences and chapters, from the turns' places in the mix."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from narrowcast.script.timeline import Chapter, SentenceCue, Timeline, TurnCue, WordTiming

_PAUSES = {**dict.fromkeys(".!?…。！？؟", 8), **dict.fromkeys(",;:，、；：—", 4)}
_TOKEN = re.compile(r"\w+")


def sentence_cues(
    text: str,
    start_ms: int,
    end_ms: int,
    sentences: Sequence[str],
    words: Sequence[WordTiming] = (),
    spoken: str | None = None,
) -> tuple[SentenceCue, ...]:
    """The sentences of a turn that is heard from `start_ms` to `end_ms`.

    `sentences` are those of `text`, in order. `words` tell where words start, from the turn's start, at offsets in
    `spoken`: the text as the voice got it, by default `text`. A sentence starts with its first word where that is
    known; else its place follows from the characters and pauses before it, between the known places around it. The
    first cue starts and the last ends with the turn, each ends where the next starts, none runs backwards.
    """
    parts = [sentence for sentence in sentences if sentence.strip()] or [text]
    offsets = _starts(text, parts)
    known = _known(text, offsets, words, spoken, end_ms - start_ms)
    load = _load(text)
    anchors = sorted({0: 0, **known, len(text): end_ms - start_ms}.items())
    places = [start_ms + _place(offset, anchors, load) for offset in offsets]
    bounds = [start_ms, *places[1:], end_ms]
    for number in range(1, len(bounds)):
        bounds[number] = min(max(bounds[number], bounds[number - 1]), end_ms)
    return tuple(
        SentenceCue(text=part, start_ms=bounds[number], end_ms=bounds[number + 1]) for number, part in enumerate(parts)
    )


def build_timeline(cues: Sequence[TurnCue], titles: Sequence[str], duration_ms: int) -> Timeline:
    """The timeline of all turns; `titles` are the segments' in order, and a cue's `segment` counts from 1.

    A chapter begins with its segment's first turn, the first one at 0, and runs until the next begins, the last until
    the end. A segment without turns has none.
    """
    starts: dict[int, int] = {}
    for cue in cues:
        starts.setdefault(cue.segment, cue.start_ms)
    order = list(starts)
    bounds = [0, *(starts[segment] for segment in order[1:]), duration_ms]
    chapters = tuple(
        Chapter(title=titles[segment - 1] or str(segment), start_ms=bounds[place], end_ms=bounds[place + 1])
        for place, segment in enumerate(order)
    )
    return Timeline(duration_ms=duration_ms, cues=tuple(cues), chapters=chapters)


def _starts(text: str, parts: Sequence[str]) -> list[int]:
    """Where each part starts in `text`, ascending; a part that is not found starts where the one before it ends."""
    starts, cursor = [], 0
    for part in parts:
        found = text.find(part, cursor)
        start = found if found >= 0 else min(cursor, len(text))
        starts.append(start)
        cursor = start + len(part) if found >= 0 else start
    return starts


def _known(
    text: str, offsets: Sequence[int], words: Sequence[WordTiming], spoken: str | None, duration_ms: int
) -> dict[int, int]:
    """The offsets in `text` at which a sentence starts whose first word is known, with its time in the turn."""
    if not words:
        return {}
    said = text if spoken is None else spoken
    there = {offset: offset for offset in offsets} if said == text else _aligned(text, said, offsets)
    timed = sorted(words, key=lambda word: (word.offset, word.start_ms))
    places = [word.offset for word in timed]
    known = {}
    for offset in offsets[1:]:
        if offset not in there:
            continue
        # The word may be counted from its opening quote or from the space before it.
        number = bisect.bisect_left(places, there[offset] - 1)
        if number < len(timed) and places[number] - there[offset] <= 3:
            known[offset] = min(max(0, timed[number].start_ms), duration_ms)
    return known


def _aligned(text: str, spoken: str, offsets: Sequence[int]) -> dict[int, int]:
    """Offsets in `text` as offsets in `spoken`, where both have the same word there or the same one before.

    What is said of a word that was put otherwise begins behind the word before it.
    """
    written, said = list(_TOKEN.finditer(text)), list(_TOKEN.finditer(spoken))
    matcher = SequenceMatcher(
        None, [token[0].casefold() for token in written], [token[0].casefold() for token in said], autojunk=False
    )
    same = {block.a + step: block.b + step for block in matcher.get_matching_blocks() for step in range(block.size)}
    begins = [token.start() for token in written]
    pairs = {}
    for offset in offsets:
        number = bisect.bisect_left(begins, offset)
        if number in same:
            pairs[offset] = said[same[number]].start()
        elif number - 1 in same and same[number - 1] + 1 < len(said):
            pairs[offset] = said[same[number - 1] + 1].start()
    return pairs


def _load(text: str) -> list[int]:
    """How long each prefix of `text` takes to say, in characters; digits are said as words, points are pauses."""
    load = [0]
    for character in text:
        weight = 3 if character.isdigit() else _PAUSES.get(character, 1)
        load.append(load[-1] + weight)
    return load


def _place(offset: int, anchors: Sequence[tuple[int, int]], load: Sequence[int]) -> int:
    """The time at `offset`, between the two anchors around it in proportion to the load."""
    right = bisect.bisect_right(anchors, offset, key=lambda anchor: anchor[0])
    if right == len(anchors):
        return anchors[-1][1]
    (left_offset, left_ms), (right_offset, right_ms) = anchors[right - 1], anchors[right]
    share = (load[offset] - load[left_offset]) / max(1, load[right_offset] - load[left_offset])
    return round(left_ms + share * (right_ms - left_ms))
