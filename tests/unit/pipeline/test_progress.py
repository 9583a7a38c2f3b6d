"""Progress never goes back, ends at 100, and counts what a run took."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.pipeline.events import (
    Cached,
    ClipReady,
    ClipStarted,
    Episode,
    EpisodeReady,
    Event,
    ModelUsed,
    OutlineReady,
    ScriptReady,
    SegmentPlanned,
    SegmentWritten,
    SourcesRead,
    Storing,
    TurnMixed,
    TurnWritten,
)
from narrowcast.pipeline.progress import Progress, Tally
from narrowcast.pipeline.quality import quality_of
from narrowcast.script.dialogue import OutlineSegment, Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.writers.base import Usage

TURN = Turn(id="s1t1", speaker="Maya", text="Hello.")
SCRIPT = Script(
    title="T", language="en", speakers=(Speaker(name="Maya"),), segments=(Segment(title="S", turns=(TURN, TURN)),)
)
QUALITY = quality_of(SCRIPT, (), {}, None, None, minutes_asked=None, rejected_clips=0)
DONE = EpisodeReady(Episode("id", Path("e.mp3"), "T", 1.0, 2, 1, 0, 0, 0, 0.0, Cached(), SCRIPT, QUALITY))
EVENTS: tuple[Event, ...] = (
    SourcesRead(("T",), 3, 100),
    SegmentPlanned(1, 1, OutlineSegment(name="S"), cached=False),
    OutlineReady(1, cached=False),
    TurnWritten(1, TURN, cached=False),
    ClipStarted("s1t1", "Maya"),
    ClipReady("s1t1", "Maya", 900, cached=False),
    TurnWritten(1, TURN, cached=False),
    SegmentWritten(1, 2, cached=False),
    ScriptReady(SCRIPT, Path("e.script.json")),
    TurnMixed("s1t1", "Maya", 1200),
    ClipReady("s1t2", "Maya", 900, cached=True),
    TurnMixed("s1t2", "Maya", 2400),
    Storing(),
    DONE,
)


def test_the_usual_order_ends_at_a_hundred_through_the_named_steps() -> None:
    progress, steps = Progress(), []
    for event in EVENTS:
        progress = progress.after(event)
        steps.append(progress.step)
    assert progress.percentage == 100
    assert list(dict.fromkeys(steps)) == [
        "generating_script",
        "parsing_turns",
        "generating_audio",
        "combining_audio",
        "storing_audio",
    ]
    assert progress.turns_mixed == progress.turns_voiced == progress.turns_expected == 2


@given(order=st.permutations(EVENTS))
def test_in_whatever_order_things_come_it_never_goes_back(order: list[Event]) -> None:
    progress = Progress()
    for event in order:
        after = progress.after(event)
        assert progress.percentage <= after.percentage <= 100
        progress = after


def test_a_tally_counts_what_was_paid_and_what_was_not() -> None:
    tally = Tally()
    for event in (
        ModelUsed(Usage("m", 100, 20, 0.01)),
        OutlineReady(5, cached=True),
        SegmentWritten(1, 8, cached=True),
        ClipReady("a", "Maya", 900, cached=True),
        ClipReady("b", "Maya", 900, cached=False, characters=30, cost_usd=0.02, rejected=1),
    ):
        tally = tally.after(event)
    assert tally == Tally(100, 20, 30, 0.03, 1, Cached(1, 1, 1))


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    tally = Tally().after(ModelUsed(Usage("m", 1, 1, None)))
    assert tally.after(ClipReady("b", "Maya", 9, cached=False, cost_usd=0.02)).cost_usd is None
