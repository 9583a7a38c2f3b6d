"""What was spent, and the keys that spend it."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from narrowcast.store.tables.base import identity, metadata, moment, owned

spending = Table(
    "spending",
    metadata,
    identity(),
    owned(),
    Column("episode_id", String(36), ForeignKey("episode.id", ondelete="SET NULL")),
    Column("job_id", String(36)),
    Column("provider", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("cost_usd", Float),
    moment("at", nullable=False),
    Index(None, "owner_id", "at"),
    Index(None, "episode_id"),
    Index(None, "job_id"),
    Index(None, "at"),
)
"""Each call that was paid for; `cost_usd` none where the price is not known."""

provider_key = Table(
    "provider_key",
    metadata,
    Column("provider", String(32), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("ending", String(8), nullable=False),
    Column("base_url", Text),
    Column("set_by", String(36), ForeignKey("account.id", ondelete="SET NULL")),
    Column("verdict", Text, nullable=False),
    moment("tested_at"),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
)
"""Keys that were entered on a server, encrypted; `ending` is their last characters, to tell them apart."""
