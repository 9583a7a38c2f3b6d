"""Tokens in addresses, for podcast apps and strangers' browsers: each opens one thing, none can be made up. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

MAC_BYTES = 20
_MOMENT = struct.Struct(">16sIIII")


@dataclass(frozen=True)
class Moment:
    """A moment of an episode's rendering, from `start_ms` (to `end_ms`, if it is not 0), for whoever has the link."""

    episode_id: str
    revision: int
    start_ms: int
    end_ms: int
    expires: datetime


def feed_token(key: bytes, feed_id: str) -> str:
    """What opens a feed: its id, and the HMAC-SHA256 of it. The same again each time, 48 characters."""
    return _sealed(key, b"feed", uuid.UUID(feed_id).bytes)


def feed_of(key: bytes, token: str) -> str | None:
    """The id of the feed that a token was made for; none where it was not made by us."""
    body = _opened(key, b"feed", token)
    return str(uuid.UUID(bytes=body)) if body is not None and len(body) == 16 else None


def moment_token(key: bytes, moment: Moment) -> str:
    """What opens a moment, until it expires."""
    identity = uuid.UUID(moment.episode_id).bytes
    expires = int(moment.expires.timestamp())
    body = _MOMENT.pack(identity, moment.revision, moment.start_ms, moment.end_ms, expires)
    return _sealed(key, b"moment", body)


def moment_of(key: bytes, token: str) -> Moment | None:
    """The moment that a token was made for, also when it has expired; none where it was not made by us."""
    body = _opened(key, b"moment", token)
    if body is None or len(body) != _MOMENT.size:
        return None
    identity, revision, start_ms, end_ms, expires = _MOMENT.unpack(body)
    return Moment(str(uuid.UUID(bytes=identity)), revision, start_ms, end_ms, datetime.fromtimestamp(expires, UTC))


def _sealed(key: bytes, kind: bytes, body: bytes) -> str:
    return _spelled(body + _mac(key, kind, body))


def _opened(key: bytes, kind: bytes, token: str) -> bytes | None:
    try:
        data = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, shown = data[:-MAC_BYTES], data[-MAC_BYTES:]
    # One spelling only: the last character of a token may hold bits that mean nothing.
    if len(data) <= MAC_BYTES or _spelled(data) != token:
        return None
    return body if hmac.compare_digest(_mac(key, kind, body), shown) else None


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _mac(key: bytes, kind: bytes, body: bytes) -> bytes:
    return hmac.digest(key, kind + b"\n" + body, hashlib.sha256)[:MAC_BYTES]
