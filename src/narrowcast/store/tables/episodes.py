"""What was made, or is to be made, to be listened to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from narrowcast.store.tables.base import Json, identity, metadata, moment


def _of_episode(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "episode_id",
        String(36),
        ForeignKey("episode.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


episode = Table(
    "episode",
    metadata,
    identity(),
    Column("owner_id", String(36), ForeignKey("account.id", ondelete="CASCADE")),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("language", String(35), nullable=False),
    Column("status", String(16), nullable=False),
    Column("owner", String(80), key="maker"),
    Column("notebook_id", String(36), ForeignKey("notebook.id", ondelete="SET NULL")),
    Column("snapshot", Json),
    Column("uploaded", Boolean, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("script_version", Integer, nullable=False, server_default="0"),
    Column("script_blob_key", Text),
    Column("output_path", Text),
    Column("duration_ms", BigInteger),
    Column("figures", Json, nullable=False),
    Column("error_message", Text),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    moment("completed_at"),
    Index("ix_episode_created_at", "created_at"),
    Index(None, "owner_id", "created_at"),
    Index(None, "notebook_id"),
)
"""Episodes. Those of the command line have no `owner_id` and lie at `output_path`; `maker` (in SQL `owner`) is the
process that makes one, while it does. Those of a server have revisions; `revision` is the newest that is whole, 0
before the first. `snapshot` is what they are made with: profiles, briefing, sources and the size of their text.
`script_version` grows with every edit."""

revision = Table(
    "revision",
    metadata,
    _of_episode(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("audio_key", Text, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("files", Json, nullable=False),
    Column("figures", Json, nullable=False),
    Column("clips", Json, nullable=False, server_default="[]"),
    moment("created_at", nullable=False),
)
"""One rendering of an episode, never changed. `files` are the blob keys of what lies beside the audio, by ending;
`clips` the keys of the results that it was mixed from."""

episode_tag = Table(
    "episode_tag",
    metadata,
    _of_episode(primary_key=True),
    Column("tag", String(64), primary_key=True),
    Index(None, "tag"),
)

episode_source = Table(
    "episode_source",
    metadata,
    _of_episode(primary_key=True),
    Column("source_id", String(36), ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "source_id"),
)
"""Which of their owner's sources an episode is made from."""

episode_text = Table(
    "episode_text",
    metadata,
    _of_episode(primary_key=True),
    Column("folded", Text, nullable=False),
)
"""What search looks through: title, description and transcript, case and accents folded."""
