"""What a bucket's rules should say: who may read it from a page, that nobody reads it unasked, what is tidied. Pure.

Each function takes what is there as S3 tells it and gives what should be; rules of others stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

OURS = "narrowcast"
EXPOSED = ("ETag", "Content-Range", "Content-Length", "Accept-Ranges")
BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
Rule = dict[str, Any]


def cors(there: Sequence[Rule], origin: str) -> list[Rule]:
    """With our rule: pages of `origin` may GET and HEAD, by ranges, and see what a player needs."""
    ours = {
        "ID": OURS,
        "AllowedOrigins": [origin],
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["Range", "If-Range"],
        "ExposeHeaders": list(EXPOSED),
        "MaxAgeSeconds": 3600,
    }
    return [*(rule for rule in there if rule.get("ID") != OURS), ours]


def allows(there: Sequence[Rule], origin: str) -> bool:
    """Whether pages of `origin` may read by ranges and see tags."""
    return any(
        {origin, "*"} & set(rule.get("AllowedOrigins", ()))
        and {"GET", "HEAD"} <= set(rule.get("AllowedMethods", ()))
        and {"range", "*"} & {header.lower() for header in rule.get("AllowedHeaders", ())}
        and "etag" in {header.lower() for header in rule.get("ExposeHeaders", ())}
        for rule in there
    )


def policy(there: dict[str, Any] | None, bucket: str, partition: str = "aws") -> dict[str, Any]:
    """With our statement: what comes without TLS is refused."""
    name = f"arn:{partition}:s3:::{bucket}"
    ours = {
        "Sid": "NarrowcastTlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [name, f"{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    given = there or {"Version": "2012-10-17"}
    statements = given.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return {**given, "Statement": [*(one for one in statements if one.get("Sid") != ours["Sid"]), ours]}


def lifecycle(there: Sequence[Rule], prefix: str) -> list[Rule]:
    """With our rule: uploads that were broken off are removed after a week, for they cost and are not listed."""
    ours = {
        "ID": OURS,
        "Status": "Enabled",
        "Filter": {"Prefix": f"{prefix}/" if prefix else ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    return [*(rule for rule in there if rule.get("ID") != OURS), ours]
