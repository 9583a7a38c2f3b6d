"""How far a job got: never back, not even over a resumed run, and by its own pace as soon as it has one."""

from __future__ import annotations

from narrowcast.pipeline.events import ClipReady, ClipStarted, EpisodeReady, Event, ScriptReady, SourcesRead, TurnMixed
from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.studio.job_progress import SCRIPT_SHARE, TAIL_S, JobProgress, told

TURNS = tuple(Turn(id=f"s1t{n}", speaker="Ann", text="Hello.") for n in range(1, 11))
SCRIPT = Script(title="T", language="en", speakers=(Speaker(name="Ann"),), segments=(Segment(title="S", turns=TURNS),))


def after(progress: JobProgress, *events: tuple[float, Event]) -> JobProgress:
    for now_s, event in events:
        progress = progress.after(event, now_s)
    return progress


def script_ready() -> ScriptReady:
    return ScriptReady(SCRIPT, path=None)  # type: ignore[arg-type]


def voiced(number: int, *, cached: bool = False) -> ClipReady:
    return ClipReady(f"s1t{number}", "Ann", 1_000, cached)


def test_it_shows_the_step_the_turns_and_who_speaks() -> None:
    shown = after(
        JobProgress(0.0),
        (1, SourcesRead((), 1, 1)),
        (2, script_ready()),
        (3, ClipStarted("s1t1", "Ann")),
        (4, voiced(1)),
    ).shown(4.0)
    assert shown["current_step"] == "generating_audio"
    assert shown["step_details"] == {"total_turns": 10, "completed_turns": 1, "current_speaker": "Ann"}
    assert 40 < shown["progress_percentage"] < 50


def test_a_resumed_run_begins_where_the_earlier_one_was_and_only_publishing_is_the_whole() -> None:
    resumed = after(JobProgress(0.0, floor=72.0), (1, SourcesRead((), 1, 1)))
    assert resumed.percentage == 72.0
    done = after(resumed, (2, script_ready()), *((3, voiced(n)) for n in range(1, 11)), (4, EpisodeReady(None)))  # type: ignore[arg-type]
    assert done.percentage == 99.0


def test_nobody_speaks_any_more_once_all_is_said() -> None:
    said = after(
        JobProgress(0.0), (1, script_ready()), (2, ClipStarted("s1t10", "Ann")), *((3, voiced(n)) for n in range(1, 11))
    )
    assert said.shown(3.0)["step_details"]["current_speaker"] == "Ann"
    mixed = after(said, (4, TurnMixed("s1t10", "Ann", 9_000)))
    assert mixed.shown(4.0)["current_step"] == "combining_audio"
    assert mixed.shown(4.0)["step_details"]["current_speaker"] is None


def test_a_script_alone_is_the_whole_where_it_is_to_stop_there() -> None:
    written = after(JobProgress(0.0, whole=SCRIPT_SHARE), (1, SourcesRead((), 1, 1)))
    assert written.percentage == 60.0
    assert after(written, (2, script_ready())).percentage == 80.0
    assert written.shown(1.0)["step_details"]["current_speaker"] is None, "as who asks for the job is told"


def test_the_estimate_counts_down_but_never_to_nothing() -> None:
    progress = JobProgress(100.0, expected_s=60.0)
    assert progress.remaining_s(110.0) == 50.0
    assert progress.remaining_s(500.0) == 6.0
    assert JobProgress(100.0).remaining_s(110.0) is None


def test_the_pace_is_that_of_turns_that_were_asked_for_now() -> None:
    """Five turns were there from an earlier run; three took 6 s together, so the two that are left take 4 s."""
    progress = after(
        JobProgress(0.0, expected_s=600.0),
        (1, script_ready()),
        *((1, voiced(n, cached=True)) for n in range(1, 6)),
        (2, ClipStarted("s1t6", "Ann")),
        (4, voiced(6)),
        (6, voiced(7)),
        (8, voiced(8)),
    )
    assert progress.remaining_s(8.0) == TAIL_S + 4.0


def test_only_what_a_watcher_can_use_is_told() -> None:
    assert told(voiced(1)) == ("turn_ready", {"turn_id": "s1t1", "speaker": "Ann", "duration_ms": 1_000})
    assert told(script_ready()) == ("script_ready", {"turns": 10, "segments": 1})
    assert told(TurnMixed("s1t1", "Ann", 5)) is None
