"""What listeners keep of what they hear, and the feeds by which they hear it elsewhere."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

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

feed = Table(
    "feed",
    metadata,
    identity(),
    owned(),
    Column("title", Text, nullable=False),
    Column("tag", String(64)),
    moment("created_at", nullable=False),
    moment("revoked_at"),
    moment("fetched_at"),
    Index(None, "owner_id"),
)
"""A private feed of all of an owner's episodes, or of those with a `tag`. Its token follows from its id."""
