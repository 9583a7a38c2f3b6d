"""`narrowcast make`: sources in, a finished episode out."""

from __future__ import annotations

import json
import os
import shlex
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrowcast.cli.telling import tell

if TYPE_CHECKING:
    from narrowcast.pipeline.estimate import EpisodeEstimate
    from narrowcast.pipeline.events import Episode
    from narrowcast.pipeline.order import Order
    from narrowcast.script.dialogue import Script
    from narrowcast.script.profile import SpeakerProfile

MAX_SCRIPT_BYTES = 20_000_000
SOURCES = "What to listen to: files, folders, URLs, or - for standard input. Text, Markdown, HTML, PDF."
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
        str | None, typer.Option(metavar="mp3", help="The audio's format. Default: as FILE ends.")
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

    started_at = _process_start()
    order = _order(
        sources=tuple(sources or ()),
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
        parallel=parallel,
        stop_after=stop_after,
        script=script,
        budget=budget,
    )
    if estimate:
        _print_estimate(run_async(_estimate(order)), as_json=as_json)
    else:
        _print_episode(run_async(_make(order, plain=as_json)), started_at, as_json=as_json)


def _order(
    *,
    sources: tuple[str, ...],
    out: Path | None,
    profile: str | None,
    speakers: str | None,
    segments: int | None,
    format: str | None,  # noqa: A002 - the option's own name
    stop_after: str | None,
    script: Path | None,
    budget: float | None,
    **same: Any,
) -> Order:
    """The order that the options come to. Raises `InputError`."""
    from narrowcast.errors import InputError
    from narrowcast.pipeline.order import Order
    from narrowcast.profiles.catalogue import DEFAULT_EPISODE_PROFILE, find_episode_profile, speakers_for

    if not sources and not script:
        raise InputError(
            "Nothing to make an episode of.", hint="Name a file, a folder, a URL, or - for standard input."
        )
    if stop_after not in {None, "script"}:
        raise InputError(f"--stop-after {stop_after!r} is not known.", hint="Known: script.")
    if budget is not None and not budget >= 0:
        raise InputError(f"A budget of {budget:g} USD makes no sense.", hint="Give 0 or more.")
    given = _read_script(script) if script else None
    place = profile or DEFAULT_EPISODE_PROFILE
    episode_profile = find_episode_profile(place)
    speaker_profile = _speakers(given, speakers) if given else speakers_for(episode_profile, place, speakers)
    return Order(
        places=sources,
        profile=episode_profile,
        speakers=speaker_profile,
        out=out or _beside(script),
        num_segments=segments,
        format=_format(out, format),
        stop_after_script=stop_after == "script",
        script=given,
        script_path=script,
        budget_usd=budget,
        **same,
    )


def _format(out: Path | None, asked: str | None) -> str:
    """The format: as asked, else as the output's name ends, else MP3. Raises `InputError` where the two differ."""
    from narrowcast.errors import InputError
    from narrowcast.pipeline.files import FORMATS

    named = out.suffix.lower().lstrip(".") if out else ""
    wanted = (asked or named or FORMATS[0]).lower()
    if wanted not in FORMATS:
        raise InputError(f"There is no format {wanted!r}.", hint=f"Known: {', '.join(FORMATS)}.")
    if out and named != wanted:
        raise InputError(
            f"The output {out} does not end in .{wanted}.", hint=f"Write -o {out.with_suffix('.' + wanted)}."
        )
    return wanted


def _read_script(path: Path) -> Script:
    from narrowcast.errors import ScriptError
    from narrowcast.script.script_file import parse_script

    try:
        if path.stat().st_size > MAX_SCRIPT_BYTES:
            raise ScriptError(f"{path} is too large for a script (over {MAX_SCRIPT_BYTES / 1e6:.0f} MB).")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ScriptError(
            f"Cannot read the script {path}: {error.strerror}.",
            hint="Name a .script.json file, as make writes it beside the audio.",
        ) from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path} is not text in UTF-8.", hint="Save it as UTF-8 JSON.") from error
    return parse_script(text, str(path))


def _speakers(given: Script, wanted: str | None) -> SpeakerProfile:
    """A script's own speakers with the voices that they had, or others of the same names."""
    from narrowcast.errors import ScriptError
    from narrowcast.profiles.catalogue import find_speaker_profile
    from narrowcast.script.profile import SpeakerProfile

    if not wanted:
        return SpeakerProfile(name="script", tts_provider="auto", speakers=given.speakers)
    profile = find_speaker_profile(wanted)
    names = {speaker.name for speaker in profile.speakers}
    for turn in given.turns():
        if turn.speaker not in names:
            raise ScriptError(
                f"The script's {turn.speaker!r} is not among the speakers of {profile.name!r}.",
                hint=f"They are {', '.join(sorted(names))}. Leave --speakers out to keep the script's own.",
            )
    return profile


def _beside(script: Path | None) -> Path | None:
    """The audio file that belongs to a script file."""
    return script.with_name(script.name.removesuffix(".json").removesuffix(".script") + ".mp3") if script else None


async def _make(order: Order, *, plain: bool) -> Episode:
    from contextlib import aclosing

    from narrowcast.cli.progress import watching
    from narrowcast.pipeline.events import EpisodeReady
    from narrowcast.settings import read_settings
    from narrowcast.studio import Studio

    async with Studio.open(read_settings()) as studio, aclosing(studio.make(order)) as events:
        with watching(plain=plain) as show:
            async for event in events:
                show(event)
                if isinstance(event, EpisodeReady):
                    return event.episode
    raise AssertionError("a run ends with EpisodeReady or raises")


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
