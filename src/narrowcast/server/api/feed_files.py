"""`/feeds/{token}…`: private feeds, and the files that they name, for podcast apps that cannot sign in."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from narrowcast.errors import NotFoundError
from narrowcast.server.addresses import suffix_of
from narrowcast.server.api.audio import AUDIO_TYPES, TEXTS
from narrowcast.server.context import Context, Here
from narrowcast.server.counting import counted
from narrowcast.server.covers import cover_of
from narrowcast.server.dispositions import download_name
from narrowcast.server.feeding import TRANSCRIPTS, open_feed, state_of, written
from narrowcast.server.files import Kept, sound_answer, text_answer
from narrowcast.server.public import base_of, opened_to_all
from narrowcast.server.ranges import Stored, share_of
from narrowcast.server.served import Direct, served
from narrowcast.store.episodes.revisions import Revision
from narrowcast.store.listening.feeds import Opened

router = APIRouter(tags=["Publishing"])

Token = Annotated[str, Path(max_length=100, description="What opens the feed, and nothing else.")]
XML = "application/rss+xml"
NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9]\d{0,8})(\.[a-z0-9]+(?:\.json)?)")
ENDINGS = {shown: ending for ending, shown, _ in TRANSCRIPTS} | {".chapters.json": ".chapters.json"}


@served(router, "/feeds/{token}.xml", XML, besides=(429,))
async def get_feed(
    request: Request,
    here: Here,
    token: Token,
    page: Annotated[int, Query(ge=1, le=10_000, description="1: the newest 300.")] = 1,
) -> Response:
    """A private feed: RSS with what podcast apps read besides. Only what is finished is in it."""
    opened = await open_feed(request, here, token)
    base = base_of(request, here)
    state = await state_of(here, opened.feed, page)
    at = opened.feed.changed_at if page == 1 else datetime.now(UTC)
    if page == 1 and request.method == "GET":
        at = await here.store.feeds.fetched(opened.feed, state, datetime.now(UTC))
    # What it says depends on what the server is called by whoever asks.
    etag = f'"{hashlib.sha256(f"{base} {state}".encode()).hexdigest()[:32]}"'
    known = Stored(etag, 0, at)
    if share_of(known, request.method, {**request.headers, "range": ""}).status is HTTPStatus.NOT_MODIFIED:
        headers = {"ETag": known.etag, "Last-Modified": format_datetime(at.replace(microsecond=0), usegmt=True)}
        return opened_to_all(Response(None, HTTPStatus.NOT_MODIFIED, {**headers, "Cache-Control": "private, no-cache"}))
    text = await written(here, opened, base, token, page)
    answer = text_answer(request, text, f"{XML}; charset=utf-8", "feed.xml", at, etag)
    return opened_to_all(answer)


@served(
    router, "/feeds/{token}/{filename}", *AUDIO_TYPES, "image/jpeg", *TEXTS.values(), besides=(429,), elsewhere=True
)
async def get_feed_file(
    request: Request,
    here: Here,
    token: Token,
    filename: Annotated[str, Path(max_length=100, description="As the feed has it.")],
    direct: Direct = None,
) -> Response:
    """A file that a feed names: an episode's sound, its cover, transcripts and chapters, or the feed's cover."""
    opened = await open_feed(request, here, token)
    if filename == "cover.jpg":
        picture = await cover_of(here, None, opened.feed.title)
        return opened_to_all(text_answer(request, picture, "image/jpeg", filename, opened.feed.created_at))
    named = NAME.fullmatch(filename)
    if named is None:
        raise NotFoundError("There is no such file in this feed.")
    episode_id, number, suffix = named[1], int(named[2]), named[3]
    found = None
    if await here.store.feeds.holds(opened.feed, episode_id):
        found = await here.store.revisions.get(opened.feed.owner_id, episode_id, number)
    if found is None:
        raise NotFoundError("There is no such file in this feed.")
    return opened_to_all(await _file(request, here, opened, found, suffix, direct=direct))


async def _file(
    request: Request, here: Context, opened: Opened, found: Revision, suffix: str, *, direct: bool | None
) -> Response:
    owner_id = opened.feed.owner_id
    title = await here.store.shelf.title(owner_id, found.episode_id)
    name = download_name(title, suffix)
    if suffix == ".jpg":
        picture = await cover_of(here, found.files.get(".cover.jpg"), title)
        return text_answer(request, picture, "image/jpeg", name, found.created_at)
    if suffix == suffix_of(found.media_type, found.audio_key):
        if request.method == "GET":
            here.metrics.heard(found.episode_id, str(found.number), found.created_at)
        stored = Stored(f'"{found.sha256}"', found.size_bytes, found.created_at)
        kept = Kept(stored, found.media_type, name)
        answer = await sound_answer(request, here.store.blobs, found.audio_key, kept, direct=direct)
        return counted(request, here, owner_id, found, answer)
    key = found.files.get(ENDINGS.get(suffix, ""))
    text = await here.store.blobs.get(key) if key else None
    if text is None:
        raise NotFoundError("There is no such file in this feed.")
    return text_answer(request, text, TEXTS[ENDINGS[suffix]], name, found.created_at)
