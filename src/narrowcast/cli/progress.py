"""Showing a run: a bar with steps, turns and time remaining on a terminal, plain lines elsewhere. All on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from narrowcast.cli.telling import tell
from narrowcast.pipeline.events import (
    Event,
    PartsChosen,
    PassedOver,
    ScriptReady,
    SegmentPlanned,
    SegmentWritten,
    SourcesRead,
    Storing,
    TurnMixed,
    Waiting,
)
from narrowcast.pipeline.notes import clock
from narrowcast.pipeline.progress import Progress
from narrowcast.script.one_line import one_line

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

WIDE, WIDTH_BESIDE_BAR = 78, 68
"""Columns from which on there is room for a bar, and what stands beside it."""
STEPS = {
    "retrieving_content": "Reading",
    "generating_script": "Planning",
    "parsing_turns": "Writing",
    "generating_audio": "Voicing",
    "combining_audio": "Mixing",
    "storing_audio": "Finishing",
}


@contextmanager
def watching(*, plain: bool) -> Iterator[Callable[[Event], None]]:
    """A function that shows each event. `plain` or no terminal: one line for each thing worth a line."""
    if plain or sys.stderr is None or not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    wide = (BarColumn(bar_width=min(32, console.width - WIDTH_BESIDE_BAR)),) if console.width > WIDE else ()
    columns = (
        TextColumn("{task.description:<9}"),
        *wide,
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[detail]}"),
        *((TimeElapsedColumn(),) if wide else ()),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        yield _Bar(bar)


class Remaining:
    """The time that is left, from the pace since the first event."""

    def __init__(self) -> None:
        self._began: tuple[float, float] | None = None

    def seconds(self, percentage: float) -> float | None:
        """Seconds to go at `percentage`; none while there is too little to judge by."""
        now = time.monotonic()
        if self._began is None:
            self._began = (now, percentage)
        then, at = self._began
        done = percentage - at
        if done < 3 or now - then < 1:
            return None
        return (now - then) / done * (100 - percentage)


def line_for(event: Event) -> str | None:
    """The line that an event is worth, none for most."""
    match event:
        case SourcesRead(titles=()):
            return None
        case SourcesRead(titles=titles, passages=passages, words=words, skipped=skipped):
            names = titles[0] if len(titles) == 1 else f"{len(titles)} sources"
            left_out = f"; left out: {', '.join(skipped[:5])}{'…' if len(skipped) > 5 else ''}" if skipped else ""
            return f"Read {names}: {_count(words, 'word')} in {_count(passages, 'passage')}{left_out}"
        case PassedOver(provider=provider):
            return f"The key for {provider} is set, but it has no voices for it: taking others. See narrowcast voices."
        case PartsChosen(writer=writer, voices=voices):
            return f"Writer: {writer}. Voices: {voices}. Change with --llm and --tts."
        case SegmentPlanned(number=number, total=total, entry=entry):
            return f"Segment {number} of {total}: {entry.name}"
        case SegmentWritten(number=number, turns=turns, cached=cached):
            return f"Segment {number} written: {_count(turns, 'turn')}{' (there already)' if cached else ''}"
        case ScriptReady(path=path):
            return f"Script: {path}"
        case Waiting(provider=provider, seconds=seconds, reason=reason):
            return f"{provider}: {reason} Trying again in {seconds:.0f} s"
        case Storing():
            return "Writing chapters, tags and transcripts"
        case _:
            return None


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


class _Lines:
    def __init__(self) -> None:
        self._progress = Progress()
        self._told = 0

    def __call__(self, event: Event) -> None:
        self._progress = self._progress.after(event)
        if line := line_for(event):
            tell(line)
        elif isinstance(event, TurnMixed) and self._progress.percentage >= self._told + 10:
            self._told = int(self._progress.percentage)
            turns = f"{_count(self._progress.turns_mixed, 'turn')} mixed"
            tell(f"{self._told:3}%  {turns}, {clock(event.end_ms)}")


class _Bar:
    KEPT = (SourcesRead, PassedOver, PartsChosen, Waiting)

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("Reading", total=100, detail="", left="")
        self._progress = Progress()
        self._remaining = Remaining()

    def __call__(self, event: Event) -> None:
        self._progress = now = self._progress.after(event)
        if isinstance(event, self.KEPT) and (line := line_for(event)):
            self._bar.console.print(one_line(line), markup=False)
        left = self._remaining.seconds(now.percentage)
        turns = (
            f"{now.turns_voiced}/{'' if now.script_ready else '~'}{now.turns_expected} turns"
            if now.turns_written
            else ""
        )
        speaker = f", {now.current_speaker}" if now.current_speaker and now.step == "generating_audio" else ""
        self._bar.update(
            self._task,
            description=STEPS[now.step],
            completed=now.percentage,
            detail=turns + one_line(speaker),
            left=f"~{clock(round(left * 1000))} left" if left is not None else "",
        )
