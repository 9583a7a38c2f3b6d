"""Web Push: what a browser's push service is sent, sealed for the browser alone, and what the answer means.

RFC 8030 (the request), RFC 8291 (the sealing: a key agreed with the browser's own, aes128gcm), RFC 8292 (who sends it).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from narrowcast.net import Posted
from narrowcast.notify.retries import Attempt
from narrowcast.notify.webhooks import ASKS_FOR_TIME
from narrowcast.notify.words import MAX_TITLE, shortened

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2, 2.4.2)."""
PUBLIC_BYTES = 65
"""An uncompressed point of P-256."""
AUTH_BYTES = 16
MAX_BODY = 300
"""Characters of text: all of it must fit into the 4096 bytes that every push service takes."""
KEPT_FOR = timedelta(hours=12)
"""How long a push service keeps what a browser that is away was not given yet."""
MAX_TRIES = 5
"""Over some eight hours: later, the inbox tells it."""
SIGNED_FOR = timedelta(hours=12)
"""No more than a day (RFC 8292, 2)."""
NOBODY = "mailto:nobody@example.org"
"""Whom to write to where a server has no address of its own: a contact is asked for all the same."""
GONE = frozenset({404, 410})
"""The browser is not subscribed any more (RFC 8030, 7.3)."""
REFUSED = frozenset({400, 401, 403, 413})


@dataclass(frozen=True)
class Subscription:
    """Where a browser is told: its push service's address, its key (P-256, uncompressed) and its secret."""

    endpoint: str
    public_key: bytes
    auth_secret: bytes


class PushKey:
    """The key by which push services know the server. The same 32 secret bytes give the same key."""

    def __init__(self, seed: bytes) -> None:
        number = int.from_bytes(seed, "big") % (ORDER - 1) + 1
        self._key = ec.derive_private_key(number, ec.SECP256R1())

    @property
    def public(self) -> bytes:
        """What browsers subscribe with: an uncompressed point."""
        return _point(self._key)

    def authorization(self, endpoint: str, contact: str, now: datetime) -> str:
        """The `Authorization` for one push service, until `SIGNED_FOR` from `now`."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": contact,
            "exp": int((now + SIGNED_FOR).timestamp()),
        }
        return str(Vapid02(self._key).sign(claims)["Authorization"])


def is_public_key(key: bytes) -> bool:
    """Whether those bytes are a point of P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError:
        return False
    return len(key) == PUBLIC_BYTES


def contact_of(public_url: str | None, mail_from: str | None) -> str:
    """Whom a push service may write to about us: RFC 8292 asks for a `mailto:` or `https:` address."""
    if mail_from and re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", mail_from, re.ASCII):
        return f"mailto:{mail_from}"
    host = urlsplit(public_url).hostname if public_url and public_url.startswith("https:") else None
    return f"https://{host}" if host and re.fullmatch(r"[\w-]+(\.[\w-]+)+", host, re.ASCII) else NOBODY


def told(title: str, body: str, episode_id: str | None, tag: str) -> dict[str, str]:
    """What a browser is told: what it shows, and which page a press on it opens."""
    return {
        "title": shortened(title, MAX_TITLE),
        "body": shortened(body, MAX_BODY),
        "path": f"/episodes/{episode_id}" if episode_id else "/queue",
        "tag": tag,
    }


def body_of(said: dict[str, str], to: Subscription) -> bytes:
    """The sealed message."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return sealed(text, to, salt=os.urandom(16), key=ec.generate_private_key(ec.SECP256R1()))


def sealed(text: bytes, to: Subscription, *, salt: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """`text` for that browser alone; `salt` and `key` are new for each message (RFC 8291, 3)."""
    return bytes(
        http_ece.encrypt(
            text, salt=salt, private_key=key, dh=to.public_key, auth_secret=to.auth_secret, version="aes128gcm"
        )
    )


def headers_of(identity: str, to: Subscription, key: PushKey, contact: str, now: datetime) -> dict[str, str]:
    """The headers of one try; of one `identity` the service keeps the last: a try again shows once."""
    topic = base64.urlsafe_b64encode(hashlib.sha256(identity.encode()).digest())[:32].decode()
    return {
        "content-type": "application/octet-stream",
        "content-encoding": "aes128gcm",
        "ttl": str(int(KEPT_FOR.total_seconds())),
        "urgency": "normal",
        "topic": topic,
        "authorization": key.authorization(to.endpoint, contact, now),
    }


def attempt_of(posted: Posted) -> Attempt:
    """What an answer means."""
    status = posted.status
    if status is None:
        return Attempt(delivered=False, note=posted.fault)
    if 200 <= status < 300:
        return Attempt(delivered=True, code=status)
    if status in GONE:
        return Attempt(
            delivered=False, code=status, note="The browser is not subscribed any more.", final=True, gone=True
        )
    if status in REFUSED:
        return Attempt(delivered=False, code=status, note=f"The push service refused it ({status}).", final=True)
    wait_s = posted.retry_after_s if status in ASKS_FOR_TIME else None
    return Attempt(delivered=False, code=status, note=f"The push service answered {status}.", wait_s=wait_s)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
