"""Conditional requests (RFC 9110, section 13): nothing is sent twice, and nobody writes over others."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Header
from starlette.exceptions import HTTPException

from narrowcast.errors import ChangedError

IfMatch = Annotated[
    str | None,
    Header(max_length=1000, description="The `ETag` of what you read: it is only changed if it is still that."),
]
IfNoneMatch = Annotated[
    str | None, Header(max_length=1000, description="The `ETag` that you have: the same again is 304.")
]

_TAG = re.compile(r'(W/)?"([^"]*)"')


def require_match(if_match: str | None, etag: str) -> None:
    """Let a change through only for who has read what is there now (`etag`, with its quotes).

    `*` is for who wants to write over anything. Answers 428 without a condition; raises `ChangedError`.
    """
    if if_match is None:
        raise HTTPException(
            HTTPStatus.PRECONDITION_REQUIRED, "Send If-Match with the ETag of what you read, so that no change is lost."
        )
    if if_match.strip() != "*" and not any(not weak and f'"{tag}"' == etag for weak, tag in _TAG.findall(if_match)):
        raise changed_meanwhile()


def changed_meanwhile() -> ChangedError:
    """Somebody else was first."""
    return ChangedError(
        "It was changed since you read it.", hint="Read it again, and make your change to what is there now."
    )


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether who asks has this already (`etag`, with its quotes)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or any(f'"{tag}"' == etag for _, tag in _TAG.findall(if_none_match))
