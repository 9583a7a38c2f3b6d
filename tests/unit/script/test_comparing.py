"""What was changed from one script to another."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from narrowcast.script.comparing import Differences, differences
from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker


def script(*parts: Sequence[str], title: str = "T") -> Script:
    """A segment for each of `parts`, a turn for each of its texts; before a colon stands the turn's id."""
    return Script(
        title=title,
        language="en",
        speakers=(Speaker(name="Maya"), Speaker(name="Sam")),
        segments=tuple(
            Segment(
                title=f"Part {number}",
                turns=tuple(
                    Turn(id=said.partition(":")[0], speaker="Maya", text=said.partition(":")[2] or "Yes.")
                    for said in part
                ),
            )
            for number, part in enumerate(parts, start=1)
        ),
    )


BEFORE = script(["a", "b"], ["c"])


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BEFORE, Differences()),
        (script(["a:No.", "b"], ["c"]), Differences(changed=1)),
        (script(["a", "b", "x"], ["c"]), Differences(added=1)),
        (script(["a", "b"]), Differences(removed=1, retitled=True)),
        (script(["b", "a"], ["c"]), Differences(reordered=True)),
        (script(["a"], ["b", "c"]), Differences(reordered=True)),
        (script(["a", "b"], ["c"], title="Other"), Differences(retitled=True)),
        (script(["x", "a:No."], ["y", "c"]), Differences(changed=1, added=2, removed=1)),
    ],
)
def test_each_difference_is_told(after: Script, expected: Differences) -> None:
    assert differences(BEFORE, after) == expected
    assert expected.heard == (after != BEFORE)


def test_what_a_turn_cites_is_not_heard() -> None:
    first = BEFORE.segments[0]
    cited = first.model_copy(update={"turns": (first.turns[0].model_copy(update={"cites": (3,)}), first.turns[1])})
    after = BEFORE.model_copy(update={"segments": (cited, BEFORE.segments[1])})
    assert not differences(BEFORE, after).heard


def test_who_says_it_is_heard() -> None:
    (only,) = script(["a"]).segments
    by_sam = only.model_copy(update={"turns": (only.turns[0].model_copy(update={"speaker": "Sam"}),)})
    after = script(["a"]).model_copy(update={"segments": (by_sam,)})
    assert differences(script(["a"]), after) == Differences(changed=1)
