"""ElevenLabs' character timings as starts of words in the text that was asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from narrowcast.script.language import UNSPACED
from narrowcast.script.timeline import WordTiming

_WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:['\u2019.,:-][^\W{UNSPACED}]+)*")
"""A word with what stands inside it, such as a figure's comma; a sign of a script that sets no spaces."""

LONGER, LONGEST = 4, 1000
"""How many times as long as the text, and so many characters more, what was said may be written out: a figure is
in words, a text is not another one. Two long texts are not to be compared, which takes the product of their lengths."""
LONGEST_S = 36_000.0
"""No clip has a later time; an integer of hundreds of digits is not even a float."""


def word_timings(text: str, alignment: object, duration_s: float) -> tuple[WordTiming, ...]:
    """The starts of the words of `text`, in order, from an answer's `alignment`; none where that is of no use.

    `alignment` is `characters` with `character_start_times_seconds`, as long as each other. Its characters are mostly
    those of `text`; where they are not, words that both have tell where. Starts run forward and lie in the sound.
    """
    heard = _heard(alignment, LONGEST + LONGER * len(text))
    if heard is None:
        return ()
    said, starts = heard
    timings: list[WordTiming] = []
    earliest = 0.0
    for offset, place in _places(text, said):
        start = starts[place]
        if earliest <= start < duration_s:
            earliest = start
            timings.append(WordTiming(offset=offset, start_ms=round(start * 1000)))
    return tuple(timings)


def _heard(alignment: object, most: int) -> tuple[str, list[float]] | None:
    """The text of an alignment, of at most so many characters, and the start of each of them in seconds."""
    if not isinstance(alignment, Mapping):
        return None
    characters, starts = alignment.get("characters"), alignment.get("character_start_times_seconds")
    if not isinstance(characters, list) or not isinstance(starts, list) or len(characters) != len(starts):
        return None
    text: list[str] = []
    times: list[float] = []
    for character, start in zip(characters, starts, strict=True):
        if not isinstance(character, str) or not isinstance(start, int | float) or not -LONGEST_S < start < LONGEST_S:
            return None
        if len(times) + len(character) > most:
            return None
        text.append(character)
        times += [float(start)] * len(character)
    return ("".join(text), times) if times else None


def _places(text: str, said: str) -> list[tuple[int, int]]:
    """Where each word of `text` starts, there and in `said`; words that are not in both are left out."""
    if text == said:
        return [(word.start(), word.start()) for word in _WORD.finditer(text)]
    wanted, there = list(_WORD.finditer(text)), list(_WORD.finditer(said))
    # Its automatic junk stays on: without it, a few words said thousands of times take minutes.
    matcher = SequenceMatcher(None, [word[0].casefold() for word in wanted], [word[0].casefold() for word in there])
    return [
        (wanted[block.a + step].start(), there[block.b + step].start())
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]
