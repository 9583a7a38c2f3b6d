"""Private feeds: which there are, what is in them, and since when it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update

from narrowcast.errors import ConflictError, NotFoundError
from narrowcast.store.database import Database
from narrowcast.store.recent import Recent
from narrowcast.store.tables import account, episode, episode_tag, feed, revision

MAX_FEEDS = 100
"""Of one owner."""
SEEN_EVERY = timedelta(hours=1)
"""How exactly it is written down when a feed was last fetched."""
NO_FEED = "There is no such feed."


@dataclass(frozen=True)
class Feed:
    """A feed of all of an owner's episodes that can be heard, or of those with a `tag`. `guid` never changes."""

    id: str
    owner_id: str
    title: str
    tag: str | None
    guid: str
    fingerprint: str
    changed_at: datetime
    created_at: datetime
    fetched_at: datetime | None


@dataclass(frozen=True)
class Opened:
    """A feed as its token opens it, and what its owner is called."""

    feed: Feed
    owner_name: str


@dataclass(frozen=True)
class FeedEpisode:
    """A finished episode. `published_at` is when it could first be heard; the rest is of its newest rendering."""

    id: str
    title: str
    description: str
    language: str
    uploaded: bool
    speakers: tuple[str, ...]
    published_at: datetime
    revision: int
    duration_ms: int
    size_bytes: int
    media_type: str
    audio_key: str
    files: Mapping[str, str]


class Feeds:
    """The feeds of one store. Every method raises `OutputError` when the disk or database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._opened: Recent[Opened] = Recent(database)

    async def ensure(self, owner_id: str, new: Feed) -> tuple[Feed, bool]:
        """The owner's feed of `new.tag`, and whether it is `new`. Raises `ConflictError` when there are too many."""
        mine = feed.c.owner_id == owner_id
        async with self._database.write() as connection:
            known = (await connection.execute(select(feed).where(mine, _same_tag(new.tag)))).first()
            if known:
                return _feed(known), False
            count = await connection.scalar(select(func.count()).where(mine))
            if (count or 0) >= MAX_FEEDS:
                raise ConflictError(f"There are {MAX_FEEDS} feeds already.", hint="Remove one that is not used.")
            values = {name: getattr(new, name) for name in Feed.__dataclass_fields__}
            return _feed((await connection.execute(insert(feed).values(**values).returning(feed))).one()), True

    async def all(self, owner_id: str) -> Sequence[Feed]:
        """The owner's: that of the library first, then by tag."""
        query = select(feed).where(feed.c.owner_id == owner_id).order_by(func.coalesce(feed.c.tag, ""), feed.c.id)
        async with self._database.read() as connection:
            return [_feed(row) for row in await connection.execute(query)]

    async def get(self, owner_id: str, identity: str) -> Feed:
        """One of the owner's. Raises `NotFoundError`."""
        query = select(feed).where(feed.c.id == identity, feed.c.owner_id == owner_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise NotFoundError(NO_FEED)
        return _feed(row)

    async def renew(self, owner_id: str, identity: str, new_id: str) -> Feed:
        """Give a feed another id, and so another token; the old one opens nothing. Raises `NotFoundError`."""
        mine = (feed.c.id == identity) & (feed.c.owner_id == owner_id)
        change = update(feed).where(mine).values(id=new_id, fetched_at=None).returning(feed)
        async with self._database.write() as connection:
            row = (await connection.execute(change)).first()
            if row is None:
                raise NotFoundError(NO_FEED)
            return _feed(row)

    async def delete(self, owner_id: str, identity: str) -> None:
        """Remove a feed; its token opens nothing from then on. Raises `NotFoundError`."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(feed).where(feed.c.id == identity, feed.c.owner_id == owner_id))
            if not gone.rowcount:
                raise NotFoundError(NO_FEED)

    async def opened(self, identity: str) -> Opened | None:
        """A feed for whoever showed its token; none where it is gone, or its owner may not sign in any more."""
        return await self._opened(identity, lambda: self._open(identity))

    async def _open(self, identity: str) -> Opened | None:
        query = (
            select(feed, account.c.name)
            .join(account, account.c.id == feed.c.owner_id)
            .where(feed.c.id == identity, account.c.active)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return Opened(_feed(row), row.name) if row else None

    async def marks(self, of: Feed, offset: int, limit: int) -> Sequence[tuple[str, int, datetime]]:
        """What tells one state of a page of a feed from another: id, revision and last change of each episode."""
        query = _order(select(episode.c.id, episode.c.revision, episode.c.updated_at), of, offset, limit)
        async with self._database.read() as connection:
            return [(row.id, row.revision, row.updated_at) for row in await connection.execute(query)]

    async def fetched(self, of: Feed, fingerprint: str, now: datetime) -> datetime:
        """Write down that a feed was fetched, and what its first page was; since when it has been so.

        HTTP dates know whole seconds: two states are never of the same one.
        """
        same = of.fingerprint == fingerprint
        if same and of.fetched_at and now - of.fetched_at < SEEN_EVERY:
            return of.changed_at
        at = of.changed_at if same else max(now, of.changed_at + timedelta(seconds=1))
        values = {"fingerprint": fingerprint, "changed_at": at, "fetched_at": now}
        async with self._database.write() as connection:
            await connection.execute(update(feed).where(feed.c.id == of.id).values(**values))
        return at

    async def episodes(self, of: Feed, offset: int, limit: int) -> Sequence[FeedEpisode]:
        """A page of a feed: what can be heard, the latest first."""
        newest, first = revision.alias("newest"), revision.alias("first")
        speakers = episode.c.snapshot["speakers"]["speakers"].label("speakers")
        query = (
            select(
                episode,
                speakers,
                newest.c.size_bytes,
                newest.c.media_type,
                newest.c.audio_key,
                newest.c.files,
                newest.c.duration_ms.label("heard_ms"),
                newest.c.created_at.label("rendered_at"),
                first.c.created_at.label("published_at"),
            )
            .join(newest, (newest.c.episode_id == episode.c.id) & (newest.c.number == episode.c.revision))
            .outerjoin(first, (first.c.episode_id == episode.c.id) & (first.c.number == 1))
        )
        async with self._database.read() as connection:
            return [_episode(row) for row in await connection.execute(_order(query, of, offset, limit))]

    async def holds(self, of: Feed, episode_id: str) -> bool:
        """Whether an episode is in a feed: nothing else is opened by its token."""
        query = _of(select(episode.c.id), of).where(episode.c.id == episode_id)
        async with self._database.read() as connection:
            return await connection.scalar(query) is not None


def _of(query: Select[Any], of: Feed) -> Select[Any]:
    query = query.where(episode.c.owner_id == of.owner_id, episode.c.revision > 0)
    if of.tag is None:
        return query
    bears = select(episode_tag.c.episode_id).where(
        episode_tag.c.episode_id == episode.c.id, episode_tag.c.tag == of.tag
    )
    return query.where(bears.exists())


def _order(query: Select[Any], of: Feed, offset: int, limit: int) -> Select[Any]:
    ordered = _of(query, of).order_by(episode.c.created_at.desc(), episode.c.id.desc())
    return ordered.offset(offset).limit(limit)


def _same_tag(tag: str | None) -> Any:
    return feed.c.tag.is_(None) if tag is None else feed.c.tag == tag


def _feed(row: Row[Any]) -> Feed:
    return Feed(**{name: getattr(row, name) for name in Feed.__dataclass_fields__})


def _episode(row: Row[Any]) -> FeedEpisode:
    names = [str(speaker.get("name", "")) for speaker in row.speakers or ()]
    return FeedEpisode(
        id=row.id,
        title=row.title,
        description=row.description,
        language=row.language,
        uploaded=bool(row.uploaded),
        speakers=tuple(name for name in names if name),
        published_at=row.published_at or row.rendered_at,
        revision=row.revision,
        duration_ms=row.heard_ms,
        size_bytes=row.size_bytes,
        media_type=row.media_type,
        audio_key=row.audio_key,
        files=row.files or {},
    )
