"""Addresses that open one file to whoever has them, for a while: for players and machines that cannot sign in. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from narrowcast.errors import ForbiddenError

MAX_DIGITS = 12


def signature(key: bytes, name: str, expires: int) -> str:
    """What opens `name` until `expires` (seconds since 1970): HMAC-SHA256 with the server's key for this purpose."""
    digest = hmac.digest(key, f"{expires}\n{name}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def check_signature(key: bytes, name: str, expires: str, shown: str, now: datetime) -> None:
    """Let through who shows the signature in time. Raises `ForbiddenError`, which does not tell what was wrong."""
    known = expires.isascii() and expires.isdigit() and len(expires) <= MAX_DIGITS
    # Compared as bytes: strings with anything but ASCII in them would raise.
    same = known and hmac.compare_digest(signature(key, name, int(expires)).encode(), shown.encode("utf-8", "replace"))
    if not same or int(expires) <= now.timestamp():
        raise ForbiddenError("This link is not valid, or not valid any more.", hint="Ask for a new one.")
