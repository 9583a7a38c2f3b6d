"""`/inbox`: what became of one's jobs, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from narrowcast.server.context import Here
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads, Writes
from narrowcast.store.paging import Place
from narrowcast.store.telling.messages import Message

router = APIRouter(prefix="/inbox", tags=["Telling"])

MessageId = Annotated[UUID, Path(description="The message's id.")]


class MessageShown(BaseModel):
    """A message. `kind` is the event that it tells of; `read_at` is null while it is not read."""

    id: str
    kind: str
    title: str
    body: str
    job_id: str | None
    episode_id: str | None
    created_at: datetime
    read_at: datetime | None


class Inbox(Page[MessageShown]):
    """A page of messages."""

    unread: int = Field(description="How many of all are not read.")


class ReadCount(BaseModel):
    """How many were not read before."""

    marked: int


@router.get("", responses=documented(401, 403, 422), operation_id="list_messages")
async def newest(
    here: Here,
    who: Reads,
    limit: PageSize = 50,
    cursor: Cursor = None,
    unread: Annotated[bool, Query(description="Only those that are not read.")] = False,  # noqa: FBT002 - a query
) -> Inbox:
    """Your messages of the last 180 days, newest first."""
    rows = await here.store.messages.newest(who.id, place(cursor), limit + 1, unread_only=unread)
    shown = page(rows, limit, _shown, lambda row: Place(row.created_at, row.id))
    return Inbox(items=shown.items, next_cursor=shown.next_cursor, unread=await here.store.messages.unread(who.id))


@router.post("/read-all", responses=documented(401, 403), operation_id="read_all_messages")
async def read_all(here: Here, who: Writes) -> ReadCount:
    """Mark all messages as read."""
    return ReadCount(marked=await here.store.messages.read_all(who.id, datetime.now(UTC)))


@router.post("/{message_id}/read", responses=documented(401, 403, 404, 422), operation_id="read_message")
async def read(here: Here, who: Writes, message_id: MessageId) -> MessageShown:
    """Mark a message as read."""
    return _shown(await here.store.messages.read(who.id, str(message_id), datetime.now(UTC)))


@router.delete(
    "/{message_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
    operation_id="delete_message",
)
async def delete(here: Here, who: Writes, message_id: MessageId) -> None:
    """Remove a message."""
    await here.store.messages.delete(who.id, str(message_id))


def _shown(row: Message) -> MessageShown:
    return MessageShown(
        id=row.id,
        kind=row.kind,
        title=row.title,
        body=row.body,
        job_id=row.job_id,
        episode_id=row.episode_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )
