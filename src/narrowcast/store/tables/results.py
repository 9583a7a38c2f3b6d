"""Paid results."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text

from narrowcast.store.tables.base import Json, UtcDateTime, metadata

PENDING = "pending"
READY = "ready"

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
    Column("used_at", UtcDateTime),
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
holder saved; `used_at` is the day, more or less, when it last saved somebody a call."""
