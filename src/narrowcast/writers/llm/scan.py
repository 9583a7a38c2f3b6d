"""Finding the items of an answer while it is still being written."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

_THOUGHT = r"(?:think|thinking|thought|thoughts|reasoning|reflection)"
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING_ENDS = re.compile(r"\s*(?:[:}\]]|,\s*[\"}\]\[{]|\Z)")
_TAIL_ITEM = re.compile(r"\{\s*(?:[\"']\w*[\"']?\s*)?\Z")
_LIST_OF_ITEMS = re.compile(r"\{\s*\"\w+\"\s*:\s*\[")
_TAIL_TAG = re.compile(r"</?\w*\Z")

LONGEST_MENDED = 50_000
"""Characters: no item that a person would miss is longer, and mending costs many times what reading does."""

Item = dict[str, Any] | None
"""A JSON object, or none for one that began as an item and could not be read."""


class ItemScanner:
    """Takes an answer's text in chunks, gives its items as soon as each is closed.

    An item is a JSON object that has one of `keys`; where it stands (an array in an object, a bare array, lines, a
    fence, amid prose) does not matter. Thoughts between tags such as `<think>` hold none. Every character is looked
    at once, and kept no longer than its item: an answer of n characters costs O(n), times what its items are longer
    than its chunks.

    A quote that the model forgot to escape would make the rest of the answer look like one string. No valid JSON
    string holds `{"speaker":` with bare quotes, so that text begins an item wherever it is met.
    """

    def __init__(self, *keys: str) -> None:
        self._keys = {key.casefold() for key in keys}
        names = "|".join(map(re.escape, keys))
        self._token = re.compile(
            rf"(?P<item>\{{\s*[\"'](?:{names})[\"']\s*:)|(?P<close></{_THOUGHT}>)|(?P<open><{_THOUGHT}>)|(?P<mark>[\"\\{{}}])",
            re.IGNORECASE,
        )
        self._text = ""
        self._at = 0
        self._objects: list[_Open] = []
        self._in_string = False
        self.thinking = False
        """Whether the text is within a thought."""
        self._thought: list[str] = []
        self._last_brace = -1
        self.done = False
        """Whether the object that holds the items has ended; what follows is no part of the answer."""

    @property
    def open(self) -> bool:
        """Whether the answer would be cut off if it ended here: in a thought, or in an object."""
        return self.thinking or bool(self._objects)

    def feed(self, chunk: str) -> list[Item]:
        """The items that `chunk` closes."""
        if self.done:
            return []
        self._text += chunk
        return self._scan(final=False)

    def close(self) -> list[Item]:
        """The items that only the end of the answer closes."""
        items = self._scan(final=True)
        thought = "".join([*self._thought, self._text])
        if self.thinking and (starts := [found.start() for found in _LIST_OF_ITEMS.finditer(thought)]):
            # A thought that was never closed may hold the answer after all.
            self.thinking, self._text, self._at = False, thought, starts[-1]
            items += self._scan(final=True)
        return items

    def _scan(self, *, final: bool) -> list[Item]:
        items: list[Item] = []
        while not self.done and (token := self._token.search(self._text, self._at)):
            start = token.start()
            undecided = token["mark"] == "{" and _TAIL_ITEM.match(self._text, start)
            escape = token["mark"] == "\\" and self._in_string
            if not final and (undecided or (escape and token.end() == len(self._text))):
                self._at = start
                break
            self._at = token.end() + bool(escape)
            self._step(token, items)
        else:
            tail = None if final else _TAIL_TAG.search(self._text, self._at)
            self._at = tail.start() if tail else max(self._at, len(self._text))
        self._compact()
        return items

    def _step(self, token: re.Match[str], items: list[Item]) -> None:
        start, mark = token.start(), token["mark"]
        if token["close"]:
            if self.thinking or not self._in_string:
                self._objects, self.thinking = [], False
        elif self.thinking:
            return
        elif token["open"]:
            self.thinking = not self._objects
        elif token["item"]:
            self._begin_item(start, items)
        elif mark == '"':
            self._in_string = bool(self._objects) and not self._in_string
        elif mark == "{" and not self._in_string:
            self._objects.append(_Open(start))
        elif mark == "}" and self._in_string:
            self._last_brace = start
        elif mark == "}" and self._objects:
            self._end_object(token.end(), items)

    def _begin_item(self, start: int, items: list[Item]) -> None:
        if self._in_string and self._objects[-1].is_item:
            self._end_object(max(self._last_brace + 1, self._objects[-1].start + 1), items)
        self._in_string = False
        self._objects.append(_Open(start, is_item=True))

    def _end_object(self, end: int, items: list[Item]) -> None:
        ended = self._objects.pop()
        if ended.holds_items:
            self.done = not self._objects
        else:
            item = read_object(self._text[ended.start : end])
            if not (ended.is_item if item is None else any(key.casefold() in self._keys for key in item)):
                return
            items.append(item)
        if self._objects:
            self._objects[-1].holds_items = True

    def _compact(self) -> None:
        if self.thinking:
            self._thought.append(self._text[: self._at])
            self._text, self._at = self._text[self._at :], 0
            return
        self._thought.clear()
        if len(self._objects) > 1:
            return
        cut = self._objects[0].start if self._objects and not self._objects[0].holds_items else self._at
        self._text = self._text[cut:]
        self._at -= cut
        self._last_brace -= cut
        for object_ in self._objects:
            object_.start -= cut


@dataclass
class _Open:
    """An object that has begun: where, whether as an item, and whether items were found in it."""

    start: int
    is_item: bool = False
    holds_items: bool = False


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object that `text` means, mended where that is safe; none where it is none.

    Mended are raw line breaks in strings, trailing commas, Python's quoting, and quotes that were not escaped, in
    texts of up to `LONGEST_MENDED` characters.
    """
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: from_json(text),
        lambda: json.loads(_TRAILING_COMMA.sub(r"\1", text), strict=False),
        lambda: ast.literal_eval(_TRAILING_COMMA.sub(r"\1", text)),
        lambda: json.loads(_escape_quotes(text), strict=False),
    )
    for attempt in attempts if len(text) <= LONGEST_MENDED else attempts[:1]:
        try:
            value = attempt()
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
        return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None
    return None


def _escape_quotes(text: str) -> str:
    """Escape each quote that neither opens nor closes a string: those with neither JSON before nor after them."""
    out: list[str] = []
    in_string = False
    for i, character in enumerate(text):
        if character == '"' and (i == 0 or text[i - 1] != "\\"):
            if not in_string:
                in_string = True
            elif _STRING_ENDS.match(text, i + 1):
                in_string = False
            else:
                out.append("\\")
        out.append(character)
    return "".join(out)
