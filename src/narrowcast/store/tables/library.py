"""What people collect to make episodes from, and how they like them made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from narrowcast.store.tables.base import Json, identity, metadata, moment, owned

notebook = Table(
    "notebook",
    metadata,
    identity(),
    owned(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    Index(None, "owner_id", "created_at"),
)

source = Table(
    "source",
    metadata,
    identity(),
    owned(),
    Column("title", Text, nullable=False),
    Column("format", String(16), nullable=False),
    Column("origin", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("author", Text),
    Column("words", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("read_key", Text, nullable=False),
    Column("file_key", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("folded", Text),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    Index(None, "owner_id", "created_at"),
    UniqueConstraint("owner_id", "digest"),
)
"""Documents that were read. `digest` is of what was read: nobody has the same twice. `read_key` is the blob of what
was read, `file_key` that of the file as it was given; `origin` is its name, its URL, or `text`. `folded` is what search
looks through: title, author and origin, case and accents folded; null in those of before there was a search."""

notebook_source = Table(
    "notebook_source",
    metadata,
    Column("notebook_id", String(36), ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", String(36), ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    moment("added_at", nullable=False),
    Index(None, "source_id"),
)

profile = Table(
    "profile",
    metadata,
    identity(),
    owned(),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("body", Json, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    UniqueConstraint("owner_id", "kind", "name"),
)
"""A person's own episode and speaker profiles; the shipped ones are in the package."""
