"""Addresses that let whoever has them read one object of an S3 store for a while. Pure: nothing is asked for."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

SAFE = "-_.~"


@dataclass(frozen=True)
class SigningKey:
    """Credentials of an S3 store; `until`: they are good for nothing later."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    until: datetime | None = None


def presigned(url: str, *, key: SigningKey, region: str, at: datetime, seconds: int, query: Mapping[str, str]) -> str:
    """`url` with a signature for `GET` from `at` on, good for so many `seconds`; `query` is signed with it.

    AWS Signature Version 4 in the query: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    parts = urlsplit(url)
    at = at.astimezone(UTC)
    day, stamp = f"{at:%Y%m%d}", f"{at:%Y%m%dT%H%M%SZ}"
    scope = f"{day}/{region}/s3/aws4_request"
    signed = {
        **query,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{key.access_key}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
    }
    if key.token:
        signed["X-Amz-Security-Token"] = key.token
    said = "&".join(f"{quote(name, safe=SAFE)}={quote(value, safe=SAFE)}" for name, value in sorted(signed.items()))
    request = f"GET\n{parts.path}\n{said}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    secret = f"AWS4{key.secret_key}".encode()
    for part in (day, region, "s3", "aws4_request"):
        secret = hmac.digest(secret, part.encode(), hashlib.sha256)
    signature = hmac.digest(secret, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode(), hashlib.sha256).hex()
    return f"{url}?{said}&X-Amz-Signature={signature}"
