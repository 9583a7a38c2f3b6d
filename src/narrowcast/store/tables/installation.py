"""What is true of the whole installation, however many servers it has."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from narrowcast.store.tables.base import metadata

installation = Table(
    "installation",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts by name, such as the fingerprint of the secret that all servers share."""
