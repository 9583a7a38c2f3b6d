"""`/profiles`: who speaks in episodes, and what kinds of episodes there are; the shipped ones, and a person's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.profiles.catalogue import shipped_episode_profiles, shipped_speaker_profiles
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.server.context import Context, Here
from narrowcast.server.profile_shapes import ProfileName
from narrowcast.server.web import show
from narrowcast.server.web.languages import LANGUAGES
from narrowcast.server.who import Reads
from narrowcast.studio.profiles import ProfileShelf, Shown
from narrowcast.tts.readiness import NOT_SHOWN
from narrowcast.tts.registry import PROVIDERS

router = APIRouter(include_in_schema=False)

NEW = "new"
"""Stands for an id: a profile that is yet to be made. A shipped one never has this name; a person's own has an id."""
AUTO = "auto"
MOST_SPEAKERS = 4
NEW_EPISODE: Mapping[str, Any] = {
    "speaker_config": "host_and_engineer",
    "outline_provider": AUTO,
    "outline_model": AUTO,
    "transcript_provider": AUTO,
    "transcript_model": AUTO,
}
NEW_SPEAKERS: Mapping[str, Any] = {"tts_provider": AUTO, "speakers": [{"name": ""}]}


@dataclass(frozen=True)
class Card:
    """A profile in the list; `hosts` are the names of its speakers, as far as they are known."""

    id: str
    name: str
    description: str
    shipped: bool
    fault: str
    hosts: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name as it is shown: shipped ones are named as in files."""
        return self.name.replace("_", " ").capitalize() if self.shipped else self.name


@dataclass(frozen=True)
class Opened:
    """A profile to look at and change; `etag` empty: it is new. `fields` are as the API gives them, keys hidden."""

    id: str
    name: str
    shipped: bool = False
    etag: str = ""
    fault: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@router.get("/profiles")
async def profiles(request: Request, who: Reads, here: Here) -> Response:
    """All of them."""
    speakers = await _speakers(here).all(who.id)
    hosts = {one.name: _hosts(one) for one in speakers}
    episodes = [
        _card(one, hosts.get(one.profile.speaker_config, ()) if one.profile else ())
        for one in await _episodes(here).all(who.id)
    ]
    voices = [_card(one, hosts[one.name]) for one in speakers]
    return show(request, "profiles", who, here="make", episodes=episodes, speakers=voices)


@router.get("/profiles/episodes/{profile_id}")
async def episode_profile(request: Request, who: Reads, here: Here, profile_id: ProfileName) -> Response:
    """One episode profile, or the form of a new one."""
    opened = _opened(await _episodes(here).get(who.id, profile_id)) if profile_id != NEW else _new(NEW_EPISODE)
    speakers = {one.name: _card(one, ()).title for one in await _speakers(here).all(who.id)}
    chosen = opened.fields.get("speaker_config")
    return show(
        request,
        "episode_profile",
        who,
        here="make",
        profile=opened,
        speakers=speakers if chosen in speakers else {chosen: chosen, **speakers},
        languages=LANGUAGES,
    )


@router.get("/profiles/speakers/{profile_id}")
async def speaker_profile(request: Request, who: Reads, here: Here, profile_id: ProfileName) -> Response:
    """One speaker profile, or the form of a new one."""
    opened = _opened(await _speakers(here).get(who.id, profile_id)) if profile_id != NEW else _new(NEW_SPEAKERS)
    given = opened.fields.get("speakers")
    return show(
        request,
        "speaker_profile",
        who,
        here="make",
        profile=opened,
        speakers=[one for one in given if isinstance(one, dict)][:MOST_SPEAKERS] if isinstance(given, list) else [],
        providers=[AUTO, *(name for name in PROVIDERS if name not in NOT_SHOWN)],
        languages=LANGUAGES,
        most=MOST_SPEAKERS,
    )


def _episodes(here: Context) -> ProfileShelf[EpisodeProfile]:
    return ProfileShelf(here.store.profiles, "episode", EpisodeProfile, shipped_episode_profiles, here.sealer)


def _speakers(here: Context) -> ProfileShelf[SpeakerProfile]:
    return ProfileShelf(here.store.profiles, "speaker", SpeakerProfile, shipped_speaker_profiles, here.sealer)


def _hosts(one: Shown[SpeakerProfile]) -> tuple[str, ...]:
    return tuple(speaker.name for speaker in one.profile.speakers) if one.profile else ()


def _card(one: Shown[EpisodeProfile] | Shown[SpeakerProfile], hosts: Sequence[str]) -> Card:
    description = str(one.body.get("description") or "")
    return Card(one.id, one.name, description, one.shipped, one.fault, tuple(hosts))


def _opened(one: Shown[EpisodeProfile] | Shown[SpeakerProfile]) -> Opened:
    return Opened(one.id, one.name, one.shipped, one.etag, one.fault, dict(one.body))


def _new(fields: Mapping[str, Any]) -> Opened:
    return Opened(NEW, "", fields=dict(fields))
