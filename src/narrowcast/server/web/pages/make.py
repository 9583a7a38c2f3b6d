"""`/`: what is to be made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from narrowcast.pipeline.order import MAX_MINUTES, MAX_SEGMENTS
from narrowcast.profiles.catalogue import (
    DEFAULT_EPISODE_PROFILE,
    shipped_episode_profiles,
    shipped_speaker_profiles,
)
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.server.context import Context, Here
from narrowcast.server.web import show
from narrowcast.server.web.languages import LANGUAGES
from narrowcast.server.who import Principal, Reads
from narrowcast.sources.places import MAX_FILE_BYTES
from narrowcast.studio.profiles import ProfileShelf, Shown
from narrowcast.studio.wanted import MAX_SOURCES

router = APIRouter(include_in_schema=False)

ID = re.compile(r"[0-9a-f-]{36}")
Ids = Annotated[str, Query(max_length=MAX_SOURCES * 37)]


@dataclass(frozen=True)
class Card:
    """An episode profile to choose: its hosts are the names of its speakers, empty where they are not known."""

    name: str
    title: str
    description: str
    hosts: tuple[str, ...]
    parts: int
    minutes: float | None
    chosen: bool


@router.get("/")
async def make(
    request: Request, here: Here, who: Reads, sources: Ids = "", add: Ids = "", notebook: UUID | None = None
) -> Response:
    """Choose sources, choose a profile, press once.

    `sources` are the ids of sources that are chosen to begin with, `add` of those that are chosen besides what a draft
    has, `notebook` a notebook. What is nobody's, or another's, is passed over.
    """
    tier = here.settings.tiers.tier(who.user.tier)
    return show(
        request,
        "make",
        who,
        here="make",
        cards=await _cards(here, who),
        chosen=await _chosen(here, who.id, sources),
        added=await _chosen(here, who.id, add),
        notebook=await _notebook(here, who.id, notebook),
        languages=LANGUAGES,
        longest=min(tier.longest_minutes or MAX_MINUTES, MAX_MINUTES),
        most_parts=MAX_SEGMENTS,
        most_bytes=MAX_FILE_BYTES,
        off_peak=here.settings.off_peak_hours,
        time_zone=here.settings.time_zone,
    )


async def _cards(here: Context, who: Principal) -> Sequence[Card]:
    episodes = ProfileShelf(here.store.profiles, "episode", EpisodeProfile, shipped_episode_profiles, here.sealer)
    speakers = ProfileShelf(here.store.profiles, "speaker", SpeakerProfile, shipped_speaker_profiles, here.sealer)
    hosts = {
        one.name: tuple(speaker.name for speaker in one.profile.speakers)
        for one in await speakers.all(who.id)
        if one.profile
    }
    shown = [one for one in await episodes.all(who.id) if one.profile]
    last = await here.store.last_used.episode_profile(who.id)
    names = [one.name for one in shown]
    chosen = next((name for name in (last, DEFAULT_EPISODE_PROFILE, *names) if name in names), None)
    cards = [_card(one, one.profile, hosts, chosen) for one in shown if one.profile]
    own = {one.name for one in shown if not one.shipped}
    return sorted(cards, key=lambda card: (not card.chosen, card.name not in own))


def _card(
    one: Shown[EpisodeProfile], profile: EpisodeProfile, hosts: Mapping[str, tuple[str, ...]], chosen: str | None
) -> Card:
    return Card(
        name=one.name,
        title=one.name.replace("_", " ").capitalize() if one.shipped else one.name,
        description=profile.description,
        hosts=hosts.get(profile.speaker_config, ()),
        parts=profile.num_segments,
        minutes=profile.minutes,
        chosen=one.name == chosen,
    )


async def _chosen(here: Context, owner_id: str, ids: str) -> Sequence[Mapping[str, object]]:
    wanted = [part for part in ids.split(",") if ID.fullmatch(part)][:MAX_SOURCES]
    found = await here.store.source_list.of_ids(owner_id, wanted) if wanted else ()
    return [{"id": one.id, "title": one.title, "format": one.format, "words": one.words} for one in found]


async def _notebook(here: Context, owner_id: str, notebook_id: UUID | None) -> Mapping[str, object] | None:
    if notebook_id is None:
        return None
    held = await here.store.notebooks.find(owner_id, str(notebook_id))
    if held is None:
        return None
    inside = await here.store.sources.all(owner_id, None, MAX_SOURCES, notebook_id=held.id)
    return {"id": held.id, "name": held.name, "source_ids": [one.id for one in inside]}
