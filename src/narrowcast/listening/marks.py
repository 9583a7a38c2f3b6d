"""Where a bookmark lies: as far into its turn as when it was made, in whichever rendering the turn is heard. Pure."""

from __future__ import annotations

from narrowcast.script.cue_sheet import CueSheet, SpokenTurn
from narrowcast.store.listening.bookmarks import Mark


def marked(sheet: CueSheet | None, at_s: float) -> Mark:
    """The mark at `at_s` seconds of a rendering; in the pause behind a turn it belongs to that turn.

    Without a `sheet`, as while the first rendering is made, only the position is known.
    """
    position_ms = round(at_s * 1000)
    turn = _turn_at(sheet, at_s) if sheet else None
    if turn is None or turn.turn_id is None:
        return Mark(None, 0, position_ms)
    return Mark(turn.turn_id, max(0, position_ms - round(turn.start * 1000)), position_ms)


def found(sheet: CueSheet | None, mark: Mark) -> float:
    """Where a mark is in a rendering, in seconds: with its turn; where that is gone, as near as the end allows."""
    if sheet is None:
        return mark.position_ms / 1000
    turn = next((turn for turn in sheet.turns if turn.turn_id == mark.turn_id), None) if mark.turn_id else None
    if turn is None:
        return min(mark.position_ms / 1000, sheet.duration)
    return min(turn.start + mark.offset_ms / 1000, turn.end)


def words_at(sheet: CueSheet | None, at_s: float) -> str:
    """The sentence that is said there; empty where none is."""
    turn = _turn_at(sheet, at_s) if sheet else None
    said = [part.text for part in turn.sentences if part.start <= at_s] if turn else []
    return said[-1] if said else ""


def _turn_at(sheet: CueSheet, at_s: float) -> SpokenTurn | None:
    return next((turn for turn in reversed(sheet.turns) if turn.start <= at_s), None)
