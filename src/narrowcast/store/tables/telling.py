"""Telling people, and other programs, what became of their jobs."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from narrowcast.store.tables.base import Json, identity, metadata, moment, owned

webhook = Table(
    "webhook",
    metadata,
    identity(),
    owned(),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("events", Json, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("sealed_previous", LargeBinary),
    moment("previous_until"),
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    moment("failing_since"),
    Column("disabled_reason", Text),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    Index(None, "owner_id"),
)
"""Addresses that are told; `failures` counts those in a row, since `failing_since`. `sealed_previous` signs too, until
`previous_until`: the secret before the last change of it."""

delivery = Table(
    "delivery",
    metadata,
    identity(),
    owned(),
    Column("channel", String(16), nullable=False),
    Column("webhook_id", String(36), ForeignKey("webhook.id", ondelete="CASCADE")),
    Column("event", String(32), nullable=False),
    Column("job_id", String(36)),
    Column("payload", Json, nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("answer_code", Integer),
    Column("note", Text),
    Column("holder", String(80)),
    moment("due_at"),
    moment("created_at", nullable=False),
    moment("finished_at"),
    Index(
        "ix_delivery_due_at",
        "due_at",
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
    Index(None, "webhook_id", "created_at"),
    Index(None, "owner_id", "created_at"),
)
"""One message to one address: `channel` is `webhook`, `email` or `push`
(whose `payload` names the browser); `pending` until `delivered` or `failed`. A claim adds
one to `attempts` and moves `due_at` behind the time that a try may take, so that what died with its holder returns."""

message = Table(
    "message",
    metadata,
    identity(),
    owned(),
    Column("kind", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("job_id", String(36)),
    Column("episode_id", String(36)),
    moment("created_at", nullable=False),
    moment("read_at"),
    Index(None, "owner_id", "created_at"),
    Index(
        "ix_message_unread", "owner_id", sqlite_where=text("read_at is null"), postgresql_where=text("read_at is null")
    ),
)
"""The inbox."""

push_subscription = Table(
    "push_subscription",
    metadata,
    identity(),
    owned(),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("auth_secret", LargeBinary, nullable=False),
    Column("user_agent", Text, nullable=False, server_default=""),
    moment("created_at", nullable=False),
    moment("used_at"),
    Index(None, "owner_id"),
)
"""A browser that wants to be told by Web Push: its push service's address, its key (P-256, uncompressed) and secret."""
