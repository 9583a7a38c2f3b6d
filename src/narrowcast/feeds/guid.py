"""The name that a feed keeps wherever it moves to."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""That of `podcast:guid` (Podcasting 2.0)."""


def feed_guid(base: str, feed_id: str) -> str:
    """`podcast:guid` of a new feed: UUIDv5 over its address without scheme and token, with its id in the token's place.

    Made once, and kept: a new token or address does not change it.
    """
    parts = urlsplit(base)
    return str(uuid.uuid5(NAMESPACE, f"{parts.netloc}{parts.path.rstrip('/')}/feeds/{feed_id}"))
