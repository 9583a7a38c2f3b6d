"""Who may sign in, and with what."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Float, Index, String, Table, Text, UniqueConstraint

from narrowcast.store.tables.base import Json, identity, metadata, moment, owned

account = Table(
    "account",
    metadata,
    identity(),
    Column("email", String(320), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("tier", String(32), nullable=False),
    Column("password_hash", Text),
    Column("active", Boolean, nullable=False),
    Column("monthly_budget_usd", Float),
    Column("preferences", Json, nullable=False),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    CheckConstraint("role in ('owner', 'member', 'listener')", name="role_known"),
    UniqueConstraint("email"),
)
"""Users. `email` is kept in lower case. `monthly_budget_usd` none: that of the tier."""

session = Table(
    "session",
    metadata,
    identity(),
    owned(),
    Column("secret_hash", String(64), nullable=False),
    Column("user_agent", Text, nullable=False),
    moment("created_at", nullable=False),
    moment("seen_at", nullable=False),
    moment("expires_at", nullable=False),
    UniqueConstraint("secret_hash"),
    Index(None, "owner_id"),
    Index(None, "expires_at"),
)
"""Browsers that are signed in; only the hash of what their cookie holds."""

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    owned(),
    moment("created_at", nullable=False),
    moment("expires_at", nullable=False),
    moment("used_at"),
    Index(None, "owner_id"),
)
"""Links that sign in once."""

token = Table(
    "token",
    metadata,
    identity(),
    owned(),
    Column("name", Text, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("scopes", Json, nullable=False),
    moment("created_at", nullable=False),
    moment("used_at"),
    moment("expires_at"),
    moment("revoked_at"),
    UniqueConstraint("secret_hash"),
    Index(None, "owner_id"),
)
"""API tokens; the secret itself is shown once and not kept."""

__all__ = ["account", "session", "sign_in_link", "token"]
