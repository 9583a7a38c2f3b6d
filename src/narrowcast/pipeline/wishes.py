"""What a person wishes for, as they say it: names, files and numbers, resolved to an order."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

from narrowcast.errors import InputError, ScriptError
from narrowcast.pipeline.files import FORMATS
from narrowcast.pipeline.order import Order
from narrowcast.profiles.catalogue import (
    DEFAULT_EPISODE_PROFILE,
    find_episode_profile,
    find_speaker_profile,
    speakers_for,
)
from narrowcast.script.dialogue import Script
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.script.script_file import read_script


class Wishes(TypedDict, total=False):
    """Everything that may be said of an episode besides its sources; nothing has to be.

    `out`: the audio file (default: named by the title, in the current folder). `profile`, `speakers`: a shipped name, a
    JSON file (`FILE` or `FILE#NAME`), or the profile itself. `segments` 1 to 20. `minutes` up to 600. `language`: a
    BCP 47 tag. `instructions`: what it should do besides the profile's briefing. `llm`: `PROVIDER:MODEL`, `auto` or
    `none`. `tts`: `PROVIDER[:MODEL]` or `auto`. `format`: one of `FORMATS` (default: as `out` ends). `cover`: a JPEG,
    PNG or WebP file. `parallel`: write all segments side by side. `script`: voice this script, or the one in this file,
    instead of writing one. `stop_after_script`: make no sound. `budget_usd`: stop before spending more.
    """

    out: str | Path | None
    title: str | None
    profile: str | EpisodeProfile | None
    speakers: str | SpeakerProfile | None
    segments: int | None
    minutes: float | None
    language: str | None
    instructions: str
    llm: str
    tts: str
    format: str | None
    cover: str | Path | None
    parallel: bool
    script: str | Path | Script | None
    stop_after_script: bool
    budget_usd: float | None


def order(*places: str | Path, **wishes: Unpack[Wishes]) -> Order:
    """The order for an episode from `places` (files, folders, URLs, `-` for standard input); see `Wishes`.

    Files of profiles and scripts are read here. Raises `InputError`.
    """
    budget = wishes.get("budget_usd")
    if budget is not None and not budget >= 0:
        raise InputError(f"A budget of {budget:g} USD makes no sense.", hint="Give 0 or more.")
    wanted = wishes.get("script")
    path = Path(wanted) if isinstance(wanted, str | Path) else None
    if not places and wanted is None:
        raise InputError(
            "Nothing to make an episode of.", hint="Name a file, a folder, a URL, or - for standard input."
        )
    script = read_script(path) if path else wanted if isinstance(wanted, Script) else None
    profile, place = _profile(wishes.get("profile"))
    given = Path(out) if (out := wishes.get("out")) else None
    return Order(
        places=tuple(str(source) for source in places),
        profile=profile,
        speakers=_speakers(wishes.get("speakers"), script, profile, place),
        llm=wishes.get("llm", "auto"),
        tts=wishes.get("tts", "auto"),
        budget_usd=budget,
        out=given or _beside(path, wishes.get("format")),
        title=wishes.get("title"),
        num_segments=wishes.get("segments"),
        minutes=wishes.get("minutes"),
        language=wishes.get("language"),
        instructions=wishes.get("instructions", ""),
        format=_format(given, wishes.get("format")),
        cover=Path(cover) if (cover := wishes.get("cover")) else None,
        parallel=wishes.get("parallel", False),
        stop_after_script=wishes.get("stop_after_script", False),
        script=script,
        script_path=path,
    )


def _profile(wanted: str | EpisodeProfile | None) -> tuple[EpisodeProfile, str]:
    """The profile, and where it is from: speakers that it names may lie beside it."""
    if isinstance(wanted, EpisodeProfile):
        return wanted, wanted.name
    place = wanted or DEFAULT_EPISODE_PROFILE
    return find_episode_profile(place), place


def _speakers(
    wanted: str | SpeakerProfile | None, script: Script | None, profile: EpisodeProfile, place: str
) -> SpeakerProfile:
    """Those asked for, else a script's own with the voices that they had, else those of the episode profile."""
    if script is None:
        return wanted if isinstance(wanted, SpeakerProfile) else speakers_for(profile, place, wanted)
    if not wanted:
        return SpeakerProfile(name="script", tts_provider="auto", speakers=script.speakers)
    speakers = find_speaker_profile(wanted) if isinstance(wanted, str) else wanted
    names = {speaker.name for speaker in speakers.speakers}
    for turn in script.turns():
        if turn.speaker not in names:
            raise ScriptError(
                f"The script's {turn.speaker!r} is not among the speakers of {speakers.name!r}.",
                hint=f"They are {', '.join(sorted(names))}. Without other speakers the script's own are used.",
            )
    return speakers


def _format(out: Path | None, asked: str | None) -> str:
    """As asked, else as the output's name ends, else the first. Raises `InputError` where the two differ."""
    named = out.suffix.lower().lstrip(".") if out else ""
    wanted = (asked or named or FORMATS[0]).lower()
    if wanted not in FORMATS:
        raise InputError(f"There is no format {wanted!r}.", hint=f"Known: {', '.join(FORMATS)}.")
    if out and named != wanted:
        raise InputError(
            f"The output {out} does not end in .{wanted}.", hint=f"Write -o {out.with_suffix('.' + wanted)}."
        )
    return wanted


def _beside(script: Path | None, asked: str | None) -> Path | None:
    """The audio file that belongs to a script file."""
    if script is None:
        return None
    stem = script.name.removesuffix(".json").removesuffix(".script")
    return script.with_name(f"{stem}.{(asked or FORMATS[0]).lower()}")
