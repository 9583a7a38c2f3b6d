"""`/feeds`: your private feeds, by which podcast apps hear your library."""

from __future__ import annotations

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.feeds.guid import feed_guid
from narrowcast.feeds.opml import opml
from narrowcast.server.api.podcasts import TagName
from narrowcast.server.context import Context, Here
from narrowcast.server.feeding import address_of_feed, new_feed
from narrowcast.server.problems import documented
from narrowcast.server.public import base_of
from narrowcast.server.texts import Title
from narrowcast.server.who import Reads, Writes
from narrowcast.store.listening.feeds import Feed

router = APIRouter(prefix="/feeds", tags=["Publishing"])

FeedId = Annotated[uuid.UUID, Path(description="The feed's id.")]
OPML = "text/x-opml"
NOBODYS_NAME = "Owner"
"""What an owner is called who has not said otherwise."""


class NewFeed(BaseModel):
    """What is to be in a feed: the whole library, or the episodes with a tag."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"tag": "nature"}]})

    tag: TagName | None = None
    title: Title | None = Field(default=None, description="What podcast apps show; made of the tag by default.")


class FeedShown(BaseModel):
    """A feed. Whoever has its `url` can hear what is in it, until it is renewed or removed."""

    id: str
    title: str
    tag: str | None
    url: str
    created_at: datetime
    fetched_at: datetime | None = Field(description="When an app asked for it last, to the hour.")


class Feeds(BaseModel):
    """Your feeds: that of the library first, then by tag."""

    items: list[FeedShown]


@router.get("", responses=documented(401, 403), operation_id="list_feeds")
async def list_all(request: Request, here: Here, who: Reads) -> Feeds:
    """Your feeds, with their addresses."""
    return Feeds(items=[shown(request, here, feed) for feed in await here.store.feeds.all(who.id)])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses={200: {"model": FeedShown, "description": "There is one already."}, **documented(401, 403, 409, 422)},
    operation_id="add_feed",
)
async def add(request: Request, response: Response, here: Here, who: Writes, body: NewFeed) -> FeedShown:
    """Make a feed of your library or of a tag; where there is one already, it stays as it is."""
    identity = str(uuid.uuid4())
    guid = feed_guid(base_of(request, here), identity)
    feed = new_feed(identity, who.id, body.title or title_of(who.user.name, body.tag), body.tag, guid)
    kept, made = await here.store.feeds.ensure(who.id, feed)
    if not made:
        response.status_code = HTTPStatus.OK
    return shown(request, here, kept)


@router.get(
    "/opml",
    responses={
        200: {"content": {OPML: {"schema": {"type": "string"}}}, "description": "OPML 2.0."},
        **documented(401, 403),
    },
    response_class=Response,
    operation_id="export_feeds",
)
async def export(request: Request, here: Here, who: Reads) -> Response:
    """All your feeds in one file, which podcast apps import."""
    found = [shown(request, here, feed) for feed in await here.store.feeds.all(who.id)]
    text = opml("Narrowcast", [(feed.title, feed.url) for feed in found])
    headers = {"Content-Disposition": 'attachment; filename="narrowcast.opml"'}
    return Response(text, media_type=OPML, headers=headers)


@router.get("/{feed_id}", responses=documented(401, 403, 404, 422), operation_id="get_feed_shown")
async def get(request: Request, here: Here, who: Reads, feed_id: FeedId) -> FeedShown:
    """One feed."""
    return shown(request, here, await here.store.feeds.get(who.id, str(feed_id)))


@router.post("/{feed_id}/renew", responses=documented(401, 403, 404, 422), operation_id="renew_feed")
async def renew(request: Request, here: Here, who: Writes, feed_id: FeedId) -> FeedShown:
    """Give a feed a new address, and so another id; the old one opens nothing any more. Apps must be told the new."""
    return shown(request, here, await here.store.feeds.renew(who.id, str(feed_id), str(uuid.uuid4())))


@router.delete(
    "/{feed_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
    operation_id="delete_feed",
)
async def delete(here: Here, who: Writes, feed_id: FeedId) -> None:
    """Remove a feed; its address opens nothing any more. The episodes stay."""
    await here.store.feeds.delete(who.id, str(feed_id))


def title_of(name: str, tag: str | None) -> str:
    """What a feed is called of which nothing else was said."""
    whose = f"{name}’s Narrowcast" if name and name != NOBODYS_NAME else "Narrowcast"
    return f"{whose}: {tag}" if tag else whose


def shown(request: Request, here: Context, feed: Feed) -> FeedShown:
    """A feed as its owner sees it."""
    return FeedShown(
        id=feed.id,
        title=feed.title,
        tag=feed.tag,
        url=address_of_feed(here, base_of(request, here), feed.id),
        created_at=feed.created_at,
        fetched_at=feed.fetched_at,
    )
