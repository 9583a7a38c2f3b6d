"""The tables, in SQL that SQLite and PostgreSQL both speak. A change here needs a migration and a new `SCHEMA`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "0001"
"""The revision that this code works with: the head of `migrations/versions`."""

PENDING = "pending"
READY = "ready"


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times, in UTC; SQLite, which knows no zones, holds them as such."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's
        """Into the database."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's
        """Out of it."""
        if value is None:
            return None
        at: datetime = value
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(column_0_N_label)s",
    }
)

result = Table(
    "result",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(8), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("lease_owner", String(80)),
    Column("lease_until", UtcDateTime),
    Column("blob_key", Text),
    Column("sha256", String(64)),
    Column("size_bytes", BigInteger),
    Column("meta", Json),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("partial", LargeBinary),
    CheckConstraint("status in ('pending', 'ready')", name="status_known"),
    CheckConstraint(
        "status = 'pending' or (blob_key is not null and sha256 is not null and size_bytes is not null"
        " and meta is not null and finished_at is not null and lease_owner is null and partial is null)",
        name="ready_is_whole",
    ),
    Index("ix_result_kind_finished_at", "kind", "finished_at"),
)
"""Paid results by the hash of what was asked. `epoch` grows by one with every claim; `partial` is what an unfinished
holder saved."""

episode = Table(
    "episode",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("title", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("status", String(16), nullable=False),
    Column("owner", String(80)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("output_path", Text),
    Column("duration_ms", BigInteger),
    Column("script_blob_key", Text),
    Column("figures", Json, nullable=False),
    Index("ix_episode_created_at", "created_at"),
)
"""What was made. `owner` is the process that is making it, while it is."""
