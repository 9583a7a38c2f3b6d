"""A feed put together: whose token opens it, what is in it, under which addresses."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime

from fastapi import Request

from narrowcast.accounts.address_tokens import feed_of, feed_token
from narrowcast.accounts.server_secret import Purpose
from narrowcast.errors import NotFoundError
from narrowcast.feeds.rss import feed_xml
from narrowcast.feeds.values import Channel, Enclosure, Item, Transcript
from narrowcast.server.addresses import file_name, suffix_of
from narrowcast.server.browsers import address_of
from narrowcast.server.context import Context
from narrowcast.server.web.words import span
from narrowcast.store.listening.feeds import Feed, FeedEpisode, Opened
from narrowcast.version import __version__

A_PAGE = 300
"""Episodes: more than most apps show of a feed, in some 300 kB."""
TRANSCRIPTS = (
    (".vtt", ".vtt", "text/vtt"),
    (".srt", ".srt", "application/x-subrip"),
    (".transcript.json", ".json", "application/json"),
)
"""Under which ending each is kept, under which it is answered, and as what."""


def address_of_feed(here: Context, base: str, feed_id: str) -> str:
    """Where a feed is found; whoever has it can hear all that is in it."""
    return f"{base}/feeds/{feed_token(here.secret.key(Purpose.FEEDS), feed_id)}.xml"


async def open_feed(request: Request, here: Context, token: str) -> Opened:
    """The feed that a token opens. Raises `NotFoundError`, `LimitError` after many that open none."""
    feed_id = feed_of(here.secret.key(Purpose.FEEDS), token)
    opened = await here.store.feeds.opened(feed_id) if feed_id else None
    if opened is None:
        await here.guesses.count(address_of(request))
        raise NotFoundError("There is no such feed.", hint="It may have been revoked: take its new address.")
    return opened


async def state_of(here: Context, feed: Feed, page: int) -> str:
    """What tells one state of a page of a feed from another: any change of what it says changes it."""
    marks = await here.store.feeds.marks(feed, (page - 1) * A_PAGE, A_PAGE + 1)
    said = [f"{__version__} {feed.title} {page}"]
    said += [f"{identity} {revision} {changed.isoformat()}" for identity, revision, changed in marks]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


async def written(here: Context, opened: Opened, base: str, token: str, page: int) -> bytes:
    """A page of a feed as XML. Raises `OutputError`."""
    rows = await here.store.feeds.episodes(opened.feed, (page - 1) * A_PAGE, A_PAGE + 1)
    shown, url = rows[:A_PAGE], f"{base}/feeds/{token}.xml"
    feed = opened.feed
    about = f"with the tag “{feed.tag}”" if feed.tag else "from the whole library"
    channel = Channel(
        url=_page(url, page),
        guid=feed.guid,
        title=feed.title,
        description=f"Episodes {about}, made by Narrowcast for one listener. This feed is private.",
        link=f"{base}/library",
        image=f"{base}/feeds/{token}/cover.jpg",
        language=Counter(row.language for row in shown).most_common(1)[0][0] if shown else "en",
        author=opened.owner_name or "Narrowcast",
        newer=_page(url, page - 1) if page > 1 else "",
        older=_page(url, page + 1) if len(rows) > A_PAGE else "",
    )
    return feed_xml(channel, [_item(row, base, f"{base}/feeds/{token}") for row in shown])


def new_feed(identity: str, owner_id: str, title: str, tag: str | None, guid: str) -> Feed:
    """A feed that nobody asked for yet."""
    now = datetime.now(UTC)
    return Feed(identity, owner_id, title, tag, guid, "", now, now, None)


def _page(url: str, page: int) -> str:
    return url if page == 1 else f"{url}?page={page}"


def _item(row: FeedEpisode, base: str, below: str) -> Item:
    def file(suffix: str) -> str:
        return f"{below}/{file_name(row.id, row.revision, suffix)}"

    sound = Enclosure(file(suffix_of(row.media_type, row.audio_key)), row.size_bytes, row.media_type)
    texts = [
        Transcript(file(shown), media_type, row.language)
        for ending, shown, media_type in TRANSCRIPTS
        if ending in row.files
    ]
    return Item(
        guid=row.id,
        title=row.title,
        description=row.description or _otherwise(row),
        link=f"{base}/episodes/{row.id}",
        image=file(".jpg"),
        published=row.published_at,
        duration_s=row.duration_ms / 1000,
        enclosure=sound,
        transcripts=tuple(texts),
        chapters=file(".chapters.json") if ".chapters.json" in row.files else "",
        people=row.speakers,
        ai=not row.uploaded,
    )


def _otherwise(row: FeedEpisode) -> str:
    """What is said of an episode that nobody described."""
    length = span(row.duration_ms / 1000)
    if row.uploaded:
        return f"A recording, {length}."
    voices = f", with {' and '.join(row.speakers)}" if row.speakers else ""
    return f"{length}{voices}. Written and spoken by machine."
