"""How long browsers stay signed in, and links work."""

from __future__ import annotations

from datetime import timedelta

LASTING = timedelta(days=30)
"""A session's time from its last use."""
LINK_LASTING = timedelta(minutes=15)
