"""What was changed from one script to another, turn by turn: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from narrowcast.script.dialogue import Script, Turn


@dataclass(frozen=True)
class Differences:
    """How many turns are said otherwise, are new or gone; whether what stayed changed its order, or titles changed."""

    changed: int = 0
    added: int = 0
    removed: int = 0
    reordered: bool = False
    retitled: bool = False

    @property
    def heard(self) -> bool:
        """Whether a rendering would come out otherwise."""
        return self != Differences()


def differences(before: Script, after: Script) -> Differences:
    """What is different `after`; turns are the same by their id, wherever they stand. What they cite is not heard."""
    old, new = _placed(before), _placed(after)
    stayed = [identity for identity in old if identity in new]
    both = [identity for identity in new if identity in old]
    return Differences(
        changed=sum(_said(old[identity][1]) != _said(new[identity][1]) for identity in both),
        added=len(new) - len(both),
        removed=len(old) - len(both),
        reordered=both != stayed or _breaks(old, both) != _breaks(new, both),
        retitled=before.title != after.title or _titles(before) != _titles(after),
    )


def _placed(script: Script) -> dict[str, tuple[int, Turn]]:
    """Each turn with the number of its segment, by its id."""
    return {turn.id: (number, turn) for number, segment in enumerate(script.segments) for turn in segment.turns}


def _said(turn: Turn) -> tuple[str, str]:
    return turn.speaker, turn.text


def _breaks(turns: Mapping[str, tuple[int, Turn]], wanted: Sequence[str]) -> list[bool]:
    """Whether another segment begins between each turn and the next."""
    numbers = [turns[identity][0] for identity in wanted]
    return [one != two for one, two in pairwise(numbers)]


def _titles(script: Script) -> list[str]:
    return [segment.title for segment in script.segments]
