"""How a title is set: its size and its lines. Pure; the font's widths come in as a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LARGEST, SMALLEST = 0.125, 0.042
"""Letters' sizes as parts of the cover's side: the smallest can still be read where the cover fills a phone."""

STEP = 0.92
LINE = 1.12
"""From line to line, in sizes of the letters."""

MAX_HEIGHT = 0.6
"""The title takes at most so much of the side; a drawing is left beside it."""

_WIDE = re.compile(
    r"[\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that are written without spaces: a line may end behind every character."""

_NEVER_FIRST = frozenset("、。，．：；？！）」』】〉》・ー…")

Width = Callable[[str, float], float]
"""How wide a text is at a size."""


@dataclass(frozen=True)
class Lettering:
    """A title's lines and the size of its letters, in pixels."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Of all lines."""
        return len(self.lines) * self.size * LINE


def set_title(title: str, width_of: Width, side: float, room: float) -> Lettering:
    """`title` as large as it fits into lines of `room` pixels on a cover of `side`, its lines about equally long.

    Words are broken only where even the smallest letters leave no other way; what then does not fit ends in `…`.
    """
    words = list(_words(title))
    size = LARGEST * side
    while size > SMALLEST * side:
        lines = _wrapped(words, size, room, width_of)
        fits = all(width_of(line, size) <= room for line in lines)
        if fits and Lettering(tuple(lines), size).height <= _height(len(lines)) * side:
            return Lettering(tuple(_balanced(words, lines, size, room, width_of)), size)
        size *= STEP
    size = SMALLEST * side
    pieces = [piece for word in words for piece in _broken(word, size, room, width_of)]
    lines = _wrapped(pieces, size, room, width_of)
    most = int(MAX_HEIGHT * side / (size * LINE))
    if len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + "…", size) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return Lettering(tuple(lines), size)


def _height(lines: int) -> float:
    """Few lines may be large; many are set smaller before they take all the room."""
    return min(MAX_HEIGHT, 0.16 + 0.1 * lines)


def _words(title: str) -> Iterator[str]:
    """What may stand at the end of a line, each with the space behind it."""
    for word in re.findall(r"\S+\s*", title):
        start = 0
        for place in range(1, len(word)):
            near = _WIDE.match(word[place]) or _WIDE.match(word[place - 1])
            if near and word[place] not in _NEVER_FIRST and not word[place].isspace():
                yield word[start:place]
                start = place
        yield word[start:]


def _wrapped(words: list[str], size: float, room: float, width_of: Width) -> list[str]:
    lines, line = [], ""
    for word in words:
        if line and width_of((line + word).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def _balanced(words: list[str], lines: list[str], size: float, room: float, width_of: Width) -> list[str]:
    """The same number of lines in the narrowest room that holds them, so that none is left with a single word."""
    low, high, best = room / 3, room, lines
    for _ in range(8):
        middle = (low + high) / 2
        tried = _wrapped(words, size, middle, width_of)
        if len(tried) <= len(lines) and all(width_of(line, size) <= room for line in tried):
            high, best = middle, tried
        else:
            low = middle
    return best


def _broken(word: str, size: float, room: float, width_of: Width) -> Iterator[str]:
    while width_of(word.rstrip(), size) > room and len(word) > 1:
        cut = len(word) - 1
        while cut > 1 and width_of(word[:cut] + "-", size) > room:
            cut -= 1
        yield word[:cut] + "- "
        word = word[cut:]
    yield word
