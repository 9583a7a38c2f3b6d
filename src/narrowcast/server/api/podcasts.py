"""`/podcasts`: a person's library, to look through, name, tag and clear out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from narrowcast.server.addresses import addresses, file_name, suffix_of
from narrowcast.server.api.usage import Used, used
from narrowcast.server.context import Context, Here
from narrowcast.server.pages import Cursor, Page, PageSize
from narrowcast.server.problems import documented
from narrowcast.server.progress import Progress, progress_of
from narrowcast.server.shelf_pages import Sorting, shelf_page
from narrowcast.server.texts import Prose, Title, line
from narrowcast.server.who import Reads, Writes
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.revisions import Revision
from narrowcast.store.episodes.scripts import BEING_MADE
from narrowcast.store.episodes.shelf import Changes, Shelved, Wanted

router = APIRouter(tags=["Podcasts"])
EpisodeId = Annotated[UUID, Path(description="The episode's id.")]

MAX_TAGS = 20
TAG_CHARACTERS = 64
AT_ONCE = 100
DONE = {EpisodeStatus.COMPLETED, EpisodeStatus.SCRIPT_READY}


def _tag(text: str) -> str:
    tag = line(text).casefold()
    if not tag:
        raise ValueError("it is empty")
    if len(tag) > TAG_CHARACTERS:
        raise ValueError(f"it has more than {TAG_CHARACTERS} characters")
    return tag


TagName = Annotated[str, Field(min_length=1, max_length=TAG_CHARACTERS), AfterValidator(_tag)]
"""A tag: one line, kept in lower case."""


class Podcast(Progress):
    """An episode of the library. Addresses are null where there is nothing to be had."""

    episode_id: str
    job_id: str | None = Field(description="The last job that was, or is, at work on it.")
    title: str
    description: str
    language: str
    status: EpisodeStatus
    uploaded: bool
    revision: int = Field(description="The newest rendering, 0 before the first.")
    duration: float | None = Field(description="Seconds.")
    size_bytes: int | None
    media_type: str | None
    total_plays: int = 0
    tags: list[str]
    notebook_id: str | None
    source_ids: list[str]
    transcript_status: str | None = Field(description="`timed`; `txt_only` where nobody knows when what is said.")
    audio_url: str | None = None
    transcript_urls: dict[str, str] = {}
    chapters_url: str | None = None
    cover_url: str
    notes_url: str | None = None
    script_url: str | None = None
    error_message: str | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


class ChapterMark(BaseModel):
    """Where a chapter begins, in seconds."""

    start: float
    title: str


class Rendering(BaseModel):
    """One rendering of an episode; earlier ones stay playable."""

    number: int
    audio_url: str
    media_type: str
    size_bytes: int
    duration: float = Field(description="Seconds.")
    created_at: datetime


class PodcastDetail(Podcast):
    """An episode with its chapters, its renderings, the newest first, and what it was paid for."""

    chapters: list[ChapterMark]
    revisions: list[Rendering]
    used: Used = Field(description="What it took of providers so far: script, sound, rewrites and renderings.")


class PodcastChanges(BaseModel):
    """What is to be different; what is left out stays. `notebook_id` null takes it out of its notebook."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"title": "Bees, in short", "description": "", "tags": ["nature", "to hear"]}]},
    )

    title: Title | None = None
    description: Prose | None = None
    notebook_id: UUID | None = None
    tags: Annotated[list[TagName], Field(max_length=MAX_TAGS)] | None = None


class BulkDelete(BaseModel):
    """Which episodes to delete."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"ids": ["0f8fad5b-d9cb-469f-a165-70867728950e"]}]}
    )

    ids: Annotated[list[UUID], Field(min_length=1, max_length=AT_ONCE)]


class Deleted(BaseModel):
    """Which are gone now, and which there were not."""

    deleted: list[str]
    not_found: list[str]


class TagUse(BaseModel):
    """A tag, and how many of your episodes bear it."""

    name: str
    episodes: int


class Tags(BaseModel):
    """Your tags, by the alphabet."""

    items: list[TagUse]


class TagRename(BaseModel):
    """What a tag is to be called."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "nature"}]})

    name: TagName


@router.get("/podcasts", responses=documented(401, 403, 422))
async def list_podcasts(
    who: Reads,
    here: Here,
    status: Annotated[list[EpisodeStatus], Query(description="Any of these.")] = [],  # noqa: B006 - FastAPI copies it
    tag: Annotated[str | None, Query(max_length=TAG_CHARACTERS)] = None,
    notebook_id: UUID | None = None,
    source_id: UUID | None = None,
    q: Annotated[
        str, Query(max_length=200, description="Words in title, description or transcript, without case and accents.")
    ] = "",
    sort: Annotated[Sorting, Query(description="A cursor goes on in the order that it was given in.")] = Sorting.NEWEST,
    limit: PageSize = 20,
    cursor: Cursor = None,
) -> Page[Podcast]:
    """Your episodes, newest first or in another order."""
    wanted = Wanted(
        statuses=status,
        tag=None if tag is None else line(tag).casefold(),
        notebook_id=str(notebook_id) if notebook_id else None,
        source_id=str(source_id) if source_id else None,
        words=q,
    )
    rows, following = await shelf_page(here, who.id, wanted, sort, cursor, limit)
    return Page(items=[Podcast(**_told(row, here)) for row in rows], next_cursor=following)


@router.get("/podcasts/tags", responses=documented(401, 403))
async def list_tags(who: Reads, here: Here) -> Tags:
    """The tags of your episodes."""
    return Tags(items=[TagUse(name=tag.name, episodes=tag.episodes) for tag in await here.store.tags.all(who.id)])


@router.patch("/podcasts/tags/{tag:path}", responses=documented(401, 403, 404, 422))
async def rename_tag(who: Writes, here: Here, tag: TagName, change: TagRename) -> TagUse:
    """Call a tag something else on all your episodes; where both were, there is one."""
    await here.store.tags.rename(who.id, tag, change.name)
    known = {found.name: found.episodes for found in await here.store.tags.all(who.id)}
    return TagUse(name=change.name, episodes=known.get(change.name, 0))


@router.delete("/podcasts/tags/{tag:path}", status_code=HTTPStatus.NO_CONTENT, responses=documented(401, 403, 404, 422))
async def delete_tag(who: Writes, here: Here, tag: TagName) -> None:
    """Take a tag off all your episodes."""
    await here.store.tags.rename(who.id, tag, None)


@router.post("/podcasts/bulk-delete", responses=documented(401, 403, 422))
async def delete_podcasts(who: Writes, here: Here, which: BulkDelete) -> Deleted:
    """Delete several episodes, with all that is theirs; work on them is cancelled."""
    ids = list(dict.fromkeys(map(str, which.ids)))
    for identity in ids:
        await here.queue.cancel_all(who.id, identity)
    gone = set(await here.store.shelf.delete(who.id, ids))
    return Deleted(deleted=[i for i in ids if i in gone], not_found=[i for i in ids if i not in gone])


@router.get("/podcasts/{episode_id}", responses=documented(401, 403, 404, 422))
async def get_podcast(who: Reads, here: Here, episode_id: EpisodeId) -> PodcastDetail:
    """One episode, with its chapters and its renderings."""
    return await detail(await here.store.shelf.get(who.id, str(episode_id)), who.id, here)


@router.patch("/podcasts/{episode_id}", responses=documented(401, 403, 404, 422))
async def change_podcast(who: Writes, here: Here, episode_id: EpisodeId, change: PodcastChanges) -> PodcastDetail:
    """Change an episode's title, description, notebook or tags."""
    notebook_id = str(change.notebook_id or "") if "notebook_id" in change.model_fields_set else None
    changes = Changes(change.title, change.description, notebook_id, change.tags)
    return await detail(await here.store.shelf.change(who.id, str(episode_id), changes), who.id, here)


@router.delete("/podcasts/{episode_id}", status_code=HTTPStatus.NO_CONTENT, responses=documented(401, 403, 404, 422))
async def delete_podcast(who: Writes, here: Here, episode_id: EpisodeId) -> None:
    """Delete an episode with all that is its own; work on it is cancelled."""
    await here.store.shelf.get(who.id, str(episode_id))
    # Cancelled first, so that no worker takes up in between what is about to go; one at work finds its job gone.
    await here.queue.cancel_all(who.id, str(episode_id))
    await here.store.shelf.delete(who.id, [str(episode_id)])


async def detail(row: Shelved, owner_id: str, here: Context) -> PodcastDetail:
    """An episode as it is told in full."""
    revisions = await here.store.revisions.all(owner_id, row.id) if row.revision else []
    told = _told(row, here)
    if row.status in BEING_MADE and row.job and (job := await here.queue.get(owner_id, row.job.id)):
        told["estimated_time_remaining"] = round((await here.queue.standing(job)).seconds) or None
    return PodcastDetail(
        **told,
        chapters=await _chapters(row, here),
        revisions=[rendering(revision, here) for revision in revisions],
        used=used(await here.store.spending.of_episode(owner_id, row.id)),
    )


async def _chapters(row: Shelved, here: Context) -> Sequence[Any]:
    key = row.files.get(".chapters.json")
    data = await here.store.blobs.get(key) if key else None
    if data is None:
        return []
    return [ChapterMark(start=mark["startTime"], title=mark["title"]) for mark in json.loads(data)["chapters"]]


def rendering(revision: Revision, here: Context) -> Rendering:
    """One rendering as it is told."""
    name = file_name(revision.episode_id, revision.number, suffix_of(revision.media_type, revision.audio_key))
    return Rendering(
        number=revision.number,
        audio_url=f"{_base(here)}/audio/{name}",
        media_type=revision.media_type,
        size_bytes=revision.size_bytes,
        duration=revision.duration_ms / 1000,
        created_at=revision.created_at,
    )


def _told(row: Shelved, here: Context) -> dict[str, Any]:
    """The fields of `Podcast`."""
    here_it_is = f"{_base(here)}/api/v1/podcasts/{row.id}"
    timed = "timed" if ".vtt" in row.files else "txt_only" if ".txt" in row.files else None
    progress = progress_of(row.job.progress if row.job else {}, done=row.status in DONE)
    if row.status not in BEING_MADE:
        progress["estimated_time_remaining"] = None
    return {
        **progress,
        **addresses(
            _base(here), row.id, row.revision, suffix_of(row.media_type or "", row.audio_key), frozenset(row.files)
        ),
        "episode_id": row.id,
        "job_id": row.job.id if row.job else None,
        "title": row.title,
        "description": row.description,
        "language": row.language,
        "status": row.status,
        "uploaded": row.uploaded,
        "revision": row.revision,
        "duration": None if row.duration_ms is None else row.duration_ms / 1000,
        "size_bytes": row.size_bytes,
        "media_type": row.media_type,
        "tags": list(row.tags),
        "notebook_id": row.notebook_id,
        "source_ids": list(row.source_ids),
        "transcript_status": timed,
        "cover_url": f"{here_it_is}/cover.jpg",
        "script_url": f"{here_it_is}/script" if row.has_script else None,
        "total_plays": row.plays,
        "error_message": row.error_message,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "completed_at": row.completed_at,
    }


def _base(here: Context) -> str:
    return (here.settings.public_url or "").rstrip("/")
