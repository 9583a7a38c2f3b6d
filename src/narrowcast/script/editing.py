"""What an edit of a script may change: pure."""

from __future__ import annotations

from collections.abc import Collection

from narrowcast.errors import ScriptError
from narrowcast.script.dialogue import Script


def check_edit(before: Script, after: Script, passages: Collection[int]) -> None:
    """Refuse an edit that would make the script's citations wrong.

    `passages` are the numbers that its sources have. Numbers that stood before may stay, for sources may be gone.
    Raises `ScriptError`, which names the turn.
    """
    if after.sources != before.sources:
        raise ScriptError(
            "The script's sources cannot be changed: its turns cite their passages.",
            hint="Leave `sources` out, or as it was; generate a new episode from other sources.",
        )
    known = {*passages, *(number for turn in before.turns() for number in turn.cites)}
    for turn in after.turns():
        for number in turn.cites:
            if number not in known:
                raise ScriptError(
                    f"Turn {turn.id} cites passage {number}, which its sources do not have.",
                    hint=f"They have passages 1 to {max(known)}." if known else "Its sources have none.",
                )
