"""How long the pauses between turns are."""

from __future__ import annotations

from narrowcast.script.dialogue import Turn

START_MS = 300
"""Before the first word of an episode: players need a moment."""
SEGMENT_MS = 1000
"""Where a new chapter begins, a breath that says so."""
SAME_SPEAKER_MS = 250
"""Where one speaker goes on: the pause between two of their sentences."""
CHANGE_MS = 380
"""Where the speaker changes. People in conversation wait about 200 ms (Stivers et al., PNAS 2009, ten languages); read
out, a little more is needed to hear who speaks."""
AFTER_QUESTION_MS = 300
"""A question is answered sooner."""
REACTION_MS = 220
"""A short reaction comes almost at once."""
AFTER_LONG_MS = 480
"""After a long turn there is something to take in."""

REACTION_CHARACTERS = 30
LONG_CHARACTERS = 450

_QUESTION = ("?", "？", "؟", "\u037e")  # the last is the Greek question mark
_CLOSERS = "\"'”’»«)]】」』 "


def gap_ms(previous: Turn | None, turn: Turn, *, new_segment: bool, asked_gap_ms: int | None) -> int:
    """The pause before `turn` in ms; `previous` is the turn before it, none at the start of the episode.

    Depends on what was said before and on `turn` alone. `asked_gap_ms`, from a profile, is the pause wherever one turn
    follows another within a segment; the start and a new segment keep theirs, unless more was asked.
    """
    if previous is None:
        return START_MS
    if new_segment:
        return max(SEGMENT_MS, asked_gap_ms or 0)
    if asked_gap_ms is not None:
        return asked_gap_ms
    if previous.speaker == turn.speaker:
        return SAME_SPEAKER_MS
    if len(turn.text) <= REACTION_CHARACTERS:
        return REACTION_MS
    if _is_question(previous.text):
        return AFTER_QUESTION_MS
    if len(previous.text) >= LONG_CHARACTERS:
        return AFTER_LONG_MS
    return CHANGE_MS


def _is_question(text: str) -> bool:
    return text.rstrip(_CLOSERS).endswith(_QUESTION)
