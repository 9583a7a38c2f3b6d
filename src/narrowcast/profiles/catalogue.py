"""Finding a profile by what the person typed: a shipped name, or a file in podcast-creator's JSON format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from narrowcast.errors import ProfileError
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile

DEFAULT_EPISODE_PROFILE = "tech_discussion"
MAX_FILE_BYTES = 1_000_000

P = TypeVar("P", EpisodeProfile, SpeakerProfile)


def shipped_episode_profiles() -> dict[str, EpisodeProfile]:
    """The shipped episode profiles by name."""
    return {name: validate(EpisodeProfile, name, fields, name) for name, fields in _shipped("episodes").items()}


def shipped_speaker_profiles() -> dict[str, SpeakerProfile]:
    """The shipped speaker profiles by name."""
    return {name: validate(SpeakerProfile, name, fields, name) for name, fields in _shipped("speakers").items()}


def find_episode_profile(wanted: str) -> EpisodeProfile:
    """A shipped episode profile, or one from a file (`FILE` with one profile, or `FILE#NAME`).

    Raises `ProfileError`.
    """
    return _find(EpisodeProfile, "episode", wanted, _shipped("episodes"))


def find_speaker_profile(wanted: str) -> SpeakerProfile:
    """A shipped speaker profile, or one from a file (`FILE` with one profile, or `FILE#NAME`).

    Raises `ProfileError`.
    """
    return _find(SpeakerProfile, "speaker", wanted, _shipped("speakers"))


def speakers_for(profile: EpisodeProfile, profile_place: str, wanted: str | None) -> SpeakerProfile:
    """The speakers of an episode: those asked for, else those that the episode profile names.

    A profile from a file may name speakers that lie beside it: in the same file, or in `speakers_config.json` as
    podcast-creator keeps them. Raises `ProfileError`.
    """
    if wanted:
        return find_speaker_profile(wanted)
    name = profile.speaker_config
    if name in _shipped("speakers"):
        return find_speaker_profile(name)
    path = Path(profile_place.partition("#")[0])
    beside = path.parent / "speakers_config.json"
    if path.is_file() and beside.is_file():
        return find_speaker_profile(f"{beside}#{name}")
    raise ProfileError(
        f"The profile {profile.name!r} names the speakers {name!r}, which are not known.",
        hint=f"Give them with --speakers FILE, or one of: {', '.join(sorted(_shipped('speakers')))}.",
    )


def _shipped(kind: str) -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("narrowcast.profiles").joinpath("shipped", f"{kind}.json").read_text("utf-8")
    profiles: dict[str, dict[str, Any]] = json.loads(text)["profiles"]
    return profiles


def _find(kind: type[P], word: str, wanted: str, shipped: Mapping[str, Mapping[str, Any]]) -> P:
    if wanted in shipped:
        return validate(kind, wanted, shipped[wanted], wanted)
    place, _, name = wanted.partition("#")
    path = Path(place).expanduser()
    if path.suffix.lower() != ".json" and not path.is_file():
        close = get_close_matches(wanted, shipped, n=1)
        raise ProfileError(
            f"There is no {word} profile {wanted!r}.",
            hint=(f"Did you mean {close[0]!r}? " if close else "")
            + f"Known: {', '.join(sorted(shipped))}; or give a JSON file.",
        )
    profiles = _read(path)
    if not name and len(profiles) == 1:
        name = next(iter(profiles))
    if name not in profiles:
        raise ProfileError(
            f"{path} holds {len(profiles)} profiles{f', none named {name!r}' if name else ''}.",
            hint="Name one: " + ", ".join(f"{path}#{known}" for known in sorted(profiles)[:8]) + ".",
        )
    return _beside(validate(kind, name, profiles[name], str(path)), path.parent)


def _beside(profile: P, folder: Path) -> P:
    """The profile with the files that it names found from its own folder, wherever the program is started."""
    if not isinstance(profile, EpisodeProfile):
        return profile
    found: dict[str, object] = {}
    if profile.cover:
        found["cover"] = str(folder / Path(profile.cover).expanduser())
    if profile.music:
        paths = {part: str(folder / Path(named).expanduser()) for part, named in profile.music.named().items()}
        found["music"] = profile.music.model_copy(update=paths)
    return profile.model_copy(update=found)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ProfileError(f"{path} is too large for a profile file (over {MAX_FILE_BYTES:,} bytes).")
        document = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ProfileError(f"Cannot read the profile file {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ProfileError(f"{path} is not valid JSON: {error}.") from error
    profiles = document.get("profiles") if isinstance(document, dict) else None
    if not isinstance(profiles, dict) or not profiles:
        raise ProfileError(f"{path} holds no profiles.", hint='It should look like {"profiles": {"my_profile": {…}}}.')
    return profiles


def validate(kind: type[P], name: str, fields: object, place: str) -> P:
    """The profile of that name with these fields; `place` is where they come from. Raises `ProfileError`."""
    if not isinstance(fields, dict):
        raise ProfileError(f"The profile {name!r} in {place} is not an object.")
    try:
        return kind.model_validate({**fields, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        hint = ""
        if first["type"] == "extra_forbidden":
            close = get_close_matches(str(first["loc"][-1]), kind.model_fields, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known fields: {', '.join(kind.model_fields)}."
        raise ProfileError(
            f"The profile {name!r} in {place} is wrong at {where}: {first['msg']}.", hint=hint
        ) from error
