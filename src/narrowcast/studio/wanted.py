"""From what a user of the server wishes for to the request that a job carries: names resolved, nothing spent."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from narrowcast.accounts.roles import Role
from narrowcast.accounts.tiers import Tier
from narrowcast.errors import InputError, ProfileError
from narrowcast.keys.hosts import check_hosts
from narrowcast.pipeline.order import briefing
from narrowcast.profiles.catalogue import (
    DEFAULT_EPISODE_PROFILE,
    shipped_episode_profiles,
    shipped_speaker_profiles,
)
from narrowcast.script.dialogue import Script
from narrowcast.script.one_line import one_line
from narrowcast.script.pasted import title_of_text
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.script.script_file import dump_script
from narrowcast.store.home import Store
from narrowcast.store.people.accounts import User
from narrowcast.studio.given import keep_content
from narrowcast.studio.means import Access
from narrowcast.studio.request import EpisodeRequest, GivenSource

P = TypeVar("P", EpisodeProfile, SpeakerProfile)
MAX_SOURCES = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody wishes for: made from one of `notebook_id`, `source_ids`, `content`, `script`.

    Profiles are named by their id or name. `priority` none: the tier's usual one.
    """

    notebook_id: str | None = None
    source_ids: Sequence[str] = ()
    content: str | None = None
    script: Script | None = None
    episode_profile: str | None = None
    speaker_profile: str | None = None
    title: str | None = None
    instructions: str = ""
    num_segments: int | None = None
    language: str | None = None
    minutes: float | None = None
    format: Literal["mp3", "m4a", "opus"] = "mp3"
    llm: str = "auto"
    tts: str = "auto"
    parallel: bool = False
    stop_after_script: bool = False
    budget_usd: float | None = None
    priority: int | None = None
    run_at: datetime | None = None
    off_peak: bool = False


@dataclass(frozen=True)
class Resolved:
    """The request, and what the library is to know of the episode before it is made."""

    request: EpisodeRequest
    title: str
    language: str
    context_characters: int
    notebook_id: str | None = None
    source_ids: tuple[str, ...] = ()

    @property
    def snapshot(self) -> dict[str, Any]:
        """What the episode keeps: its profiles as they are now, its briefing, and how much it is made from."""
        request = self.request
        return {
            "request": request.model_dump(mode="json"),
            "briefing": briefing(request.profile, request.instructions),
            "context_characters": self.context_characters,
        }


class Resolving:
    """Makes requests of wishes, for one server's users. Raises `InputError`, `NotFoundError`; spends nothing."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    async def resolve(self, user: User, tier: Tier, wanted: Wanted) -> Resolved:
        """The request that `wanted` comes to for that user, as their profiles and sources are now."""
        profile = await self.episode_profile(user.id, wanted.episode_profile or DEFAULT_EPISODE_PROFILE)
        _check_length(wanted.minutes or profile.minutes, tier)
        speakers = None
        if wanted.speaker_profile or wanted.script is None:
            speakers = await self.speaker_profile(user.id, wanted.speaker_profile or profile.speaker_config)
        common: dict[str, Any] = {
            "title": one_line(wanted.title or "")[:300] or None,
            "profile": profile,
            "speakers": speakers,
            "instructions": wanted.instructions.strip(),
            "num_segments": wanted.num_segments,
            "minutes": wanted.minutes,
            "language": wanted.language,
            "format": wanted.format,
            "llm": wanted.llm,
            "tts": wanted.tts,
            "parallel": wanted.parallel,
            "stop_after_script": wanted.stop_after_script,
            "budget_usd": wanted.budget_usd,
        }
        if wanted.script is not None:
            return await self._from_script(user, wanted.script, common)
        if wanted.content is not None:
            return await self._from_content(wanted.content, common)
        return await self._from_sources(user.id, wanted, common)

    async def episode_profile(self, owner_id: str, name: str) -> EpisodeProfile:
        """The user's own profile of that name or id, else the shipped one. Raises `ProfileError`."""
        profile = await self._profile(EpisodeProfile, owner_id, "episode", name, _episodes())
        if profile.cover or profile.music:
            raise ProfileError(
                f"The profile {profile.name!r} names files of this server's machine.",
                hint="Profiles of a server have no cover and no music of their own yet: remove them.",
            )
        return profile

    async def speaker_profile(self, owner_id: str, name: str) -> SpeakerProfile:
        """The same for speakers."""
        return await self._profile(SpeakerProfile, owner_id, "speaker", name, _speakers())

    async def _profile(self, shape: type[P], owner_id: str, kind: str, name: str, shipped: Mapping[str, P]) -> P:
        own = await self._store.profiles.find(owner_id, kind, name)
        if own is None:
            if name in shipped:
                return shipped[name]
            raise ProfileError(f"There is no {kind} profile {name!r}.", hint=f"Shipped: {', '.join(sorted(shipped))}.")
        try:
            return shape.model_validate({**self._access.seal(own.body), "name": own.name})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the whole"
            raise ProfileError(
                f"Your {kind} profile {own.name!r} is wrong at {where}: {first['msg']}.",
                hint="Correct it, then try again.",
            ) from error

    async def _from_script(self, user: User, script: Script, common: dict[str, Any]) -> Resolved:
        document = {"speakers": [speaker.model_dump(mode="json") for speaker in script.speakers]}
        check_hosts(document, private_allowed=user.role == Role.OWNER)
        script = script.with_speakers(self._access.seal(document)["speakers"])
        if common["speakers"]:
            _check_spoken(script, common["speakers"])
        data = (await asyncio.to_thread(dump_script, script)).encode()
        key = f"contents/{hashlib.sha256(data).hexdigest()}.script.json"
        await self._store.blobs.put(key, data)
        request = EpisodeRequest(**common, script_key=key)
        title = request.title or one_line(script.title)
        characters = sum(len(turn.text) for turn in script.turns())
        return Resolved(request, title or "Untitled", request.language or script.language, characters)

    async def _from_content(self, content: str, common: dict[str, Any]) -> Resolved:
        if not content.strip():
            raise InputError("The content is blank.", hint="Paste some text.")
        key = await keep_content(self._store.blobs, content)
        request = EpisodeRequest(**common, content_key=key)
        title = request.title or title_of_text(content) or "Untitled"
        return Resolved(request, title, request.language or request.profile.language or "und", len(content))

    async def _from_sources(self, owner_id: str, wanted: Wanted, common: dict[str, Any]) -> Resolved:
        name = None
        if wanted.notebook_id:
            notebook = await self._store.ingredients.notebook(owner_id, wanted.notebook_id)
            name, found = notebook.name, notebook.ingredients
            if not found:
                raise InputError(f"The notebook {name!r} has no sources.", hint="Add some to it.")
        else:
            found = await self._store.ingredients.sources(owner_id, wanted.source_ids)
        if len(found) > MAX_SOURCES:
            raise InputError(f"{len(found)} sources are too many for one episode.", hint=f"Use at most {MAX_SOURCES}.")
        given = tuple(
            GivenSource(id=one.id, digest=one.digest, read_key=one.read_key, title=one.title) for one in found
        )
        if name and not common["title"]:
            common["title"] = one_line(name)[:300] or None
        request = EpisodeRequest(**common, sources=given)
        return Resolved(
            request,
            request.title or " · ".join(one_line(one.title) for one in found[:2])[:300] or "Untitled",
            request.language or request.profile.language or found[0].language,
            sum(one.characters for one in found),
            wanted.notebook_id,
            tuple(one.id for one in found),
        )


def _check_length(minutes: float | None, tier: Tier) -> None:
    if minutes and tier.longest_minutes and minutes > tier.longest_minutes:
        raise InputError(
            f"{minutes:g} minutes are more than your episodes may have.",
            hint=f"Ask for {tier.longest_minutes} at most.",
        )


def _check_spoken(script: Script, speakers: SpeakerProfile) -> None:
    names = {speaker.name for speaker in speakers.speakers}
    for turn in script.turns():
        if turn.speaker not in names:
            raise InputError(
                f"The script's {turn.speaker!r} is not among the speakers of {speakers.name!r}.",
                hint=f"They are {', '.join(sorted(names))}. Without a speaker profile the script's own are used.",
            )


@lru_cache(maxsize=1)
def _episodes() -> Mapping[str, EpisodeProfile]:
    return shipped_episode_profiles()


@lru_cache(maxsize=1)
def _speakers() -> Mapping[str, SpeakerProfile]:
    return shipped_speaker_profiles()
