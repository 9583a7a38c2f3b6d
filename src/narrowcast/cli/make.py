"""`narrowcast make`: sources in, a finished episode out."""

from __future__ import annotations

import json
import os
import shlex
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.telling import tell

if TYPE_CHECKING:
    from narrowcast.pipeline.estimate import EpisodeEstimate
    from narrowcast.pipeline.events import Episode
    from narrowcast.pipeline.order import Order

SOURCES = (
    "What to listen to: files, folders, URLs, - for standard input. PDF, EPUB, Word, HTML, Markdown, text, subtitles; "
    "YouTube videos by their captions."
)
PANEL_WHAT, PANEL_WHO, PANEL_HOW = "What to make", "Who writes and speaks", "How to run"


def make(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help=SOURCES, show_default=False)] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="The audio file. Default: named by the title, here."),
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The episode's title.", rich_help_panel=PANEL_WHAT)
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Episode profile: a name (see 'narrowcast profiles') or a JSON file. [default: tech_discussion]",
            rich_help_panel=PANEL_WHAT,
        ),
    ] = None,
    speakers: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="Speaker profile: a name or a JSON file.", rich_help_panel=PANEL_WHO),
    ] = None,
    segments: Annotated[
        int | None, typer.Option(metavar="N", help="How many segments (chapters).", rich_help_panel=PANEL_WHAT)
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(metavar="N", help="How long it should be.", rich_help_panel=PANEL_WHAT)
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="Its language, such as en or de. Default: the source's.", rich_help_panel=PANEL_WHAT
        ),
    ] = None,
    instructions: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="What it should do besides the profile's briefing.", rich_help_panel=PANEL_WHAT
        ),
    ] = "",
    llm: Annotated[
        str,
        typer.Option(
            metavar="PROVIDER:MODEL|auto|none", help="The language model that writes.", rich_help_panel=PANEL_WHO
        ),
    ] = "auto",
    tts: Annotated[
        str, typer.Option(metavar="PROVIDER[:MODEL]|auto", help="The voices.", rich_help_panel=PANEL_WHO)
    ] = "auto",
    format: Annotated[  # noqa: A002 - the option's own name
        str | None, typer.Option(metavar="mp3|m4a|opus", help="The audio's format. Default: as FILE ends, else mp3.")
    ] = None,
    cover: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A picture (JPEG, PNG, WebP). Default: the profile's, else one made of the title.",
            rich_help_panel=PANEL_WHAT,
        ),
    ] = None,
    parallel: Annotated[
        bool,
        typer.Option("--parallel", help="Write all segments side by side: sooner done.", rich_help_panel=PANEL_HOW),
    ] = False,
    stop_after: Annotated[
        str | None, typer.Option(metavar="script", help="Stop when the script is written.", rich_help_panel=PANEL_HOW)
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Voice this script (edit it first, if you like).", rich_help_panel=PANEL_HOW),
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it would take; spend nothing.", rich_help_panel=PANEL_HOW)
    ] = False,
    budget: Annotated[
        float | None, typer.Option(metavar="USD", help="Stop before spending more.", rich_help_panel=PANEL_HOW)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout at the end.", rich_help_panel=PANEL_HOW)
    ] = False,
) -> None:
    """Make an episode out of what you have to read.

    Works offline with no key: a conversation out of the source's own sentences, in built-in voices.
    With a key for a language model or a voice service it uses those.
    Interrupted, run it again: nothing is paid for twice.

    Examples:

      narrowcast make paper.pdf -o paper.mp3

      narrowcast make notes/ https://example.org/article --minutes 10

      narrowcast make --script paper.script.json -o paper.mp3
    """
    from narrowcast.cli.running import run_async
    from narrowcast.errors import InputError
    from narrowcast.pipeline.wishes import order

    started_at = _process_start()
    if stop_after not in {None, "script"}:
        raise InputError(f"--stop-after {stop_after!r} is not known.", hint="Known: script.")
    wanted = order(
        *(sources or ()),
        out=out,
        title=title,
        profile=profile,
        speakers=speakers,
        segments=segments,
        minutes=minutes,
        language=language,
        instructions=instructions,
        llm=llm,
        tts=tts,
        format=format,
        cover=cover,
        parallel=parallel,
        stop_after_script=stop_after == "script",
        script=script,
        budget_usd=budget,
    )
    if estimate:
        _print_estimate(run_async(_estimate(wanted)), as_json=as_json)
    else:
        _print_episode(run_async(_make(wanted, plain=as_json)), started_at, as_json=as_json)


async def _make(order: Order, *, plain: bool) -> Episode:
    from narrowcast.cli.progress import watching
    from narrowcast.settings import read_settings
    from narrowcast.studio import Studio

    async with Studio.open(read_settings()) as studio:
        with watching(plain=plain) as show:
            return await studio.make(order, show)


async def _estimate(order: Order) -> EpisodeEstimate:
    from narrowcast.settings import read_settings
    from narrowcast.studio import Studio

    async with Studio.open(read_settings()) as studio:
        return await studio.estimate(order)


def _print_episode(episode: Episode, started_at: float, *, as_json: bool) -> None:
    from narrowcast.pipeline.notes import clock, cost

    wall_s = time.time() - started_at
    if as_json:
        first = episode.first_audio_at
        typer.echo(
            json.dumps(
                {
                    "episode_id": episode.episode_id,
                    "path": str(episode.path),
                    **episode.figures(),
                    "first_audio_s": round(first - started_at, 3) if first else None,
                    "wall_s": round(wall_s, 3),
                },
                ensure_ascii=False,
            )
        )
        return
    for warning in episode.warnings:
        tell(f"Note: {warning}")
    if not episode.seconds:
        typer.echo(f"The script is ready: {episode.path} ({episode.turns} turns, {cost(episode.cost_usd)}).")
        typer.echo(f"Read it, change it, then: narrowcast make --script {shlex.quote(str(episode.path))}")
        return
    paid = f", {episode.cached.clips} of {episode.turns} clips were there already" if episode.cached.clips else ""
    typer.echo(
        f"{episode.path}  {clock(round(episode.seconds * 1000))}, {cost(episode.cost_usd)}{paid}, in {wall_s:.1f} s"
    )
    typer.echo("Beside it: " + ", ".join(path.name for path in episode.files[1:]))


def _print_estimate(estimate: EpisodeEstimate, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(estimate), ensure_ascii=False))
        return
    from narrowcast.pipeline.notes import clock, cost

    audio, making = (clock(round(seconds * 1000)) for seconds in (estimate.audio_seconds, estimate.seconds))
    typer.echo(f"About {audio} of audio, made in about {making}.")
    typer.echo(
        f"About {estimate.prompt_tokens:,} prompt and {estimate.completion_tokens:,} completion tokens, "
        f"{estimate.characters:,} characters to voice: {cost(estimate.cost_usd)}."
    )
    if estimate.unknown_price:
        typer.echo(f"The price of {estimate.unknown_price} is not known.")
    typer.echo("Nothing was spent.")


def _process_start() -> float:
    """When this process began, by `time.time()`: from the kernel where it tells (Linux), else now."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, AttributeError, IndexError):
        return time.time()
