"""`/podcasts/{id}/bookmarks`: moments to find again. They stay with their words when an episode is rendered anew."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from narrowcast.errors import InputError
from narrowcast.listening.marks import found, marked, words_at
from narrowcast.script.cue_sheet import CueSheet
from narrowcast.server.api.audio import EpisodeId, Number, revision_of
from narrowcast.server.api.cues import sheet_of
from narrowcast.server.context import Context, Here
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.texts import prose
from narrowcast.server.who import Reads
from narrowcast.store.listening.bookmarks import Bookmark
from narrowcast.store.paging import Place

router = APIRouter(tags=["Listening"])

BookmarkId = Annotated[UUID, Path(description="The bookmark's id.")]
LONGEST_S = 86_400
AT_ONCE = 200
Note = Annotated[str, Field(max_length=2_000), AfterValidator(prose)]
Position = Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False, description="Seconds.")]


class NewBookmark(BaseModel):
    """A moment, in seconds of a rendering (the newest by default; of one that is being made, of its sound so far)."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"position": 0.5, "note": "Ask Maya about this."}]}
    )

    position: Position
    note: Note = ""
    revision: Annotated[int | None, Field(ge=1, le=1_000_000)] = None


class BookmarkChange(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Maya has answered."}]})

    note: Note | None = None
    position: Position | None = None
    revision: Annotated[int | None, Field(ge=1, le=1_000_000)] = None


class MarkedMoment(BaseModel):
    """A bookmark: `position` is where its words are in the rendering that was asked for."""

    bookmark_id: str
    episode_id: str
    position: float
    note: str
    words: str = Field(description="The sentence that is said there.")
    turn_id: str | None
    created_at: datetime
    updated_at: datetime


class MarkedMoments(BaseModel):
    """An episode's bookmarks, in order of their positions."""

    revision: int = Field(description="The rendering whose positions these are; 0 before the first.")
    items: list[MarkedMoment]


class BookmarkOfMine(BaseModel):
    """A bookmark with its episode; `position` is where it was when it was made."""

    bookmark_id: str
    episode_id: str
    title: str
    position: float
    note: str
    created_at: datetime


@router.get("/podcasts/{episode_id}/bookmarks", responses=documented(401, 403, 404, 422))
async def list_episode_bookmarks(who: Reads, here: Here, episode_id: EpisodeId, number: Number = None) -> MarkedMoments:
    """The bookmarks of an episode, where they are in a rendering: by default the newest."""
    kept = await here.store.bookmarks.of_episode(who.id, str(episode_id))
    at, sheet = await _sheet(here, who.id, str(episode_id), number)
    return MarkedMoments(
        revision=at, items=sorted((_told(each, sheet) for each in kept), key=lambda told: told.position)
    )


@router.post(
    "/podcasts/{episode_id}/bookmarks", status_code=HTTPStatus.CREATED, responses=documented(401, 403, 404, 413, 422)
)
async def add_bookmark(who: Reads, here: Here, episode_id: EpisodeId, wanted: NewBookmark) -> MarkedMoment:
    """Mark a moment, with a note or without."""
    _, sheet = await _sheet(here, who.id, str(episode_id), wanted.revision)
    mark = marked(sheet, _within(wanted.position, sheet))
    return _told(await here.store.bookmarks.add(who.id, str(episode_id), mark, wanted.note), sheet)


@router.patch("/podcasts/{episode_id}/bookmarks/{bookmark_id}", responses=documented(401, 403, 404, 422))
async def change_bookmark(
    who: Reads, here: Here, episode_id: EpisodeId, bookmark_id: BookmarkId, change: BookmarkChange
) -> MarkedMoment:
    """Change a bookmark's note, or move it."""
    _, sheet = await _sheet(here, who.id, str(episode_id), change.revision)
    mark = None if change.position is None else marked(sheet, _within(change.position, sheet))
    kept = await here.store.bookmarks.change(who.id, str(episode_id), str(bookmark_id), note=change.note, mark=mark)
    return _told(kept, sheet)


@router.delete(
    "/podcasts/{episode_id}/bookmarks/{bookmark_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
)
async def delete_bookmark(who: Reads, here: Here, episode_id: EpisodeId, bookmark_id: BookmarkId) -> None:
    """Delete a bookmark with its note."""
    await here.store.bookmarks.delete(who.id, str(episode_id), str(bookmark_id))


@router.get("/bookmarks", responses=documented(401, 403, 422))
async def list_bookmarks(who: Reads, here: Here, limit: PageSize = 20, cursor: Cursor = None) -> Page[BookmarkOfMine]:
    """Your bookmarks in all episodes, newest first."""
    rows = await here.store.bookmarks.all(who.id, place(cursor), limit + 1)
    return page(rows, limit, lambda row: _of_mine(*row), lambda row: Place(row[0].created_at, row[0].id))


@router.get(
    "/bookmarks/export",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file.", "content": {"text/markdown": {}, "text/csv": {}}},
        **documented(401, 403, 422),
    },
)
async def export_bookmarks(
    who: Reads, here: Here, kind: Annotated[Literal["md", "csv"], Query(alias="format")] = "md"
) -> StreamingResponse:
    """All your bookmarks as one file, Markdown or CSV."""
    write = {"md": _markdown, "csv": _csv}[kind]
    return StreamingResponse(
        write(_everything(here, who.id)),
        media_type={"md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8"}[kind],
        headers={"Content-Disposition": f'attachment; filename="bookmarks.{kind}"', "Cache-Control": "no-store"},
    )


async def _sheet(here: Context, owner_id: str, episode_id: str, number: int | None) -> tuple[int, CueSheet | None]:
    """A rendering's number and cues; 0 and none where there is none yet. Raises `NotFoundError`."""
    if number is None and not (await here.store.shelf.get(owner_id, episode_id)).revision:
        return 0, None
    kept = await revision_of(here, owner_id, episode_id, number)
    return kept.number, await sheet_of(here, kept)


def _within(position_s: float, sheet: CueSheet | None) -> float:
    """The position, if the rendering has it; a second behind its end counts as its end. Raises `InputError`."""
    if sheet is None or position_s <= sheet.duration:
        return position_s
    if position_s > sheet.duration + 1:
        raise InputError(f"The rendering ends at {sheet.duration:.1f} s.", hint="Name a moment before that.")
    return sheet.duration


def _told(kept: Bookmark, sheet: CueSheet | None) -> MarkedMoment:
    at = found(sheet, kept)
    return MarkedMoment(
        bookmark_id=kept.id,
        episode_id=kept.episode_id,
        position=at,
        note=kept.note,
        words=words_at(sheet, at),
        turn_id=kept.turn_id,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
    )


def _of_mine(kept: Bookmark, title: str) -> BookmarkOfMine:
    return BookmarkOfMine(
        bookmark_id=kept.id,
        episode_id=kept.episode_id,
        title=title,
        position=kept.position_ms / 1000,
        note=kept.note,
        created_at=kept.created_at,
    )


async def _everything(here: Context, owner_id: str) -> AsyncIterator[BookmarkOfMine]:
    after: Place | None = None
    while rows := await here.store.bookmarks.all(owner_id, after, AT_ONCE):
        for kept, title in rows:
            yield _of_mine(kept, title)
        after = Place(rows[-1][0].created_at, rows[-1][0].id)


async def _markdown(items: AsyncIterator[BookmarkOfMine]) -> AsyncIterator[str]:
    yield "# Bookmarks\n"
    title = None
    async for each in items:
        if each.title != title:
            title = each.title
            yield f"\n## {title}\n\n"
        note = each.note.replace("\n", "\n  ")
        yield f"- **{_clock(each.position)}** ({each.created_at.date()}) {note}".rstrip() + "\n"


async def _csv(items: AsyncIterator[BookmarkOfMine]) -> AsyncIterator[str]:
    yield "episode,position,note,created_at,episode_id\r\n"
    async for each in items:
        line = io.StringIO()
        fields = (
            _cell(each.title),
            _clock(each.position),
            _cell(each.note),
            each.created_at.isoformat(),
            each.episode_id,
        )
        csv.writer(line).writerow(fields)
        yield line.getvalue()


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
