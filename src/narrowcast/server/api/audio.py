"""What there is to hear and read of an episode: its audio, transcripts, chapters, notes and cover."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.accounts.server_secret import Purpose
from narrowcast.accounts.signed_names import signature
from narrowcast.covers.draw import SIZE
from narrowcast.errors import NotFoundError
from narrowcast.server.addresses import API, file_name, suffix_of, transcript_ending
from narrowcast.server.context import Context, Here
from narrowcast.server.covers import cover_of
from narrowcast.server.dispositions import download_name
from narrowcast.server.files import LINK_S, Kept, sound_answer, text_answer
from narrowcast.server.listening import Hears
from narrowcast.server.live_access import live_name
from narrowcast.server.problems import documented
from narrowcast.server.ranges import Stored
from narrowcast.server.served import Direct, served
from narrowcast.server.who import Reads
from narrowcast.store.episodes.revisions import Revision

router = APIRouter(tags=["Listening"])
root = APIRouter(tags=["Listening"])
"""Routes that lie at the server's root."""

EpisodeId = Annotated[UUID, Path(description="The episode's id.")]
Number = Annotated[
    int | None, Query(alias="revision", ge=1, le=1_000_000, description="Which rendering; the newest by default.")
]
LONGEST_LINK = timedelta(days=7)
TEXTS = {
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".transcript.json": "application/json",
    ".chapters.json": "application/json+chapters",
    ".notes.md": "text/markdown; charset=utf-8",
}
"""Under which media type each file beside the audio is answered."""


AUDIO_TYPES = ("audio/mpeg", "audio/mp4", "audio/ogg", "audio/aac", "audio/flac", "audio/wav")


@served(router, "/podcasts/{episode_id}/audio", *AUDIO_TYPES, elsewhere=True)
async def get_audio(
    request: Request, who: Reads, here: Here, episode_id: EpisodeId, number: Number = None, direct: Direct = None
) -> Response:
    """An episode's audio: the newest rendering, or an earlier one."""
    return await _audio(request, here, who.id, await revision_of(here, who.id, str(episode_id), number), direct=direct)


@served(router, "/podcasts/{episode_id}/transcript.{kind}", *(TEXTS[ending] for ending in list(TEXTS)[:4]))
async def get_transcript(
    request: Request,
    who: Reads,
    here: Here,
    episode_id: EpisodeId,
    kind: Literal["txt", "vtt", "srt", "json"],
    number: Number = None,
) -> Response:
    """What is said: as text, or with its times as WebVTT, SubRip or Podcasting 2.0 JSON."""
    return await _text(request, here, who.id, str(episode_id), transcript_ending(kind), number)


@served(router, "/podcasts/{episode_id}/chapters.json", TEXTS[".chapters.json"])
async def get_chapters(
    request: Request, who: Reads, here: Here, episode_id: EpisodeId, number: Number = None
) -> Response:
    """The chapters, as Podcasting 2.0 JSON."""
    return await _text(request, here, who.id, str(episode_id), ".chapters.json", number)


@served(router, "/podcasts/{episode_id}/notes.md", TEXTS[".notes.md"])
async def get_notes(request: Request, who: Reads, here: Here, episode_id: EpisodeId, number: Number = None) -> Response:
    """The show notes: what was made of what, and what it cites."""
    return await _text(request, here, who.id, str(episode_id), ".notes.md", number)


@served(router, "/podcasts/{episode_id}/cover.jpg", "image/jpeg")
async def get_cover(
    request: Request,
    who: Reads,
    here: Here,
    episode_id: EpisodeId,
    size: Annotated[int, Query(ge=64, le=SIZE, description="How wide at least, in pixels.")] = SIZE,
) -> Response:
    """The cover: that of the newest rendering, else one that is drawn from the title."""
    shelved = await here.store.shelf.get(who.id, str(episode_id))
    picture = await cover_of(here, shelved.files.get(".cover.jpg"), shelved.title, size)
    at = shelved.completed_at or shelved.updated_at
    return text_answer(request, picture, "image/jpeg", download_name(shelved.title, ".jpg"), at)


class LinkWish(BaseModel):
    """For how long a link is to open the audio; at most a week."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"seconds": 3600}]})

    seconds: Annotated[int, Field(ge=1, le=int(LONGEST_LINK.total_seconds()))] = 3600
    revision: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    live: Annotated[
        bool,
        Field(description="To the sound while it is made (`live.m3u8` and its segments, `live.mp3`); then to all."),
    ] = False


class Link(BaseModel):
    """An address that opens the audio to whoever has it, until then."""

    url: str
    expires_at: datetime


@router.post("/podcasts/{episode_id}/links", responses=documented(401, 403, 404, 422))
async def sign_link(who: Reads, here: Here, episode_id: EpisodeId, wish: LinkWish) -> Link:
    """A link to the audio for a player that cannot sign in; whoever has it can listen until it expires."""
    if wish.live:
        await here.store.shelf.title(who.id, str(episode_id))
        name, place = live_name(str(episode_id)), f"{API}/podcasts/{episode_id}/live.m3u8"
    else:
        found = await revision_of(here, who.id, str(episode_id), wish.revision)
        name = file_name(found.episode_id, found.number, suffix_of(found.media_type, found.audio_key))
        place = f"/audio/{name}"
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=wish.seconds)
    expires = int(at.timestamp())
    shown = signature(here.secret.key(Purpose.SIGNED_URLS), name, expires)
    base = (here.settings.public_url or "").rstrip("/")
    return Link(url=f"{base}{place}?expires={expires}&signature={shown}", expires_at=at)


@served(root, "/audio/{filename}", *AUDIO_TYPES, elsewhere=True)
async def get_audio_file(request: Request, here: Here, hears: Hears, direct: Direct = None) -> Response:
    """A rendering's audio, under a name that ends as what it is: for the signed in, or with a link's signature."""
    found = await revision_of(here, hears.owner_id, hears.episode_id, hears.number)
    if suffix_of(found.media_type, found.audio_key) != hears.suffix:
        raise NotFoundError("There is no such file.")
    seconds = LINK_S if hears.seconds is None else hears.seconds
    return await _audio(request, here, hears.owner_id, found, direct=direct, seconds=seconds)


async def _audio(
    request: Request, here: Context, owner_id: str, found: Revision, *, direct: bool | None, seconds: int = LINK_S
) -> Response:
    title = await here.store.shelf.title(owner_id, found.episode_id)
    name = download_name(title, suffix_of(found.media_type, found.audio_key))
    if request.method == "GET":
        here.metrics.heard(found.episode_id, str(found.number), found.created_at)
    stored = Stored(f'"{found.sha256}"', found.size_bytes, found.created_at)
    kept = Kept(stored, found.media_type, name)
    return await sound_answer(request, here.store.blobs, found.audio_key, kept, direct=direct, seconds=seconds)


async def _text(
    request: Request, here: Context, owner_id: str, episode_id: str, ending: str, number: int | None
) -> Response:
    found = await revision_of(here, owner_id, episode_id, number)
    key = found.files.get(ending)
    data = await here.store.blobs.get(key) if key else None
    if data is None:
        raise NotFoundError("This episode has no such file.", hint="Its own addresses tell what there is.")
    title = await here.store.shelf.title(owner_id, episode_id)
    return text_answer(request, data, TEXTS[ending], download_name(title, ending), found.created_at)


async def revision_of(here: Context, owner_id: str, episode_id: str, number: int | None) -> Revision:
    """A rendering, the newest without a `number`. Raises `NotFoundError`, which tells an owner what there is."""
    found = await here.store.revisions.get(owner_id, episode_id, number)
    if found:
        return found
    shelved = await here.store.shelf.get(owner_id, episode_id)
    if number is not None and shelved.revision:
        raise NotFoundError("There is no such rendering.", hint=f"The newest is {shelved.revision}.")
    raise NotFoundError("There is nothing to hear of this episode yet.", hint=f"Its status is {shelved.status}.")
