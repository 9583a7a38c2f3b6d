"""Webhooks by the Standard Webhooks rules: their payload, secrets, signatures, and what an answer means.

https://www.standardwebhooks.com, version 1: `webhook-id` stays the same over all tries, `webhook-timestamp` is that of
the try, `webhook-signature` holds one signature for each secret that is valid now.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

from narrowcast.net import Posted
from narrowcast.notify.retries import GONE, Attempt

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
SECRET_BYTES = 32
ASKS_FOR_TIME = frozenset({429, 503})
"""Statuses whose `Retry-After` is heeded."""
SECRET_PURPOSE = "webhook"  # noqa: S105 - what it is sealed for while it is kept


def new_webhook_secret() -> str:
    """A secret for signing: 256 random bits, as receivers' libraries take it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def payload(event: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """What is told: thin, so that a receiver asks for the rest as whom it is."""
    return {"type": event, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": dict(data)}


def body_of(told: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def signed_headers(identity: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of one try at `at` (in UTC), signed with each of `keys`."""
    text = body.decode()
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(identity, at, text) for key in keys),
    }


def attempt_of(posted: Posted) -> Attempt:
    """What an answer means: 2xx is delivered, 410 asks for no more, and all else is tried again."""
    status = posted.status
    if status is None:
        return Attempt(delivered=False, note=posted.fault)
    if 200 <= status < 300:
        return Attempt(delivered=True, code=status)
    if status == GONE:
        return Attempt(
            delivered=False, code=status, note="It answered 410: it wants no messages any more.", final=True, gone=True
        )
    if 300 <= status < 400:
        return Attempt(delivered=False, code=status, note=f"It answered {status}: redirects are not followed.")
    wait_s = posted.retry_after_s if status in ASKS_FOR_TIME else None
    return Attempt(delivered=False, code=status, note=f"It answered {status}.", wait_s=wait_s)
