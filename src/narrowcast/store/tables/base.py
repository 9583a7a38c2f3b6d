"""What all tables share: the schema's number, and types that SQLite and PostgreSQL both speak."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, ForeignKey, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "0004"
"""The revision that this code works with: the head of `migrations/versions`."""


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
        "uq": "uq_%(column_0_N_label)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
)


def identity() -> Column[str]:
    """A row's own id: a UUID as text."""
    return Column("id", String(36), primary_key=True)


def owned() -> Column[str]:
    """Whose row it is; it goes with them."""
    return Column("owner_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), nullable=False)


def moment(name: str, *, nullable: bool = True) -> Column[datetime]:
    """A point in time, in UTC."""
    return Column(name, UtcDateTime, nullable=nullable)
