"""`/feeds`: add to my podcast app."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.feeds.apps import AppLink, Reach, app_links, reach_of
from narrowcast.server.context import Here
from narrowcast.server.feeding import address_of_feed
from narrowcast.server.public import base_of
from narrowcast.server.web import show
from narrowcast.server.who import Reads

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ShownFeed:
    """A feed as the page has it: `code` is a picture of its address for a phone's camera."""

    id: str
    title: str
    tag: str
    url: str
    code: str
    links: tuple[AppLink, ...]
    fetched: str


@router.get("/feeds")
async def feeds(request: Request, here: Here, who: Reads) -> Response:
    """The person's feeds, and the ways into their podcast app."""
    base = base_of(request, here)
    reach = reach_of(base)
    shown = []
    for feed in await here.store.feeds.all(who.id):
        url = address_of_feed(here, base, feed.id)
        code = await asyncio.to_thread(code_of, url)
        # What asks from its makers' servers gets nowhere in a house.
        links = tuple(link for link in app_links(url) if reach is Reach.WORLD or not link.by_server)
        at = feed.fetched_at.isoformat() if feed.fetched_at else ""
        shown.append(ShownFeed(feed.id, feed.title, feed.tag or "", url, code, links, at))
    known = {feed.tag for feed in shown}
    return show(
        request,
        "feeds",
        who,
        here="library",
        feeds=shown,
        reach=reach.value,
        host=base.partition("://")[2],
        free=[tag for tag in await here.store.tags.all(who.id) if tag.name not in known],
        has_library="" in known,
    )


@lru_cache(maxsize=512)
def code_of(url: str) -> str:
    """A QR code of `url` as the address of a picture; dark on white in every scheme, for cameras.

    Kept, for it takes some 5 ms, and somebody may have a hundred feeds.
    """
    code: str = segno.make(url, error="m").svg_data_uri(scale=4, border=3, dark="#101319", light="#ffffff")
    return code
