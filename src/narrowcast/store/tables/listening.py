"""What listeners keep of what they hear, and the feeds by which they hear it elsewhere."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from narrowcast.store.tables.base import identity, metadata, moment, owned

bookmark = Table(
    "bookmark",
    metadata,
    identity(),
    owned(),
    Column("episode_id", String(36), ForeignKey("episode.id", ondelete="CASCADE"), nullable=False),
    Column("turn_id", String(64)),
    Column("offset_ms", BigInteger, nullable=False),
    Column("position_ms", BigInteger, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    Index(None, "owner_id", "created_at"),
    Index(None, "episode_id"),
)
"""A moment that somebody wants to find again: `offset_ms` into the turn `turn_id`, which it follows through revisions;
`position_ms` is where that was in the rendering that it was made in."""

up_next = Table(
    "up_next",
    metadata,
    Column("owner_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("episode_id", String(36), ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, nullable=False),
    Index(None, "episode_id"),
)
"""The episodes that an owner wants to hear next, in the order of their places."""

feed = Table(
    "feed",
    metadata,
    identity(),
    owned(),
    Column("title", Text, nullable=False),
    Column("tag", String(64)),
    Column("guid", String(36), nullable=False),
    Column("fingerprint", String(64), nullable=False, server_default=""),
    moment("changed_at", nullable=False),
    moment("created_at", nullable=False),
    moment("fetched_at"),
    Index(None, "owner_id"),
)
"""A private feed of all of an owner's episodes, or of those with a `tag`. Its token follows from its id, so a new token
is a new id; the `guid` stays. `fingerprint` is what was in it when it was last asked for, since `changed_at`."""

download = Table(
    "download",
    metadata,
    identity(),
    owned(),
    Column("episode_id", String(36), ForeignKey("episode.id", ondelete="CASCADE"), nullable=False),
    Column("listener", String(64), unique=True),
    Column("app", String(64), nullable=False),
    Column("sent_bytes", BigInteger, nullable=False),
    moment("began_at", nullable=False),
    moment("counted_at"),
    Index(None, "episode_id", "counted_at"),
)
"""What one app fetched of an episode within 24 hours; a download from `counted_at` on. `listener` is a salted hash of
where it was fetched from, by what, and which episode: forgotten once the 24 hours are over."""
