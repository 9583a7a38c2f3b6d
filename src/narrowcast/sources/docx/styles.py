"""What the paragraph styles of a Word document mean, in whatever language they are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from narrowcast.sources.markup import local

TITLE, CODE, LEFT_OUT = "title", "code", "left out"

_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|nagłówek|заголовок)\s*([1-9])")
_TITLES = frozenset({"title", "titel", "titre", "título", "titolo"})
_CODE = frozenset({"code", "source code", "html preformatted", "preformatted text", "verbatim", "macro text"})
_CONTENTS = re.compile(
    r"(?:toc|contents|verzeichnis|inhaltsverzeichnis|index|table des matières|tdm|tdc)"
    r"(?:\s*(?:\d+|heading|überschrift))?|table of (?:figures|contents|authorities)"
)
_LONGEST_CHAIN = 20
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Style:
    """`role` is `TITLE`, `CODE`, `LEFT_OUT` for lines of a table of contents, the level of a heading from 1, or none.

    `numbering` is the id of the list that the style makes paragraphs items of.
    """

    role: str | int | None = None
    numbering: str | None = None


def read_styles(root: Any) -> dict[str, Style]:
    """The paragraph styles by id, each with what it inherits (ECMA-376, part 1, 17.7.4)."""
    found = {
        attribute(style, "styleId"): style
        for style in root
        if local(style) == "style" and attribute(style, "type") in {"paragraph", ""}
    }
    return {name: Style(_role(name, found), _numbering(name, found)) for name in found if name}


def attribute(element: Any, name: str) -> str:
    """An attribute whatever its namespace, empty for none."""
    for key, value in element.attrib.items():
        if key == name or key.endswith(f"}}{name}"):
            return str(value)
    return ""


def value_at(element: Any, *path: str) -> str | None:
    """The `val` of the element at a path of names, none where there is no such element."""
    for name in path:
        element = next((child for child in element if local(child) == name), None)
        if element is None:
            return None
    return attribute(element, "val")


def heading_level(outline: str | None) -> int | None:
    """A heading's level from 1 by its outline level, which counts from 0 and is 9 for body text."""
    return int(outline) + 1 if outline is not None and outline.isdecimal() and int(outline) < _LEVELS else None


def _role(name: str, styles: dict[str, Any]) -> str | int | None:
    for style in _chain(name, styles):
        called = (value_at(style, "name") or attribute(style, "styleId")).strip().casefold()
        if _CONTENTS.fullmatch(called):
            return LEFT_OUT
        if called in _TITLES:
            return TITLE
        if called in _CODE:
            return CODE
        if heading := _HEADING.fullmatch(called):
            return int(heading.group(1))
        outline = value_at(style, "pPr", "outlineLvl")
        if outline is not None:
            return heading_level(outline)
    return None


def _numbering(name: str, styles: dict[str, Any]) -> str | None:
    return next((found for style in _chain(name, styles) if (found := value_at(style, "pPr", "numPr", "numId"))), None)


def _chain(name: str, styles: dict[str, Any]) -> list[Any]:
    """A style and those it is based on."""
    chain: list[Any] = []
    while name in styles and len(chain) < _LONGEST_CHAIN:
        chain.append(styles[name])
        name = value_at(styles[name], "basedOn") or ""
    return chain
