"""Which lists a Word document has, and how deep each goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from narrowcast.sources.docx.styles import attribute, value_at
from narrowcast.sources.markup import drop, local

_KEPT = {
    "numbering": {"abstractNum", "num"},
    "abstractNum": {"lvl", "numStyleLink"},
    "lvl": {"numFmt", "pStyle"},
    "num": {"abstractNumId"},
}


def clean_numbering(root: Any) -> None:
    """Leave of each list what tells its kind and depth; how its numbers look is most of the part."""
    for element in (root, *root.iter("{*}abstractNum", "{*}lvl", "{*}num")):
        kept = _KEPT.get(local(element), set())
        for child in [child for child in element if local(child) not in kept]:
            drop(child)


def read_levels(root: Any) -> dict[str, tuple[int, ...]]:
    """The levels from 0, in order, that each list defines itself (ECMA-376, part 1, 17.9), by its id."""
    defined = {
        attribute(listing, "abstractNumId"): tuple(
            sorted({int(level) for child in listing if (level := attribute(child, "ilvl")) in set("012345678")})
        )
        for listing in root
        if local(listing) == "abstractNum"
    }
    return {
        attribute(number, "numId"): levels
        for number in root
        if local(number) == "num" and (levels := defined.get(value_at(number, "abstractNumId") or ""))
    }


def depth_in(levels: Mapping[str, tuple[int, ...]], number: str, depth: str | None) -> str | None:
    """The depth of an item, or the nearest one above it that its list defines; Word still shows such items."""
    if depth is None or not depth.isdecimal():
        return depth
    return str(max((level for level in levels.get(number, ()) if level <= int(depth[:4])), default=depth))
