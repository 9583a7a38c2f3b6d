"""Object storage of a Replit app: a Google bucket whose tokens a sidecar on the same machine gives out.

As Replit's own client does it (replit-object-storage on PyPI): GET /object-storage/default-bucket names the bucket, GET
/credential gives a subject token, POST /token exchanges it (RFC 8693) for one that Google takes.
"""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from narrowcast.errors import OutputError

if TYPE_CHECKING:
    from obstore.store import GCSCredential

SIDECAR = "http://127.0.0.1:1106"
TIMEOUT_S = 3.0
MOST_BYTES = 65_536
EARLY = timedelta(minutes=1)
HINT = "It can be reached from within a Replit app alone, which has object storage switched on."


class ReplitTokens:
    """Tokens for obstore."""

    def __init__(self, sidecar: str) -> None:
        self._sidecar = sidecar

    def __call__(self) -> GCSCredential:
        """A token, and until when it is good; called in obstore's own threads. Raises `OutputError`."""
        subject = _text(_ask(self._sidecar, "GET", "/credential"), "access_token")
        exchange = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "audience": "replit",
            "subject_token": subject,
            "subject_token_type": "access_token",
        }
        given = _ask(self._sidecar, "POST", "/token", urlencode(exchange))
        seconds = given.get("expires_in")
        lasts = timedelta(seconds=seconds if isinstance(seconds, int) else 300)
        return {"token": _text(given, "access_token"), "expires_at": datetime.now(UTC) + max(EARLY, lasts - EARLY)}


def default_bucket(sidecar: str) -> str:
    """The bucket of this app. Raises `OutputError`."""
    return _text(_ask(sidecar, "GET", "/object-storage/default-bucket"), "bucketId")


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise OutputError("Replit's sidecar names no storage of this app.", hint=HINT)
    return value


def _ask(sidecar: str, method: str, path: str, form: str | None = None) -> dict[str, Any]:
    place = urlsplit(sidecar)
    asking = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port or 80, timeout=TIMEOUT_S)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        asking.request(method, path, form, headers)
        answer = asking.getresponse()
        said = answer.read(MOST_BYTES)
        if answer.status != http.HTTPStatus.OK:
            raise OutputError(f"Replit's sidecar answers {answer.status} for {path}.", hint=HINT)
        given = json.loads(said)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutputError("Replit's sidecar does not answer.", hint=HINT) from error
    finally:
        asking.close()
    return given if isinstance(given, dict) else {}
